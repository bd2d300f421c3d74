import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../../domain/lending/cost.ts';
import { quote, type Quote } from '../../../domain/lending/quote.ts';
import {
  effectiveRateByDate,
  internalRate,
  internalRateByDate,
} from '../../../domain/lending/rate-of-return.ts';
import { buildSchedule } from '../../../domain/lending/schedule.ts';
import { shareAmount } from '../../../domain/lending/share-amount.ts';
import { parseTerms } from '../../../domain/lending/terms.ts';
import { addMonths, fromDayNumber, nextBusinessDay } from '../../../domain/shared/calendar.ts';
import { anyTerms, FIRST_DAY, LAST_DAY } from './any-terms.ts';
import type { OracleTerms } from './terms-oracle.ts';

/** Properties S1 to S30; those of a loan after payout are in servicing/servicing.properties.test.ts. */
const price = (terms: object): Quote => quote(parseTerms(terms));
const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0);
const installmentsOf = (answer: Quote, terms: OracleTerms) =>
  terms.downPaymentFen > 0 ? answer.schedule.slice(1) : answer.schedule;

/** Large enough that half a fen is nothing, and no interest larger than an installment. */
const plain = (fixed: Partial<OracleTerms> = {}): fc.Arbitrary<OracleTerms> =>
  fc
    .record({
      terms: anyTerms({
        unit: 'Month',
        every: 1,
        accrual: 'Thirty360',
        principalGraceInstallments: 0,
        downPaymentFen: 0,
        installmentMultipleFen: 1,
        ...fixed,
      }),
      principalFen: fc.integer({ min: 1_000_000, max: 1_000_000_000 }),
    })
    .map(({ terms: { firstDueOn: _, ...terms }, principalFen }) => ({ ...terms, principalFen }));

const holds = <T>(
  arbitrary: fc.Arbitrary<T>,
  property: (value: T) => void,
  numRuns = 200,
): void => {
  fc.assert(fc.property(arbitrary, property), { numRuns });
};

describe('every schedule', () => {
  it('S1: repays exactly what was lent', () => {
    holds(anyTerms(), (terms) => {
      const { schedule, totals } = price(terms);
      expect(sumOf(schedule.map((row) => row.principalFen))).toBe(terms.principalFen);
      expect(totals.principalFen).toBe(terms.principalFen);
    });
  });

  it('S2: has no negative component and whole fen only', () => {
    holds(anyTerms(), (terms) => {
      for (const row of price(terms).schedule) {
        for (const fen of [row.principalFen, row.interestFen, row.feeFen, row.outstandingFen]) {
          expect(Number.isSafeInteger(fen) && fen >= 0).toBe(true);
        }
      }
    });
  });

  it('S3: has rising due dates after the disbursement, one an installment', () => {
    holds(anyTerms(), (terms) => {
      const answer = price(terms);
      const dates = installmentsOf(answer, terms).map((row) => row.dueOn);
      expect(dates).toHaveLength(terms.method === 'Bullet' ? 1 : terms.installments);
      expect([terms.disbursedOn, ...dates]).toEqual([
        ...new Set([terms.disbursedOn, ...dates].toSorted()),
      ]);
    });
  });

  it('S4: counts the rows from one and the outstanding principal down to zero', () => {
    holds(anyTerms(), (terms) => {
      let outstanding = terms.principalFen;
      for (const [index, row] of price(terms).schedule.entries()) {
        outstanding -= row.principalFen;
        expect([row.number, row.outstandingFen]).toEqual([index + 1, outstanding]);
      }
      expect(outstanding).toBe(0);
    });
  });

  it('S5: adds up across rows and down columns', () => {
    holds(anyTerms(), (terms) => {
      const fees = [
        { code: 'A', payeeRole: 'Lender', timing: 'EachInstallment', amountFen: 3 },
        { code: 'B', payeeRole: 'Insurer', timing: 'WithFirst', amountFen: 5 },
        { code: 'C', payeeRole: 'Guarantor', timing: 'WithLast', amountFen: 7 },
        { code: 'D', payeeRole: 'ThirdParty', timing: 'OnDefault', amountFen: 11 },
      ];
      // Such fees on a loan of a few fen for a day would cost more a year than can be written down.
      const { schedule, totals } = price({
        ...terms,
        principalFen: Math.max(terms.principalFen, 1000),
        fees,
      });
      const count = terms.method === 'Bullet' ? 1 : terms.installments;
      expect(totals.feeFen).toBe(3 * count + 5 + 7);
      expect(sumOf(schedule.map((row) => row.feeFen))).toBe(totals.feeFen);
      expect(sumOf(schedule.map((row) => row.interestFen))).toBe(totals.interestFen);
      for (const row of schedule) {
        expect(row.totalFen).toBe(row.principalFen + row.interestFen + row.feeFen);
      }
    });
  });

  it('S6: takes a down payment on the day of disbursement, without interest', () => {
    holds(anyTerms({ downPaymentFen: 1 }), (terms) => {
      fc.pre(terms.principalFen > 1);
      expect(price(terms).schedule[0]).toMatchObject({
        dueOn: terms.disbursedOn,
        principalFen: 1,
        interestFen: 0,
        feeFen: 0,
      });
    });
  });

  it('S7: repays nothing during grace', () => {
    holds(anyTerms(), (terms) => {
      fc.pre(terms.method !== 'Bullet');
      const rows = installmentsOf(price(terms), terms).slice(0, terms.principalGraceInstallments);
      expect(sumOf(rows.map((row) => row.principalFen))).toBe(0);
    });
  });

  it('S8: charges no interest at a rate of zero', () => {
    holds(anyTerms({ annualRate: '0.0000' }), (terms) => {
      expect(price(terms)).toMatchObject({
        totals: { interestFen: 0 },
        apr: { nominal: '0.0000', effective: '0.0000' },
      });
    });
  });

  it('S9: moved off holidays falls on business days and never earlier', () => {
    holds(anyTerms(), (terms) => {
      const moved = price({ ...terms, holidayRoll: 'NextBusinessDay' }).schedule;
      const kept = price(terms).schedule;
      const isDown = (index: number): boolean => terms.downPaymentFen > 0 && index === 0;
      for (const [index, row] of moved.entries()) {
        if (isDown(index)) continue;
        expect(nextBusinessDay(row.dueOn)).toBe(row.dueOn);
        expect(row.dueOn >= (kept[index]?.dueOn ?? '')).toBe(true);
      }
    });
  });

  it('S10: is the same however often it is asked for', () => {
    holds(anyTerms(), (terms) => {
      expect(JSON.stringify(price(terms))).toBe(JSON.stringify(price({ ...terms })));
    });
  });
});

describe('equal installments', () => {
  it('S11: are equal to the fen but for the last', () => {
    holds(plain({ method: 'EqualInstallment' }), (terms) => {
      const { schedule, installmentFen } = price(terms);
      const totals = schedule.slice(0, -1).map((row) => row.totalFen);
      expect(totals.every((fen) => fen === installmentFen)).toBe(true);
    });
  });

  it('S12: leave the last no further off than a fen a period and its growth', () => {
    holds(plain({ method: 'EqualInstallment' }), (terms) => {
      const { schedule, installmentFen } = price(terms);
      const growth = (1 + Number(terms.annualRate) / 12) ** terms.installments;
      const off = Math.abs((schedule.at(-1)?.totalFen ?? 0) - installmentFen);
      expect(off).toBeLessThanOrEqual(1 + 1.5 * terms.installments * growth);
    });
  });

  it('S13: smoothed are never further off than not smoothed', () => {
    holds(plain({ method: 'EqualInstallment' }), (terms) => {
      const residue = (answer: Quote): number =>
        Math.abs((answer.schedule.at(-1)?.totalFen ?? 0) - answer.installmentFen);
      expect(residue(price({ ...terms, residue: 'Smoothed' }))).toBeLessThanOrEqual(
        residue(price(terms)),
      );
    });
  });

  it('S14: rise with the rounding: down, to the nearest, up, at most a unit apart', () => {
    holds(anyTerms({ method: 'EqualInstallment' }), (terms) => {
      const [down = 0, nearest = 0, up = 0] = ['Down', 'HalfUp', 'Up'].map(
        (rounding) => price({ ...terms, rounding }).installmentFen,
      );
      expect(down <= nearest && nearest <= up).toBe(true);
      expect(up - down).toBeLessThanOrEqual(terms.installmentMultipleFen);
    });
  });

  it('S15: are whole multiples', () => {
    holds(anyTerms({ method: 'EqualInstallment' }), (terms) => {
      expect(price(terms).installmentFen % terms.installmentMultipleFen).toBe(0);
    });
  });

  it('S16: never fall when the rate rises', () => {
    holds(
      fc.tuple(plain({ method: 'EqualInstallment' }), fc.nat({ max: 10_000 })),
      ([terms, ppm]) => {
        const higher = (Number(terms.annualRate) + ppm / 1_000_000).toFixed(6);
        expect(price({ ...terms, annualRate: higher }).installmentFen).toBeGreaterThanOrEqual(
          price(terms).installmentFen,
        );
      },
    );
  });

  it('S17: never rise when the term grows', () => {
    holds(plain({ method: 'EqualInstallment' }), (terms) => {
      const longer = price({ ...terms, installments: terms.installments + 1 });
      expect(longer.installmentFen).toBeLessThanOrEqual(price(terms).installmentFen);
    });
  });
});

describe('the other methods', () => {
  it('S18: equal principal is equal but for the last', () => {
    holds(plain({ method: 'EqualPrincipal' }), (terms) => {
      const parts = price(terms).schedule.map((row) => row.principalFen);
      expect(new Set(parts.slice(0, -1)).size).toBeLessThanOrEqual(1);
    });
  });

  it('S19: equal principal bears interest that never rises', () => {
    holds(plain({ method: 'EqualPrincipal', interestRounding: 'EachPeriod' }), (terms) => {
      const interest = price(terms).schedule.map((row) => row.interestFen);
      expect(interest).toEqual(interest.toSorted((a, b) => b - a));
    });
  });

  it('S20: interest only repays with the last alone', () => {
    holds(anyTerms({ method: 'InterestOnly' }), (terms) => {
      const rows = installmentsOf(price(terms), terms);
      expect(rows.at(-1)?.principalFen).toBe(terms.principalFen - terms.downPaymentFen);
    });
  });

  it('S21: flat interest is the same in every period', () => {
    holds(plain({ method: 'FlatRate', interestRounding: 'EachPeriod' }), (terms) => {
      expect(new Set(price(terms).schedule.map((row) => row.interestFen)).size).toBe(1);
    });
  });

  it('S22: flat costs more a year than its rate says, when there is more than one installment', () => {
    holds(plain({ method: 'FlatRate' }), (terms) => {
      fc.pre(terms.installments > 1 && Number(terms.annualRate) > 0.01);
      const parsed = parseTerms(terms);
      expect(costOf(parsed, buildSchedule(parsed)).apr.nominal).toBeGreaterThan(
        Number(terms.annualRate),
      );
    });
  });

  it('S23: cumulative interest only differs from one rounding of the whole by nothing', () => {
    holds(plain({ method: 'InterestOnly', interestRounding: 'Cumulative' }), (terms) => {
      const bullet = price({ ...terms, method: 'Bullet' });
      expect(price(terms).totals.interestFen).toBe(bullet.totals.interestFen);
    });
  });
});

describe('cost', () => {
  it('S24: without fees is the contract rate, up to the rounding of installments', () => {
    holds(plain({ method: 'EqualInstallment' }), (terms) => {
      fc.pre(terms.installments > 1);
      const parsed = parseTerms(terms);
      const cost = costOf(parsed, buildSchedule(parsed));
      expect(Math.abs(cost.apr.nominal - Number(terms.annualRate))).toBeLessThan(1e-4);
      expect([cost.itemised, cost.combined]).toEqual([cost.apr.nominal, cost.apr.nominal]);
    });
  });

  it('S25: rises with every fee of normal performance', () => {
    const timings = fc.constantFrom('UpFront', 'EachInstallment', 'WithFirst', 'WithLast');
    holds(fc.tuple(plain({ method: 'EqualInstallment' }), timings), ([terms, timing]) => {
      const costWith = (amountFen: number) => {
        const fees = [{ code: 'Fee', payeeRole: 'Guarantor', timing, amountFen }];
        const parsed = parseTerms({ ...terms, fees });
        return costOf(parsed, buildSchedule(parsed));
      };
      const [cheap, dear] = [costWith(5000), costWith(10_000)];
      expect(dear.combined).toBeGreaterThan(cheap.combined);
      expect(dear.itemised).toBeGreaterThan(cheap.itemised);
      expect(cheap.combined).toBeGreaterThan(cheap.apr.nominal);
    });
  });

  const payments = fc.array(fc.integer({ min: 1, max: 1_000_000 }), {
    minLength: 1,
    maxLength: 40,
  });

  it('S26: at the rate of return, flows are worth nothing', () => {
    holds(payments, (paid) => {
      const basis = Math.ceil(sumOf(paid) * 0.9);
      const rate = internalRate([-basis, ...paid]) ?? Number.NaN;
      const worth = paid.reduceRight((sum, amount) => (sum + amount) / (1 + rate), 0);
      expect(Math.abs(worth - basis)).toBeLessThan(1e-9 * basis);
    });
  });

  it('S27: a rate of return does not depend on the unit of money nor on the day counted from', () => {
    holds(payments, (paid) => {
      const basis = Math.ceil(sumOf(paid) * 0.9);
      const dated = paid.map((amount, index) => ({ days: 30 * (index + 1), amount }));
      const rate = effectiveRateByDate(basis, dated);
      const inYuan = dated.map(({ days, amount }) => ({ days, amount: amount / 100 }));
      expect(effectiveRateByDate(basis / 100, inYuan)).toBeCloseTo(rate, 9);
      const later = [{ days: 0, amount: -basis }, ...dated].map(({ days, amount }) => ({
        days: days + 7,
        amount,
      }));
      // A root further than the search goes is none.
      fc.pre(Math.abs(Math.log1p(rate)) < 3.9);
      expect(internalRateByDate(later)).toBeCloseTo(rate, 6);
    });
  });
});

describe('shares', () => {
  const sharers = fc
    .array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 6 })
    .map((shares) =>
      shares.map((shareFen, index) => ({ funderId: `funder_${String(index)}`, shareFen })),
    );

  it('S28: sum to the amount, and a refund mirrors what it takes back', () => {
    holds(fc.tuple(sharers, fc.nat({ max: 1_000_000_000 })), ([all, amountFen]) => {
      const parts = shareAmount(amountFen, all);
      expect(sumOf(parts.map((part) => part.amountFen))).toBe(amountFen);
      expect(parts.map((part) => part.funderId)).toEqual(all.map((sharer) => sharer.funderId));
      const refunded = shareAmount(-amountFen, all);
      expect(refunded.map((part) => 0 - part.amountFen)).toEqual(
        parts.map((part) => part.amountFen),
      );
    });
  });

  it('S29: of what is outstanding leave nobody a fen when all is repaid', () => {
    holds(
      fc.tuple(sharers, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })),
      ([all, cuts]) => {
        let left = all.map((sharer) => ({ ...sharer }));
        for (const cut of [...cuts, 1]) {
          const outstanding = sumOf(left.map((sharer) => sharer.shareFen));
          if (outstanding === 0) break;
          const parts = shareAmount(Math.floor(outstanding * cut), left);
          left = left.map((sharer, index) => ({
            ...sharer,
            shareFen: sharer.shareFen - (parts[index]?.amountFen ?? 0),
          }));
          expect(left.every((sharer) => sharer.shareFen >= 0)).toBe(true);
        }
        expect(left.every((sharer) => sharer.shareFen === 0)).toBe(true);
      },
    );
  });
});

describe('dates', () => {
  it('S30: counted from one anchor keep its day wherever the month has it', () => {
    const day = fc.integer({ min: FIRST_DAY, max: LAST_DAY });
    holds(fc.tuple(day, fc.integer({ min: 1, max: 600 })), ([from, months]) => {
      const start = fromDayNumber(from);
      const date = addMonths(start, months);
      const lastOfMonth = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0));
      expect(Number(date.slice(8))).toBe(
        Math.min(Number(start.slice(8)), lastOfMonth.getUTCDate()),
      );
    });
  });
});
