import { describe, expect, it } from 'vitest';
import { quote } from '../../../domain/lending/quote.ts';
import { LoanEvent } from '../../../domain/lending/servicing/loan-event.ts';
import { accountOn } from '../../../domain/lending/servicing/replay.ts';
import { ServicePolicy } from '../../../domain/lending/servicing/service-policy.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { fenOf, readVectors } from './published-terms.ts';

type Engine = {
  id: string;
  annualRatePct: number;
  daysInYear: string;
  daysInMonth: string;
  repayEvery: number;
  repayUnit: 'DAYS' | 'WEEKS' | 'MONTHS';
  periods: { nr: number; from: string; due: string }[];
  operations: { op: string; dates: string[]; value: number }[];
  expected: {
    afterOps: number;
    periods: {
      period: number;
      emi: number;
      interestDue: number;
      principalDue: number;
      balance: number;
    }[];
  }[];
};

const engine = readVectors<Engine>('fineract-emi-unit');

/** What the installment engine does that the terms cannot say, and why. */
const inexpressible: Record<string, string> = {
  'fx-emi-007': 'three payouts in one period',
  'fx-emi-009': 'a year of 364 days',
  'fx-emi-013': 'two payouts in one period',
  'fx-emi-015': 'an interest pause',
  'fx-emi-017': 'an interest pause',
  'fx-emi-019': 'an interest pause',
  'fx-emi-021': 'an interest pause',
  'fx-emi-023': 'an interest pause',
  'fx-emi-025': 'the installment of other dates is kept; as a restructuring below',
  'fx-emi-027': 'the installment of other dates is kept; as a restructuring below',
  'fx-emi-029': 'interest counts from the day before; ours counts the day of payout, not the last',
  'fx-emi-033': 'FEB_29_PERIOD_ONLY: 366 days only where a period holds 29 February',
  'fx-emi-035': 'FEB_29_PERIOD_ONLY: 366 days only where a period holds 29 February',
};

function termsOf(one: Engine): Record<string, unknown> {
  const [payout] = one.operations;
  const [first] = one.periods;
  const accruals: Record<string, string> = {
    DAYS_360: one.daysInMonth === 'DAYS_30' ? 'Thirty360' : 'Actual360',
    DAYS_365: 'Actual365',
    ACTUAL: 'ActualActual',
  };
  return {
    principalFen: fenOf(payout?.value ?? 0),
    annualRate: (one.annualRatePct / 100).toFixed(8),
    disbursedOn: first?.from,
    installments: one.periods.length,
    every: one.repayEvery,
    unit: { DAYS: 'Day', WEEKS: 'Week', MONTHS: 'Month' }[one.repayUnit],
    method: 'EqualInstallment',
    accrual: accruals[one.daysInYear],
    rounding: 'HalfEven',
    residue: 'Smoothed',
  };
}

/** One line a period, whatever parts it was computed in. */
function linesOf({ expected, periods }: Engine): unknown[] {
  const printed = expected[0]?.periods ?? [];
  return periods.map(({ due }, index) => {
    const line = printed.findLast(({ period }) => period === index + 1);
    return [
      due,
      fenOf(line?.principalDue ?? 0),
      fenOf(line?.interestDue ?? 0),
      fenOf(line?.balance ?? 0),
    ];
  });
}

describe('published installments', () => {
  it('are all computed or have a reason', () => {
    expect(engine).toHaveLength(19);
    expect(engine.filter(({ id }) => !(id in inexpressible))).toHaveLength(6);
  });

  it.each(engine.filter(({ id }) => !(id in inexpressible)))('come out as in $id', (one) => {
    const answer = quote(parseTerms(termsOf(one)));
    expect(
      answer.schedule.map((row) => [
        row.dueOn,
        row.principalFen,
        row.interestFen,
        row.outstandingFen,
      ]),
    ).toEqual(linesOf(one));
    expect(answer.installmentFen).toBe(fenOf(one.expected[0]?.periods[0]?.emi ?? 0));
  });

  it.each([
    { id: 'fx-emi-025', agreedOn: '2024-01-10', nextDueOn: '2024-03-01' },
    { id: 'fx-emi-027', agreedOn: '2024-02-01', nextDueOn: '2024-04-15' },
  ])('stay as large when due dates move, as in $id', ({ id, agreedOn, nextDueOn }) => {
    const one = engine.find((candidate) => candidate.id === id);
    const moved = LoanEvent.parse({
      kind: 'Restructuring',
      id: 'moved',
      valueDate: agreedOn,
      nextDueOn,
      isInstallmentKept: true,
    });
    const { rows } = accountOn(
      {
        terms: parseTerms(one && termsOf(one)),
        policy: ServicePolicy.parse({ penalty: { uplift: '0.5', capAnnual: '0.24' } }),
        events: [moved],
      },
      agreedOn,
    );
    expect(rows.map(({ dueOn, due }) => [dueOn, due.Principal, due.Interest])).toEqual(
      one && linesOf(one).map((line) => (line as unknown[]).slice(0, 3)),
    );
  });
});

describe('published schedules rounded up to whole yuan', () => {
  const wholeYuan = (fen: number): number => Math.round(fen / 100);
  const lent = (terms: Record<string, unknown>) =>
    quote(
      parseTerms({
        disbursedOn: '2022-09-17',
        method: 'EqualInstallment',
        rounding: 'Up',
        installmentMultipleFen: 100,
        ...terms,
      }),
    );

  it('fl-001: 280,000 at 8.4 % over 20 months', () => {
    const answer = lent({ principalFen: 28_000_000, annualRate: '0.084', installments: 20 });
    expect(answer.installmentFen).toBe(15_052_00);
    expect(wholeYuan(answer.totals.interestFen)).toBe(21_034);
    const rows = [3, 17, 19].map((index) => answer.schedule[index]);
    expect(
      rows.map((row) =>
        [row?.principalFen, row?.interestFen, row?.outstandingFen].map((fen) =>
          wholeYuan(fen ?? 0),
        ),
      ),
    ).toEqual([
      [13_369, 1683, 227_080],
      [14_740, 312, 29_785],
      [14_941, 105, 0],
    ]);
  });

  it('fl-003: 1,000,000 at 13.5 % over 12 months', () => {
    const answer = lent({ principalFen: 100_000_000, annualRate: '0.135', installments: 12 });
    expect(answer.schedule[0]).toMatchObject({ interestFen: 11_250_00, principalFen: 78_303_00 });
  });

  // fl-002 is given an installment and asks for the number of periods; fl-005 is a formula without a figure.
  it.each([
    { firstDueOn: '2022-10-17', second: '2022-11-17', last: '2023-09-17' },
    { firstDueOn: '2022-11-01', second: '2022-12-01', last: '2023-10-01' },
    { firstDueOn: '2022-10-31', second: '2022-11-30', last: '2023-09-30' },
  ])('fl-004: dates from $firstDueOn to $last', ({ firstDueOn, second, last }) => {
    const { schedule } = lent({
      principalFen: 100_000_000,
      annualRate: '0.135',
      installments: 12,
      firstDueOn,
    });
    expect([schedule[0]?.dueOn, schedule[1]?.dueOn, schedule.at(-1)?.dueOn]).toEqual([
      firstDueOn,
      second,
      last,
    ]);
  });
});
