import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { dueShardOf } from '#domain/disbursement/activate-loan.ts';
import type { ParkedLoan, ParkedLoans } from '#domain/servicing/day-close-ports.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { writeTogether, type TransactItem } from './conditional-write.ts';
import { queryPage } from './queries.ts';

const RECORD = 'day-close-trouble';
/** A shard of the due index that no close works: where parked loans are found without a scan. */
const PARKED_SHARD = 'parked';
const ATTEMPTS_MAX = 3;

/** Record `day-close-trouble` of a loan's collection: beside the loan, because the loan itself may be what cannot be read. */
const Trouble = z.object({
  loanId: z.string(),
  record: z.literal(RECORD),
  businessDate: z.string(),
  attempts: z.int(),
  reason: z.string(),
  lastAt: z.string(),
  dueShard: z.literal(PARKED_SHARD).optional(),
  actOn: z.string().optional(),
  releasedBy: z.string().optional(),
});
type Trouble = z.infer<typeof Trouble>;

const Key = z.object({ loanId: z.string() });

/** Parked loans in DynamoDB, in the collection of the loan each is about. */
export class DynamoParkedLoans implements ParkedLoans {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async count(
    failure: Parameters<ParkedLoans['count']>[0],
  ): Promise<'Counted' | 'Parked' | 'ParkedBefore'> {
    const { loanId, businessDate, reason, at } = failure;
    const before = await this.#find(loanId);
    // Trouble of another date was another trouble.
    const counted = before?.businessDate === businessDate ? before.attempts : 0;
    const attempts = counted + 1;
    const isParked = attempts >= ATTEMPTS_MAX;
    const trouble: Trouble = {
      loanId,
      record: RECORD,
      businessDate,
      attempts,
      reason: reason.slice(0, 300),
      lastAt: at,
      ...(isParked ? { dueShard: PARKED_SHARD, actOn: businessDate } : {}),
    };
    const failed = await writeTogether(this.#documents, [
      { Put: this.#replacing(before, trouble) },
      ...(isParked ? [this.#moveTo(loanId, undefined)] : []),
    ]);
    // Another worker counted it at the same moment.
    if (failed.length > 0) return 'Counted';
    if (!isParked) return 'Counted';
    return counted >= ATTEMPTS_MAX ? 'ParkedBefore' : 'Parked';
  }

  async list(page: PageRequest): Promise<Page<ParkedLoan>> {
    const { items, next } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Due',
        KeyConditionExpression: 'dueShard = :parked',
        ExpressionAttributeValues: { ':parked': PARKED_SHARD },
        ScanIndexForward: true,
      },
      { ...page, schema: Key },
    );
    const found = await Promise.all(items.map(({ loanId }) => this.#find(loanId)));
    const parked = found.filter((trouble) => trouble?.dueShard !== undefined).map(asParked);
    return next === undefined ? { items: parked } : { items: parked, next };
  }

  async release(
    loanId: string,
    { operatorId, at }: { readonly operatorId: string; readonly at: string },
  ): Promise<boolean> {
    const before = await this.#find(loanId);
    if (before?.dueShard === undefined) return false;
    const { businessDate, reason } = before;
    const released: Trouble = {
      loanId,
      record: RECORD,
      businessDate,
      attempts: 0,
      reason,
      lastAt: at,
      releasedBy: operatorId,
    };
    const failed = await writeTogether(this.#documents, [
      { Put: this.#replacing(before, released) },
      this.#moveTo(loanId, dueShardOf(loanId)),
    ]);
    return failed.length === 0;
  }

  async #find(loanId: string): Promise<Trouble | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#tableName,
        Key: { loanId, record: RECORD },
        ConsistentRead: true,
      }),
    );
    return Item === undefined ? undefined : Trouble.parse(Item);
  }

  #replacing(before: Trouble | undefined, trouble: Trouble) {
    return {
      TableName: this.#tableName,
      Item: trouble,
      ...(before === undefined
        ? { ConditionExpression: 'attribute_not_exists(loanId)' }
        : {
            ConditionExpression: 'attempts = :attempts AND businessDate = :businessDate',
            ExpressionAttributeValues: {
              ':attempts': before.attempts,
              ':businessDate': before.businessDate,
            },
          }),
    };
  }

  /** Only where it stands in the index changes: nothing happened to the loan, so its version and its events stay. */
  #moveTo(loanId: string, shard: string | undefined): TransactItem {
    return {
      Update: {
        TableName: this.#tableName,
        Key: { loanId, record: 'loan' },
        ConditionExpression: 'attribute_exists(loanId)',
        ...(shard === undefined
          ? { UpdateExpression: 'REMOVE dueShard' }
          : {
              UpdateExpression: 'SET dueShard = :shard',
              ExpressionAttributeValues: { ':shard': shard },
            }),
      },
    };
  }
}

function asParked(trouble: Trouble | undefined): ParkedLoan {
  if (trouble === undefined) throw new Error('a parked loan without its record');
  const { loanId, businessDate, attempts, reason, lastAt } = trouble;
  return { loanId, businessDate, attempts, reason, parkedAt: lastAt };
}
