import { toDayNumber } from '../shared/calendar.ts';
import type { Ratio } from '../shared/money.ts';
import { parseRate } from './annual-rate.ts';
import type { Terms } from './terms.ts';

/** Terms with their text read once: dates as day numbers, the rate as an exact ratio. */
export type LoanPlan = {
  readonly terms: Terms;
  readonly disbursedDay: number;
  readonly firstDueDay: number | undefined;
  readonly rate: Ratio;
};

/** Reads the text in the terms. */
export function planLoan(terms: Terms): LoanPlan {
  return {
    terms,
    disbursedDay: toDayNumber(terms.disbursedOn),
    firstDueDay: terms.firstDueOn === undefined ? undefined : toDayNumber(terms.firstDueOn),
    rate: parseRate(terms.annualRate),
  };
}
