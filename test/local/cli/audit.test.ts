import { describe, expect, it } from 'vitest';
import { auditLoan, describeAudit } from '#local/cli/audit.ts';

const facts = {
  loanId: 'loan_1',
  status: 'Active',
  principalFen: 1000,
  payoutRef: 'REF1',
  participations: [{ shareFen: 700 }, { shareFen: 300 }],
};
const loan = { entries: [{ legs: [{ amountFen: 1000 }, { amountFen: -1000 }] }] };
const books = { payouts: [{ reference: 'REF1', amountFen: 1000, count: 1 }] };

describe('auditLoan', () => {
  it('finds nothing in a loan that was paid once', () => {
    expect(auditLoan({ facts, loan, books })).toEqual([]);
  });

  it.each([
    {
      name: 'shares that miss a fen',
      change: { facts: { ...facts, participations: [{ shareFen: 999 }] } },
      invariant: 'I3',
    },
    {
      name: 'an entry that does not sum to zero',
      change: { loan: { entries: [{ legs: [{ amountFen: 1 }] }] } },
      invariant: 'I1',
    },
    {
      name: 'an active loan the bank never paid',
      change: { books: { payouts: [] } },
      invariant: 'I4',
    },
    {
      name: 'a loan paid twice',
      change: { books: { payouts: [{ reference: 'REF1', amountFen: 1000, count: 2 }] } },
      invariant: 'I4',
    },
    {
      name: 'another amount paid',
      change: { books: { payouts: [{ reference: 'REF1', amountFen: 999, count: 1 }] } },
      invariant: 'I3',
    },
  ])('finds $name', ({ change, invariant }) => {
    const findings = auditLoan({ facts, loan, books, ...change });
    expect(findings).toMatchObject([{ invariant, subjectId: 'loan_1' }]);
  });

  it('expects no payment of a loan that is not active', () => {
    const cancelled = { ...facts, status: 'Cancelled' };
    expect(auditLoan({ facts: cancelled, loan, books: { payouts: [] } })).toEqual([]);
  });
});

describe('describeAudit', () => {
  it('says when everything agrees and lists what does not', () => {
    const counts = { applications: 1, loans: 1, chains: 2, payouts: 1 };
    expect(describeAudit({ ...counts, findings: [] }).at(-1)).toBe('everything agrees');
    const findings = [{ invariant: 'I4', subjectId: 'loan_1', because: 'paid 2 times' }] as const;
    expect(describeAudit({ ...counts, findings })).toContain('I4  loan_1: paid 2 times');
  });
});
