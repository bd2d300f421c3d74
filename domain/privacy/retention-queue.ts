/** Why an application stands in the queue, and so what its date means. */
export const retentionQueueKinds = ['NoLoan', 'Loan', 'Due'] as const;
export type RetentionQueueKind = (typeof retentionQueueKinds)[number];

/** A partition of an index takes a thousand writes a second: four take as many endings as the platform can bring about. */
const SHARDS = 4;

/** The queue of an application that has ended. `NoLoan` and `Loan`: the date it ended. */
export function endedQueueOf(applicationId: string, kind: 'NoLoan' | 'Loan'): string {
  return queueName(kind, shardOf(applicationId));
}

/** The queue of an application whose date is settled: the date on which it is to be looked at. */
export function dueQueueOf(applicationId: string): string {
  return queueName('Due', shardOf(applicationId));
}

/** Every queue of a kind. */
export function queuesOf(kind: RetentionQueueKind): readonly string[] {
  return Array.from({ length: SHARDS }, (_, shard) => queueName(kind, shard));
}

function queueName(kind: RetentionQueueKind, shard: number): string {
  return `${kind}#${shard}`;
}

/** The end of an id made by hashing is as good as random. */
function shardOf(applicationId: string): number {
  return (applicationId.codePointAt(applicationId.length - 1) ?? 0) % SHARDS;
}
