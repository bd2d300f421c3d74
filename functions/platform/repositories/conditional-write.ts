import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  type CancellationReason,
} from '@aws-sdk/client-dynamodb';
import {
  PutCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { ConcurrentChange } from '#domain/shared/errors.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A put that only happens when its condition holds. */
export interface ConditionalPut {
  readonly TableName: string;
  readonly Item: Readonly<Record<string, unknown>>;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** How often a transaction that met another one is tried: AWS asks for it, DynamoDB Local never shows it. */
const ATTEMPTS_MAX = 8;

/** What tells this write from every other, however equal: a fence must not take a twin's write for its own. */
export function newWriteId(): string {
  return randomUUID();
}

/**
 * One conditional put. When the condition fails because an earlier try of this very call had already succeeded (its
 * response was lost and the SDK sent it again), the stored item carries our write id: that is success, not a conflict.
 */
export async function putConditionally(
  documents: DynamoDBDocumentClient,
  put: ConditionalPut,
  subject: string,
): Promise<void> {
  const writeId = newWriteId();
  try {
    await documents.send(
      new PutCommand({
        ...put,
        Item: { ...put.Item, writeId },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (isWrittenBy(error.Item, writeId)) return;
    throw new ConcurrentChange(`${subject} changed since it was read`, { cause: error });
  }
}

/** The index in the transaction of every item whose condition did not hold. Empty: the transaction is stored. */
export type FailedConditions = readonly number[];

/**
 * One transaction. Conflicts with other transactions and throttling are tried again with jitter; failed conditions are
 * answered by index, unless the stored items show that this very transaction had already succeeded.
 */
export async function writeTogether(
  documents: DynamoDBDocumentClient,
  items: readonly TransactItem[],
): Promise<FailedConditions> {
  const writeId = newWriteId();
  const marked = items.map((item) => markedWith(item, writeId));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await documents.send(new TransactWriteCommand({ TransactItems: marked }));
      return [];
    } catch (error) {
      const failed = failedConditionsOf(error, writeId);
      if (failed) return failed;
      if (attempt >= ATTEMPTS_MAX)
        throw new ConcurrentChange('the transaction kept meeting others', { cause: error });
      await sleep(Math.random() * 20 * 2 ** attempt);
    }
  }
}

/** Reads a cancelled transaction: failed conditions, or undefined when trying again may help. Throws anything else. */
function failedConditionsOf(error: unknown, writeId: string): FailedConditions | undefined {
  if (isInProgress(error)) return undefined;
  if (!(error instanceof TransactionCanceledException)) throw error;
  const reasons = error.CancellationReasons ?? [];
  const failed = [...reasons.entries()].filter(([, { Code }]) => Code === 'ConditionalCheckFailed');
  if (failed.length > 0)
    return failed.some(([, { Item }]) => isWrittenBy(Item, writeId))
      ? []
      : failed.map(([index]) => index);
  if (reasons.some(isPassing)) return undefined;
  throw error;
}

const passingCodes = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

function isPassing({ Code }: CancellationReason): boolean {
  return Code !== undefined && passingCodes.has(Code);
}

function isInProgress(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransactionInProgressException';
}

function markedWith(item: TransactItem, writeId: string): TransactItem {
  const { Put, Delete } = item;
  const ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
  if (Put)
    return {
      Put: { ...Put, Item: { ...Put.Item, writeId }, ReturnValuesOnConditionCheckFailure },
    };
  if (Delete) return { Delete: { ...Delete, ReturnValuesOnConditionCheckFailure } };
  return item;
}

/** The item of a failed condition comes in DynamoDB's own notation. */
function isWrittenBy(item: unknown, writeId: string): boolean {
  if (typeof item !== 'object' || item === null || !('writeId' in item)) return false;
  const stored = item.writeId;
  if (typeof stored === 'string') return stored === writeId;
  return typeof stored === 'object' && stored !== null && 'S' in stored && stored.S === writeId;
}
