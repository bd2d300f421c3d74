import { describe, expect, it } from 'vitest';
import { describeAudit } from '#local/cli/audit.ts';

describe('describeAudit', () => {
  const counts = {
    applications: 1,
    erasures: 0,
    loans: 1,
    tasks: 0,
    chains: 2,
    businessDays: 0,
    parkedLoans: 0,
    payouts: 1,
    payments: 0,
    journal: {},
  };

  it('says when everything agrees and lists what does not', () => {
    expect(describeAudit({ ...counts, findings: [] }).at(-1)).toBe('everything agrees');
    const findings = [{ invariant: 'I4', subjectId: 'loan_1', because: 'paid 2 times' }] as const;
    expect(describeAudit({ ...counts, findings })).toContain('I4  loan_1: paid 2 times');
  });
});
