import { ExactSum, type Ratio } from '../../shared/money.ts';
import { present } from '../../shared/present.ts';
import { addRatios, multiplyRatios, reduce } from '../annual-rate.ts';
import { dueDays } from '../due-days.ts';
import { interestRoundingMode } from '../interest.ts';
import { planLoan } from '../loan-plan.ts';
import { periodYears } from '../period-factors.ts';
import type { Terms } from '../terms.ts';
import { actualFraction } from '../year-fraction.ts';
import type { AccrualSpan, Installment } from './installment.ts';

type Period = { readonly from: number; readonly to: number; readonly years: Ratio };

const NO_YEARS: Ratio = { numerator: 0, denominator: 1 };

/** The due days of a plan that may go on beyond its last installment, and what any stretch of days counts for. */
export class AccrualCalendar {
  readonly #terms: Terms;
  readonly #periods: readonly Period[];

  constructor(terms: Terms) {
    this.#terms = terms;
    const plan = planLoan(terms);
    const due = dueDays(plan);
    const years = periodYears(plan, due);
    this.#periods = due.days.map((to, index) => ({
      from: due.days[index - 1] ?? plan.disbursedDay,
      to,
      years: present(years[index]),
    }));
  }

  get days(): readonly number[] {
    return this.#periods.map((period) => period.to);
  }

  /** The same due days and so many more. */
  extended(more: number): AccrualCalendar {
    return new AccrualCalendar({ ...this.#terms, installments: this.#periods.length + more });
  }

  /** What the days from one to another count for. Under 30/360 a part of a period counts by its share of the days. */
  years(from: number, to: number): Ratio {
    const { accrual } = this.#terms;
    if (accrual !== 'Thirty360') return actualFraction(accrual, from, to);
    return this.#periods.map((period) => yearsWithin(period, from, to)).reduce(addRatios, NO_YEARS);
  }

  /** What one fen owed is charged over the spans. */
  factor(spans: readonly AccrualSpan[]): Ratio {
    return spans
      .map(({ from, to, rate }) => multiplyRatios(rate, this.years(from, to)))
      .reduce(addRatios, NO_YEARS);
  }

  /** Interest of an installment up to a day: the first day counts, the day itself does not. */
  interestTo(installment: Installment, day: number): number {
    const mode = interestRoundingMode(this.#terms.rounding);
    const { bearingFen, carriedFen, spans } = installment;
    // Summed in big integers: a payoff may fall on any day of any stretch, and must never be refused.
    const earned = new ExactSum();
    for (const { from, to, rate } of spans) {
      earned.add(bearingFen, multiplyRatios(rate, this.years(from, Math.min(to, day))));
    }
    return carriedFen + earned.rounded(mode);
  }
}

function yearsWithin(period: Period, from: number, to: number): Ratio {
  const days = Math.min(to, period.to) - Math.max(from, period.from);
  if (days <= 0) return NO_YEARS;
  return multiplyRatios(period.years, reduce(days, period.to - period.from));
}
