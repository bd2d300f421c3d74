import { chainEvent, genesisHash } from './audit.ts';
import type { DomainEvent } from './domain-event.ts';

/** What every stored aggregate carries: its version, the event of its last change, and that event's place in the chain. */
export interface Chained {
  version: number;
  event?: unknown;
  auditHash: string;
  previousAuditHash: string;
}

type ChainFields = keyof Chained;

/** The first version of an aggregate, with the event that made it. */
export function startAggregate<Facts extends object>(
  subjectId: string,
  facts: Facts,
  event: DomainEvent,
): Facts & Chained & { event: DomainEvent } {
  const previousAuditHash = genesisHash(subjectId);
  const auditHash = chainEvent({ subjectId, sequence: 1, previousAuditHash, event });
  return { ...facts, version: 1, event, previousAuditHash, auditHash };
}

/** The next version of an aggregate: the patch, the event that explains it, and the next link of its audit chain. */
export function changeAggregate<Aggregate extends Chained>(
  aggregate: Aggregate,
  change: {
    readonly subjectId: string;
    readonly patch: Partial<Omit<Aggregate, ChainFields>>;
    readonly event: DomainEvent;
  },
): Aggregate {
  const { subjectId, patch, event } = change;
  const version = aggregate.version + 1;
  const previousAuditHash = aggregate.auditHash;
  const auditHash = chainEvent({ subjectId, sequence: version, previousAuditHash, event });
  return { ...aggregate, ...patch, version, event, previousAuditHash, auditHash };
}
