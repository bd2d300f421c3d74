import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Loan } from '#domain/loans/loan.ts';
import type { LoanLists, LoanOwner } from '#domain/servicing/ports.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { queryPage } from './queries.ts';

const Listed = z.object({ loanId: z.string() });

const indexes = {
  Partner: ['ByPartner', 'partnerId'],
  Borrower: ['ByBorrower', 'borrowerKey'],
  Funder: ['ByFunder', 'funderId'],
} as const;

const ROUNDS_MAX = 5;

/** Lists of loans in DynamoDB. The indexes carry ids and status only, so that a payment need not write them again. */
export class DynamoLoanLists implements LoanLists {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async list(
    owner: LoanOwner,
    { status }: { readonly status?: Loan['status'] | undefined },
    page: PageRequest,
  ): Promise<Page<Loan>> {
    const [IndexName, attribute] = indexes[owner.by];
    const listed = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName,
        KeyConditionExpression: `${attribute} = :owner`,
        FilterExpression: status === undefined ? undefined : '#status = :status',
        ...(status === undefined ? {} : { ExpressionAttributeNames: { '#status': 'status' } }),
        ExpressionAttributeValues: {
          ':owner': ownerKeyOf(owner),
          ...(status === undefined ? {} : { ':status': status }),
        },
        ScanIndexForward: true,
      },
      { ...page, schema: Listed },
    );
    const loans = await this.#loans(listed.items.map(({ loanId }) => loanId));
    return { ...listed, items: loans };
  }

  async findByContract(contractNumber: string): Promise<string | undefined> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'ByContract',
        KeyConditionExpression: 'contractNumber = :contractNumber',
        ExpressionAttributeValues: { ':contractNumber': contractNumber },
        ScanIndexForward: true,
      },
      { limit: 1, schema: Listed },
    );
    return items[0]?.loanId;
  }

  /** The loans as they are, in the order of their ids. */
  async #loans(loanIds: readonly string[]): Promise<readonly Loan[]> {
    const found = new Map<string, Loan>();
    let keys: Record<string, unknown>[] = loanIds.map((loanId) => ({ loanId, record: 'loan' }));
    for (let round = 1; keys.length > 0; round += 1) {
      if (round > ROUNDS_MAX) throw new Error('the loans table gave only a part of the loans');
      const { Responses, UnprocessedKeys } = await this.#documents.send(
        new BatchGetCommand({ RequestItems: { [this.#tableName]: { Keys: keys } } }),
      );
      for (const item of Responses?.[this.#tableName] ?? []) {
        const loan = Loan.parse(item);
        found.set(loan.loanId, loan);
      }
      keys = UnprocessedKeys?.[this.#tableName]?.Keys ?? [];
    }
    return loanIds.flatMap((loanId) => found.get(loanId) ?? []);
  }
}

function ownerKeyOf(owner: LoanOwner): string {
  switch (owner.by) {
    case 'Partner':
      return owner.partnerId;
    case 'Borrower':
      return owner.borrowerKey;
    case 'Funder':
      return owner.funderId;
  }
}
