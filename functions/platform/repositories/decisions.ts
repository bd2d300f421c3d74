import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import type { Decisions } from '#domain/underwriting/decision-ports.ts';
import { DecisionRecord, ReplayCase, ShadowCase } from '#domain/underwriting/decision-record.ts';
import { queryPage } from './queries.ts';

/** The decision and a few shadows: more of one application would be a loop. */
const RECORDS_MAX = 20;
const FIRST = '0000';
const LAST = '9999';

/** Decisions in DynamoDB, by application; those that count also by policy and time. */
export class DynamoDecisions implements Decisions {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async save(record: DecisionRecord): Promise<void> {
    await this.#documents.send(new PutCommand({ TableName: this.#tableName, Item: { ...record } }));
  }

  async listByApplication(applicationId: string): Promise<readonly DecisionRecord[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'applicationId = :applicationId',
        ExpressionAttributeValues: { ':applicationId': applicationId },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { limit: RECORDS_MAX, schema: DecisionRecord },
    );
    return items;
  }

  listByPolicy(
    { creditPolicyId, from, to }: Parameters<Decisions['listByPolicy']>[0],
    page: PageRequest,
  ): Promise<Page<ReplayCase>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'ByPolicy',
        KeyConditionExpression: 'creditPolicyId = :id AND decidedAt BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':id': creditPolicyId,
          ':from': from ?? FIRST,
          ':to': to ?? LAST,
        },
        ScanIndexForward: true,
      },
      { ...page, schema: ReplayCase },
    );
  }

  listShadows(
    { creditPolicyId, from, before }: Parameters<Decisions['listShadows']>[0],
    page: PageRequest,
  ): Promise<Page<ShadowCase>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'ByShadow',
        KeyConditionExpression: 'shadowOf = :id AND decidedAt BETWEEN :from AND :to',
        // A time of day ends in a Z: what ends before it sorts before every time that begins with it.
        ExpressionAttributeValues: {
          ':id': creditPolicyId,
          ':from': from ?? FIRST,
          ':to': before?.replace(/Z$/, '') ?? LAST,
        },
        ScanIndexForward: true,
      },
      { ...page, schema: ShadowCase },
    );
  }
}
