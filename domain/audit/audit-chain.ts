import { verifyChain, type AuditRecord } from '../shared/audit.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import type { AuditFinding } from './finding.ts';

/** What a subject's own chain says must never come after it ended. */
const endings = new Map<string, (type: string) => boolean>([
  ['LoanCancelled', () => false],
  ['LoanWrittenOff', (type) => !['LoanOverdue', 'LoanBucketChanged', 'LoanMatured'].includes(type)],
]);

/**
 * Judges the audit chain of one aggregate: whole from its genesis, as long as the aggregate's version says (each change
 * has exactly one record, and none is missing), and with nothing after an end.
 */
export function auditChain(
  subject: { readonly subjectId: string; readonly version: number | undefined },
  records: readonly AuditRecord[],
): AuditFinding[] {
  const { subjectId, version } = subject;
  if (records.length === 0)
    return [{ invariant: 'I19', subjectId, because: 'there is no audit record' }];
  const verdict = verifyChain(subjectId, records);
  if (!verdict.isIntact)
    return [{ invariant: 'I19', subjectId, because: `${verdict.because} at ${verdict.brokenAt}` }];
  const missing = version === undefined ? 0 : version - verdict.length;
  return [
    ...(missing > 0
      ? [{ invariant: 'I20' as const, subjectId, because: `${missing} changes never reached it` }]
      : []),
    ...(missing < 0
      ? [{ invariant: 'I10' as const, subjectId, because: `${-missing} records of no version` }]
      : []),
    ...afterTheEnd(subjectId, records),
  ];
}

function afterTheEnd(subjectId: string, records: readonly AuditRecord[]): AuditFinding[] {
  const types = records.map(({ event }) => DomainEvent.parse(event).type);
  for (const [index, type] of types.entries()) {
    const allows = endings.get(type);
    const broken = allows && types.slice(index + 1).find((later) => !allows(later));
    if (broken !== undefined)
      return [{ invariant: 'I10', subjectId, because: `${broken} came after ${type}` }];
  }
  return [];
}
