import { fromDayNumber } from '../shared/calendar.ts';
import { InvalidInput } from '../shared/errors.ts';
import { costOf } from './cost.ts';
import { sumFees, type ScheduleRow } from './schedule-rows.ts';
import { buildSchedule } from './schedule.ts';
import type { Terms } from './terms.ts';

export type QuoteRow = {
  readonly number: number;
  readonly dueOn: string;
  readonly principalFen: number;
  readonly interestFen: number;
  readonly feeFen: number;
  readonly totalFen: number;
  readonly outstandingFen: number;
};

/** What a borrower is told about a loan: every installment and what it all costs a year. */
export type Quote = {
  readonly id?: string;
  readonly installmentFen: number;
  readonly schedule: readonly QuoteRow[];
  readonly totals: {
    readonly principalFen: number;
    readonly interestFen: number;
    readonly feeFen: number;
  };
  readonly apr: { readonly nominal: string; readonly effective: string };
  readonly allInCost: { readonly itemised: string; readonly combined: string };
};

/**
 * Prices one set of terms. Throws `InvalidInput` for those whose amounts are too large to be exact to the fen, whose rates
 * are too large to be written down, or whose dates leave the calendar.
 */
export function quote(terms: Terms): Quote {
  const schedule = buildSchedule(terms);
  const cost = costOf(terms, schedule);
  let interestFen = 0;
  let feeFen = sumFees(terms.fees, 'UpFront');
  const rows = schedule.rows.map((row) => {
    interestFen += row.interestFen;
    feeFen += row.feeFen;
    return quoteRow(row);
  });
  // No row exceeds what all rows come to.
  if (!Number.isSafeInteger(terms.principalFen + interestFen + feeFen)) {
    throw new InvalidInput('what is to be paid is too large an amount to be exact to the fen');
  }
  return {
    ...(terms.id === undefined ? {} : { id: terms.id }),
    installmentFen: schedule.installmentFen,
    schedule: rows,
    totals: { principalFen: terms.principalFen, interestFen, feeFen },
    apr: { nominal: displayRate(cost.apr.nominal), effective: displayRate(cost.apr.effective) },
    allInCost: { itemised: displayRate(cost.itemised), combined: displayRate(cost.combined) },
  };
}

/** The row with its date as people write it. */
export function quoteRow(row: ScheduleRow): QuoteRow {
  return {
    number: row.number,
    dueOn: fromDayNumber(row.dueDay),
    principalFen: row.principalFen,
    interestFen: row.interestFen,
    feeFen: row.feeFen,
    totalFen: row.totalFen,
    outstandingFen: row.outstandingFen,
  };
}

/** A rate as people read it: four decimals, that is hundredths of a percent. Caps are tested unrounded. */
export function displayRate(rate: number): string {
  if (!Number.isFinite(rate)) {
    throw new InvalidInput('the loan costs more a year than can be written down');
  }
  // From 1e21 on the other form has an exponent; such a number has no decimals any more.
  return rate < 1e21 ? rate.toFixed(4) : `${BigInt(rate).toString()}.0000`;
}
