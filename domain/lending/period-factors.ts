import type { Ratio } from '../shared/money.ts';
import { present } from '../shared/present.ts';
import { addRatios, multiplyRatios, reduce } from './annual-rate.ts';
import type { DueDays } from './due-days.ts';
import type { LoanPlan } from './loan-plan.ts';
import type { Terms } from './terms.ts';
import { actualFraction, thirty360Fraction } from './year-fraction.ts';

/** Interest factors of the periods of a schedule, as exact ratios. */
export type PeriodFactors = {
  readonly length: number;
  /** The one factor of all periods, where they are all alike; then there is no list. */
  readonly even: Ratio | undefined;
  readonly list: readonly Ratio[];
};

const NO_LIST: readonly Ratio[] = [];

/** What every period is charged for each fen owed: the yearly rate times its share of a year. */
export function periodFactors(plan: LoanPlan, due: DueDays): PeriodFactors {
  const { terms, rate } = plan;
  const { accrual } = terms;
  const length = due.days.length;
  if (accrual === 'Thirty360') {
    const factor = multiplyRatios(rate, nominalFraction(terms));
    if (due.firstMonths === terms.every) return { length, even: factor, list: NO_LIST };
    const list = new Array<Ratio>(length).fill(factor);
    list[0] = multiplyRatios(rate, firstFraction(plan, due));
    return { length, even: undefined, list };
  }
  let from = plan.disbursedDay;
  const list = due.days.map((day) => {
    const fraction = actualFraction(accrual, from, day);
    from = day;
    return multiplyRatios(rate, fraction);
  });
  return { length, even: undefined, list };
}

/** The share of a year of every period by itself. */
export function periodYears(plan: LoanPlan, due: DueDays): readonly Ratio[] {
  const { accrual } = plan.terms;
  return due.days.map((day, index) => {
    if (accrual === 'Thirty360') {
      return index === 0 ? firstFraction(plan, due) : nominalFraction(plan.terms);
    }
    return actualFraction(accrual, due.days[index - 1] ?? plan.disbursedDay, day);
  });
}

/** The factor of the whole term as one period, for interest paid once at the end. */
export function wholeTermFactor(plan: LoanPlan, due: DueDays): Ratio {
  return multiplyRatios(plan.rate, wholeTermFraction(plan, due));
}

/** One full regular period under 30/360, where holidays and the lengths of months change nothing. */
function nominalFraction(terms: Pick<Terms, 'every' | 'unit'>): Ratio {
  if (terms.unit === 'Month') return reduce(terms.every, 12);
  return reduce(terms.every * (terms.unit === 'Week' ? 7 : 1), 360);
}

function firstFraction({ terms, disbursedDay }: LoanPlan, due: DueDays): Ratio {
  if (due.firstMonths !== undefined) return reduce(due.firstMonths, 12);
  if (terms.unit === 'Month') return thirty360Fraction(disbursedDay, due.firstNominalDay);
  return reduce(due.firstNominalDay - disbursedDay, 360);
}

function wholeTermFraction(plan: LoanPlan, due: DueDays): Ratio {
  const { terms, disbursedDay } = plan;
  if (terms.accrual === 'Thirty360') {
    const nominal = nominalFraction(terms);
    const later = { ...nominal, numerator: nominal.numerator * (due.days.length - 1) };
    return addRatios(firstFraction(plan, due), later);
  }
  return actualFraction(terms.accrual, disbursedDay, present(due.days.at(-1)));
}
