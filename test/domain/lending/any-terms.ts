import fc from 'fast-check';
import type { OracleTerms } from './terms-oracle.ts';

const DAY_MS = 86_400_000;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Day numbers of 2020-01-01 and 2050-12-31. */
export const FIRST_DAY = 18_262;
export const LAST_DAY = 29_584;

/** Any terms that make sense: all methods, day counts, roundings, periods and sizes. */
export function anyTerms(fixed: Partial<OracleTerms> = {}): fc.Arbitrary<OracleTerms> {
  return fc
    .record({
      principalFen: fc.oneof(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 100_000_000 }),
        fc.integer({ min: 1, max: 10_000_000_000_000 }),
      ),
      ratePpm: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 360_000 })),
      disbursedDay: fc.integer({ min: FIRST_DAY, max: LAST_DAY }),
      installments: fc.integer({ min: 1, max: 40 }),
      every: fc.integer({ min: 1, max: 4 }),
      unit: fc.constantFrom('Day' as const, 'Week' as const, 'Month' as const),
      firstAfter: fc.option(fc.integer({ min: 1, max: 80 })),
      monthEnd: fc.constantFrom('Clamp' as const, 'Roll' as const),
      method: fc.constantFrom(
        'EqualInstallment' as const,
        'EqualPrincipal' as const,
        'InterestOnly' as const,
        'FlatRate' as const,
        'Bullet' as const,
      ),
      accrual: fc.constantFrom(
        'Thirty360' as const,
        'Actual360' as const,
        'Actual365' as const,
        'ActualActual' as const,
      ),
      rounding: fc.constantFrom(
        'HalfUp' as const,
        'HalfEven' as const,
        'Up' as const,
        'Down' as const,
      ),
      interestRounding: fc.constantFrom('EachPeriod' as const, 'Cumulative' as const),
      installmentMultipleFen: fc.constantFrom(1, 1, 10, 100),
      grace: fc.nat({ max: 6 }),
      downShare: fc.constantFrom(0, 0, 0.25, 0.9),
    })
    .map(({ ratePpm, disbursedDay, firstAfter, grace, downShare, ...drawn }): OracleTerms => {
      const terms = { ...drawn, ...fixed };
      return {
        ...terms,
        annualRate: fixed.annualRate ?? (ratePpm / 1_000_000).toFixed(6),
        disbursedOn: fixed.disbursedOn ?? dateOf(disbursedDay),
        principalGraceInstallments:
          fixed.principalGraceInstallments ??
          (terms.method === 'Bullet' ? 0 : Math.min(grace, terms.installments - 1)),
        downPaymentFen: fixed.downPaymentFen ?? Math.floor(terms.principalFen * downShare),
        ...(firstAfter === null ? {} : { firstDueOn: dateOf(disbursedDay + firstAfter) }),
      };
    });
}
