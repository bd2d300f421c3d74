import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
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
  /** Writing the same record again changes nothing. */
  readonly keep: (records: readonly AuditRecord[]) => Promise<void>;
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
  await keep(changes.map(({ record }) => record));
  const [firstRefused] = [...(await publish(changes))].sort((a, b) => a - b);
  return firstRefused === undefined ? poison : changes[firstRefused]?.sequenceNumber;
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

/** Limits of one call of BatchWriteItem and of PutEvents. */
const WRITES_PER_CALL = 25;
const EVENTS_PER_CALL = 10;
const ROUNDS_MAX = 5;

/** Audit records in DynamoDB: the role may put and query, never delete or update. */
export function auditKeeper(
  documents: DynamoDBDocumentClient,
  tableName: string,
): PublicationPorts['keep'] {
  return async (records) => {
    // One call refuses two puts of one key, which a redelivery inside a batch would be.
    const byKey = new Map(
      records.map((record) => [`${record.subjectId} ${record.sequence}`, record]),
    );
    for (const chunk of chunksOf([...byKey.values()], WRITES_PER_CALL))
      await writeAll(documents, {
        [tableName]: chunk.map((record) => ({ PutRequest: { Item: { ...record } } })),
      });
  };
}

async function writeAll(
  documents: DynamoDBDocumentClient,
  requests: NonNullable<ConstructorParameters<typeof BatchWriteCommand>[0]['RequestItems']>,
): Promise<void> {
  let rest = requests;
  for (let round = 1; Object.keys(rest).length > 0; round += 1) {
    if (round > ROUNDS_MAX) throw new Error('the audit table took only a part of the records');
    const { UnprocessedItems = {} } = await documents.send(
      new BatchWriteCommand({ RequestItems: rest }),
    );
    rest = UnprocessedItems;
  }
}

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
