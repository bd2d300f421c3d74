import { describe, expect, it } from 'vitest';
import { quote } from '../../../domain/lending/quote.ts';
import { dueDays } from '../../../domain/lending/due-days.ts';
import { planLoan } from '../../../domain/lending/loan-plan.ts';
import { periodFactors } from '../../../domain/lending/period-factors.ts';
import { splitKeepingLevel } from '../../../domain/lending/schedule.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { accountOf, paidOf, pay } from './servicing/serviced-loan.ts';
import { fenOf, readVectors } from './published-terms.ts';

type TermLoan = {
  id: string;
  principal?: number;
  annualRatePct?: number;
  periods?: number;
  installment?: number;
  fixedInstallment?: number;
  expectedPeriods?: number;
  totalInterest?: number;
  totalPayment?: number;
  rows?: { index0: number; principal: number; interest: number; balance: number }[];
  paid?: number;
  interestAllocated?: number;
  principalAllocated?: number;
  types?: { type: string; first: string; second: string; last: string }[];
};

const published = readVectors<TermLoan>('frappe-lending');
const find = (id: string): TermLoan => {
  const found = published.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no published case ${id}`);
  return found;
};

/** Installments rounded up to whole units, as all of these are. */
const termsOf = ({ principal = 0, annualRatePct = 0, periods = 0 }: TermLoan) => ({
  principalFen: fenOf(principal),
  annualRate: (annualRatePct / 100).toFixed(4),
  disbursedOn: '2026-01-10',
  installments: periods,
  method: 'EqualInstallment',
  rounding: 'Up',
  installmentMultipleFen: 100,
});

/** Printed in whole units there; ours are fen. */
const isNear = (fen: number, units = 0): boolean => Math.abs(fen - fenOf(units)) <= 50;

/** Published cases that no terms can say, and why. */
const inexpressible: Record<string, string> = {
  'fl-005':
    'a penalty on half the overdue interest at a rate of its own; ours is the contract rate with an uplift on overdue principal',
};

describe('published term loans', () => {
  it('are all used or have a reason', () => {
    const used = ['fl-001', 'fl-002', 'fl-003', 'fl-004', ...Object.keys(inexpressible)];
    expect(published.map(({ id }) => id)).toEqual(used);
  });

  it('fl-001: repay in installments rounded up to whole units', () => {
    const loan = find('fl-001');
    const { installmentFen, schedule, totals } = quote(parseTerms(termsOf(loan)));
    expect(installmentFen).toBe(fenOf(loan.installment ?? 0));
    expect(isNear(totals.interestFen, loan.totalInterest)).toBe(true);
    expect(isNear(totals.principalFen + totals.interestFen, loan.totalPayment)).toBe(true);
    const rows = loan.rows ?? [];
    expect(rows).toHaveLength(3);
    for (const { index0, principal, interest, balance } of rows) {
      const row = schedule[index0];
      expect(isNear(row?.principalFen ?? 0, principal)).toBe(true);
      expect(isNear(row?.interestFen ?? 0, interest)).toBe(true);
      expect(isNear(row?.outstandingFen ?? 0, balance)).toBe(true);
    }
  });

  it('fl-002: need 22 installments of a size that is given', () => {
    const loan = find('fl-002');
    const plan = planLoan(parseTerms(termsOf({ ...loan, periods: 30 })));
    const due = dueDays(plan);
    const financed = {
      plan,
      due,
      financedFen: plan.terms.principalFen,
      factors: periodFactors(plan, due),
    };
    const { rows } = splitKeepingLevel(financed, fenOf(loan.fixedInstallment ?? 0));
    expect(rows.filter((row) => row.principalFen > 0)).toHaveLength(loan.expectedPeriods ?? 0);
    const interestFen = rows.reduce((sum, row) => sum + row.interestFen, 0);
    expect(isNear(interestFen, loan.totalInterest)).toBe(true);
    expect(isNear(interestFen + plan.terms.principalFen, loan.totalPayment)).toBe(true);
  });

  it('fl-003: allocate a payment five days late to interest and principal of its installment', () => {
    const loan = find('fl-003');
    const terms = termsOf({ ...loan, principal: 1_000_000, annualRatePct: 13.5, periods: 12 });
    const policy = { allocation: { order: ['PastDueInterest', 'PastDuePrincipal'] } };
    const events = [pay('2026-02-15', fenOf(loan.paid ?? 0))];
    const account = accountOf({ terms, policy, events }, '2026-02-15');
    expect(paidOf(account)).toEqual([
      [
        `2026-02-10 Interest ${String(fenOf(loan.interestAllocated ?? 0))}`,
        `2026-02-10 Principal ${String(fenOf(loan.principalAllocated ?? 0))}`,
      ],
    ]);
    expect(account.creditFen).toBe(215_75);
  });

  it.each(find('fl-004').types ?? [])('fl-004: are due by $type', ({ first, second, last }) => {
    const terms = termsOf({ ...find('fl-001'), periods: 12 });
    const { schedule } = quote(
      parseTerms({ ...terms, disbursedOn: '2022-10-05', firstDueOn: first }),
    );
    const dates = schedule.map((row) => row.dueOn);
    expect([dates[0], dates[1], dates.at(-1)]).toEqual([first, second, last]);
  });
});
