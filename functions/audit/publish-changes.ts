import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { debtorSubjectOf } from '#domain/collections/debtor.ts';
import type { AuditRecord } from '#domain/shared/audit.ts';
import { DomainEvent } from '#domain/shared/domain-event.ts';
import { caseIdOf } from '#domain/shared/ids.ts';
import { documentClient, eventBusClient, requireEnvironment } from '#platform/clients.ts';
import { streamConsumer, type StreamRecord } from '#platform/event-consumer.ts';

/** What every published image carries, whatever aggregate it is. */
const Image = z.object({
  version: z.int().min(1),
  event: DomainEvent,
  auditHash: z.string(),
  previousAuditHash: z.string(),
});

const Keys = z.union([
  z.object({ selectionId: z.string() }).transform(({ selectionId }) => selectionId),
  z.object({ collateralId: z.string() }).transform(({ collateralId }) => collateralId),
  z.object({ applicationId: z.string() }).transform(({ applicationId }) => applicationId),
  // Aggregates in the collection of a loan have chains of their own; the loan's is named after it.
  z
    .object({ loanId: z.string(), record: z.string() })
    .transform(({ loanId, record }) => (record === 'loan' ? loanId : `${loanId}/${record}`)),
  z.object({ receiptId: z.string() }).transform(({ receiptId }) => receiptId),
  z.object({ payoutRef: z.string() }).transform(({ payoutRef }) => payoutRef),
  z.object({ taskId: z.string() }).transform(({ taskId }) => taskId),
  z
    .object({ borrowerKey: z.string(), record: z.string().regex(/^(case#|debtor$)/) })
    .transform(subjectOfBorrower),
  z.object({ draftId: z.string() }).transform(({ draftId }) => draftId),
  z.object({ requestId: z.string() }).transform(({ requestId }) => requestId),
  z.object({ rotationId: z.string() }).transform(({ rotationId }) => rotationId),
  z.object({ blockId: z.string() }).transform(({ blockId }) => blockId),
]);

/** A borrower's collection holds a case for each lender, and the debtor. */
function subjectOfBorrower({ borrowerKey, record }: { borrowerKey: string; record: string }) {
  return record === 'debtor'
    ? debtorSubjectOf(borrowerKey)
    : caseIdOf(borrowerKey, record.slice('case#'.length));
}

/** One change of one aggregate, on its way to the chain and to the bus. */
export interface PublishedChange {
  readonly sequenceNumber: string;
  readonly record: AuditRecord;
  readonly event: DomainEvent;
}

export interface PublicationPorts {
  /**
   * Keeps each record in its place of the chain. The same record again changes nothing; where another has the place, that
   * one stays. Answers with the positions of those not kept: from that place on, nothing of their subject is.
   */
  readonly keep: (records: readonly AuditRecord[]) => Promise<readonly number[]>;
  /** Answers with the positions of the events the bus did not take. */
  readonly publish: (changes: readonly PublishedChange[]) => Promise<readonly number[]>;
}

/**
 * Copies each change to the audit chain, then to the bus: an event that somebody acts on is always on record. What fails
 * is delivered again from the first failure on, and everything that was done before is done the same way again.
 */
export async function runPublishChanges(
  records: readonly StreamRecord[],
  { keep, publish }: PublicationPorts,
): Promise<string | undefined> {
  const { changes, poison } = readChanges(records);
  const [firstNotKept] = inOrder(await keep(changes.map(({ record }) => record)));
  const onRecord = changes.slice(0, firstNotKept);
  const [firstRefused] = inOrder(await publish(onRecord));
  const failed = firstRefused ?? firstNotKept;
  return failed === undefined ? poison : changes[failed]?.sequenceNumber;
}

function inOrder(positions: readonly number[]): readonly number[] {
  return positions.toSorted((a, b) => a - b);
}

/** The changes up to the first record that cannot be read: what comes after it may follow from it. */
function readChanges(records: readonly StreamRecord[]): {
  readonly changes: readonly PublishedChange[];
  readonly poison: string | undefined;
} {
  const changes: PublishedChange[] = [];
  for (const { sequenceNumber, keys, image } of records) {
    // Guard items, schedules and journal entries say nothing of their own; deletions have no image.
    if (image?.['event'] === undefined) continue;
    const subjectId = Keys.safeParse(keys);
    const parsed = Image.safeParse(image);
    if (!subjectId.success || !parsed.success) return { changes, poison: sequenceNumber };
    const { version: sequence, event, auditHash: hash, previousAuditHash } = parsed.data;
    changes.push({
      sequenceNumber,
      event,
      record: {
        subjectId: subjectId.data,
        sequence,
        previousHash: previousAuditHash,
        hash,
        event,
      },
    });
  }
  return { changes, poison: undefined };
}

/** How many chains are written at once. */
const CHAINS_AT_ONCE = 25;
/** Limit of one call of PutEvents. */
const EVENTS_PER_CALL = 10;

/**
 * Audit records in DynamoDB: the role may put and query, never delete or update, and a put takes a free place or none. So a
 * batch that comes again, beside another or from a table that was restored changes nothing that is on record.
 */
export function auditKeeper(
  documents: DynamoDBDocumentClient,
  tableName: string,
): PublicationPorts['keep'] {
  const keepInOrder = async (links: readonly Link[]): Promise<readonly number[]> => {
    for (const [at, { record }] of links.entries())
      if (!(await keepOnce(documents, tableName, record)))
        return links.slice(at).map(({ position }) => position);
    return [];
  };
  return async (records) => {
    const links = records.map((record, position) => ({ record, position }));
    const chains = [...Map.groupBy(links, ({ record }) => record.subjectId).values()];
    const notKept: number[] = [];
    for (const some of chunksOf(chains, CHAINS_AT_ONCE))
      notKept.push(...(await Promise.all(some.map(keepInOrder))).flat());
    return notKept;
  };
}

interface Link {
  readonly record: AuditRecord;
  readonly position: number;
}

/** Whether the record is in its place, from now on or from before; false where another is. */
async function keepOnce(
  documents: DynamoDBDocumentClient,
  tableName: string,
  record: AuditRecord,
): Promise<boolean> {
  try {
    await documents.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...record },
        ConditionExpression: 'attribute_not_exists(subjectId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return Kept.parse(error.Item).hash === record.hash;
  }
}

/** The item of a failed condition, plain or in DynamoDB's own notation. */
const Kept = z.object({
  hash: z.union([z.string(), z.object({ S: z.string() }).transform(({ S }) => S)]),
});

/** The bus. A detail carries the subject, its version and the facts of the event: ids, never persons. */
export function busPublisher(
  client: EventBridgeClient,
  eventBusName: string,
): PublicationPorts['publish'] {
  return async (changes) => {
    const refused: number[] = [];
    let position = 0;
    for (const chunk of chunksOf(changes, EVENTS_PER_CALL)) {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: chunk.map(({ record, event }) => ({
            EventBusName: eventBusName,
            Source: 'zhudai',
            DetailType: event.type,
            Time: new Date(event.at),
            Detail: JSON.stringify({
              ...event.facts,
              subjectId: record.subjectId,
              version: record.sequence,
              at: event.at,
              actor: event.actor,
            }),
          })),
        }),
      );
      for (const [index, { ErrorCode }] of Entries.entries())
        if (ErrorCode !== undefined) refused.push(position + index);
      position += chunk.length;
    }
    return refused;
  };
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export const handler = streamConsumer({
  dependencies: () => ({
    keep: auditKeeper(documentClient(), requireEnvironment('AUDIT_TABLE')),
    publish: busPublisher(eventBusClient(), requireEnvironment('EVENT_BUS_NAME')),
  }),
  run: runPublishChanges,
});
