import { canonicalJson } from './canonical-json.ts';
import { sha256Hex } from './digest.ts';

/** One link of the audit chain as the Audit table keeps it. */
export interface AuditRecord {
  readonly subjectId: string;
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly event: unknown;
}

/** What the first event of a subject points back to. */
export function genesisHash(subjectId: string): string {
  return sha256Hex(`zhudai:${subjectId}`);
}

/** The hash of one event, bound to everything that happened to its subject before. */
export function chainEvent(link: {
  readonly subjectId: string;
  readonly sequence: number;
  readonly previousAuditHash: string;
  readonly event: unknown;
}): string {
  const { subjectId, sequence, previousAuditHash: previous, event } = link;
  return sha256Hex(canonicalJson({ subjectId, sequence, previous, event }));
}

export type ChainVerdict =
  | { readonly isIntact: true; readonly length: number; readonly head: string | undefined }
  | { readonly isIntact: false; readonly brokenAt: number; readonly because: string };

/** Checks a subject's chain from its genesis and names the first link that does not hold. */
export function verifyChain(subjectId: string, records: readonly AuditRecord[]): ChainVerdict {
  let previous = genesisHash(subjectId);
  for (const [index, record] of records.entries()) {
    const sequence = index + 1;
    const because = faultOf(record, { subjectId, sequence, previous });
    if (because !== undefined) return { isIntact: false, brokenAt: sequence, because };
    previous = record.hash;
  }
  return { isIntact: true, length: records.length, head: records.at(-1)?.hash };
}

function faultOf(
  record: AuditRecord,
  expected: { subjectId: string; sequence: number; previous: string },
): string | undefined {
  if (record.subjectId !== expected.subjectId) return 'the record belongs to another subject';
  if (record.sequence !== expected.sequence) return 'the sequence has a gap';
  if (record.previousHash !== expected.previous)
    return 'the record does not follow the one before it';
  const hash = chainEvent({
    subjectId: record.subjectId,
    sequence: record.sequence,
    previousAuditHash: record.previousHash,
    event: record.event,
  });
  return hash === record.hash ? undefined : 'the event is not the one that was hashed';
}
