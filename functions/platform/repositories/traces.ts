import {
  DeleteCommand,
  GetCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import type { Loan } from '#domain/loans/loan.ts';
import type { Traces } from '#domain/privacy/ports.ts';
import { deleteItems } from './delete-items.ts';
import { countedKeyOf, sightingKeyOf } from './sightings.ts';

/** Whatever lies in the buckets of the platform under a prefix, in all its versions. */
export interface ErasableObjects {
  eraseAll(prefix: string): Promise<void>;
}

export interface TraceTables {
  readonly applications: string;
  readonly collateral: string;
  readonly cases: string;
  readonly creditReports: string;
  readonly decisions: string;
  readonly loans: string;
  readonly notices: string;
  readonly sightings: string;
  readonly tasks: string;
}

interface Lying {
  readonly table: string;
  readonly index?: string;
  readonly by: readonly [name: string, value: string];
  /** The attributes of the key, from which an item is deleted. */
  readonly key: readonly string[];
  /** Only those about this application: the partition is shared by the borrower's others. */
  readonly isOf?: string;
  /** Only those whose sort key begins so. */
  readonly beginning?: readonly [name: string, value: string];
}

/** Guards of before said nothing more; they and what they stood for expire. */
const Shown = z.object({ traits: z.array(z.string()).default([]), seenAt: z.string().default('') });
const Item = z.record(z.string(), z.unknown());

/** What lies about an application in the tables beside its own item, and in the buckets. */
export class DynamoTraces implements Traces {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tables: TraceTables;
  readonly #objects: ErasableObjects;

  constructor(documents: DynamoDBDocumentClient, tables: TraceTables, objects: ErasableObjects) {
    this.#documents = documents;
    this.#tables = tables;
    this.#objects = objects;
  }

  async erase(application: Application): Promise<void> {
    const { applicationId, contract } = application;
    const { collateral, decisions, tasks } = this.#tables;
    const by = ['applicationId', applicationId] as const;
    await Promise.all([
      this.restrict(application),
      this.#objects.eraseAll(`${applicationId}/`),
      this.#objects.eraseAll(`copies/${applicationId}/`),
      this.#deleteAll({ table: decisions, by, key: ['applicationId', 'record'] }),
      this.#deleteAll({ table: tasks, index: 'ByApplication', by, key: ['taskId'] }),
      this.#deleteAll({ table: collateral, by, key: ['applicationId', 'collateralId'] }),
      contract === undefined ? undefined : this.#deleteSheet(contract.sheetHash),
    ]);
  }

  async eraseOfLoan({ loanId, borrowerKey }: Loan): Promise<void> {
    const { cases, loans, notices } = this.#tables;
    await Promise.all([
      this.#deleteAll({ table: notices, by: ['loanId', loanId], key: ['loanId', 'noticeId'] }),
      this.#deleteAll({
        table: loans,
        by: ['loanId', loanId],
        key: ['loanId', 'record'],
        beginning: ['record', 'visit#'],
      }),
    ]);
    if (!(await this.#isOnlyLoan(loanId, borrowerKey))) return;
    const by = ['borrowerKey', borrowerKey] as const;
    await this.#deleteAll({ table: cases, by, key: ['borrowerKey', 'record'] });
  }

  async #isOnlyLoan(loanId: string, borrowerKey: string): Promise<boolean> {
    const { Items = [] } = await this.#documents.send(
      new QueryCommand({
        TableName: this.#tables.loans,
        IndexName: 'ByBorrower',
        KeyConditionExpression: 'borrowerKey = :borrowerKey',
        ExpressionAttributeValues: { ':borrowerKey': borrowerKey },
        Limit: 2,
      }),
    );
    return Items.every((item) => item['loanId'] === loanId);
  }

  async restrict({ applicationId, borrowerKey }: Application): Promise<void> {
    await Promise.all([
      this.#deleteAll({
        table: this.#tables.creditReports,
        by: ['borrowerKey', borrowerKey],
        key: ['borrowerKey', 'obtainedAt'],
        isOf: applicationId,
      }),
      this.#forgetSightings(applicationId),
      this.#hideDecision(applicationId),
    ]);
  }

  /** What an application has shown stands in its guard; once that has expired, so have the sightings. */
  async #forgetSightings(applicationId: string): Promise<void> {
    const { sightings } = this.#tables;
    const { Item: guard } = await this.#documents.send(
      new GetCommand({
        TableName: sightings,
        Key: countedKeyOf(applicationId),
        ConsistentRead: true,
      }),
    );
    if (guard === undefined) return;
    const { traits, seenAt } = Shown.parse(guard);
    // The guard last: it says what is left to delete.
    const keys = traits.map((trait) => sightingKeyOf({ trait, seenAt, applicationId }));
    await deleteItems(this.#documents, sightings, keys);
    await deleteItems(this.#documents, sightings, [countedKeyOf(applicationId)]);
  }

  /** A decision without the id of its policy stands in no index: it is found by its application alone. */
  async #hideDecision(applicationId: string): Promise<void> {
    try {
      await this.#documents.send(
        new UpdateCommand({
          TableName: this.#tables.decisions,
          Key: { applicationId, record: 'decision' },
          UpdateExpression: 'REMOVE creditPolicyId',
          ConditionExpression: 'attribute_exists(applicationId)',
        }),
      );
    } catch (error) {
      // Nothing was decided, or it is deleted at this very moment.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async #deleteSheet(sheetHash: string): Promise<void> {
    await this.#documents.send(
      new DeleteCommand({
        TableName: this.#tables.applications,
        Key: { applicationId: `sheet#${sheetHash}` },
      }),
    );
  }

  async #deleteAll({ table, index, by, key, isOf, beginning }: Lying): Promise<void> {
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#documents.send(
        new QueryCommand({
          TableName: table,
          IndexName: index,
          KeyConditionExpression: beginning
            ? '#by = :value AND begins_with(#sort, :beginning)'
            : '#by = :value',
          ExpressionAttributeNames: { '#by': by[0], ...(beginning && { '#sort': beginning[0] }) },
          ExpressionAttributeValues: {
            ':value': by[1],
            ...(beginning && { ':beginning': beginning[1] }),
          },
          ExclusiveStartKey: from,
          ConsistentRead: index === undefined,
        }),
      );
      const items = (page.Items ?? [])
        .map((item) => Item.parse(item))
        .filter((item) => isOf === undefined || item['applicationId'] === isOf);
      const keys = items.map((item) => Object.fromEntries(key.map((name) => [name, item[name]])));
      await deleteItems(this.#documents, table, keys);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }
}
