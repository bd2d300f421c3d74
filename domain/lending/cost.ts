import { addMonthsToDay, monthOfDay } from '../shared/calendar.ts';
import { roundHalfUp, type Ratio } from '../shared/money.ts';
import { effectiveRateByDate, ratePerPeriod, type DatedAmount } from './rate-of-return.ts';
import { sumFees } from './schedule-rows.ts';
import type { Schedule } from './schedule.ts';
import type { Fee, Terms } from './terms.ts';

/** A yearly rate two ways: nominal (the disclosed one, 12·i) and effective ((1+i)^12 - 1). Unrounded. */
export type AnnualisedRate = { readonly nominal: number; readonly effective: number };

/** One cost item with the rate it adds by itself. */
export type CostItem = {
  readonly code: string;
  readonly payeeRole: Fee['payeeRole'];
  readonly totalFen: number;
  readonly annualised: number;
};

/** What the loan costs on normal performance. Both all-in figures are nominal; a cap is held against the larger. */
export type LoanCost = {
  /** Interest alone. */
  readonly apr: AnnualisedRate;
  readonly items: readonly CostItem[];
  /** The items annualised one by one, then summed (2026 disclosure rule). */
  readonly itemised: number;
  /** One rate over interest and all fees together. */
  readonly combined: number;
  /** What half a fen in every payment comes to: rounding to the fen is not cost. */
  readonly rounding: number;
};

/** Cost of the terms on their own schedule: always from the cash flows, never from the quoted rate. */
export function costOf(terms: Terms, schedule: Schedule): LoanCost {
  const installments = schedule.rows.length - (terms.downPaymentFen > 0 ? 1 : 0);
  const paidFees = terms.fees.filter((fee) => fee.timing !== 'OnDefault');
  const interestOnly = { hasInterest: true, fees: [] };
  const apr = annualise(terms, schedule, interestOnly);
  const combined =
    paidFees.length === 0 ? apr : annualise(terms, schedule, { hasInterest: true, fees: paidFees });
  const interest: CostItem = {
    code: 'Interest',
    payeeRole: 'Lender',
    totalFen: schedule.rows.reduce((sum, row) => sum + row.interestFen, 0),
    annualised: apr.nominal,
  };
  const feeItems = paidFees.map((fee) => ({
    code: fee.code,
    payeeRole: fee.payeeRole,
    totalFen: fee.timing === 'EachInstallment' ? fee.amountFen * installments : fee.amountFen,
    annualised: annualise(terms, schedule, { hasInterest: false, fees: [fee] }).nominal,
  }));
  const items = [interest, ...feeItems];
  const itemised = items.reduce((sum, item) => sum + item.annualised, 0);
  const rounding =
    apr.nominal - annualise(terms, schedule, { ...interestOnly, offFen: 0.5 }).nominal;
  return { apr, items, itemised, combined: combined.nominal, rounding };
}

/** The scenario of a default: every installment so many days late, with penalty, and the fees of a default at once. */
export type DefaultScenario = {
  readonly daysLate: number;
  /** Penalty a day on the principal part that is late. */
  readonly penaltyDaily: Ratio;
};

/** What the loan costs a year when every installment comes late; fees OnDefault are charged once, with the first. */
export function costOnDefault(
  terms: Terms,
  schedule: Schedule,
  { daysLate, penaltyDaily }: DefaultScenario,
): AnnualisedRate {
  const charged = { hasInterest: true, fees: terms.fees };
  const { basisFen, payments } = cashFlows(terms, schedule, charged);
  const onDefaultFen = sumFees(terms.fees, 'OnDefault');
  const dated = payments.map(({ day, amountFen, principalFen }, index) => {
    const lateFen = BigInt(principalFen) * BigInt(daysLate) * BigInt(penaltyDaily.numerator);
    const penaltyFen = roundHalfUp(lateFen, BigInt(penaltyDaily.denominator));
    return {
      days: day + daysLate - schedule.disbursedDay,
      amount: amountFen + penaltyFen + (index === 0 ? onDefaultFen : 0),
    };
  });
  return annualiseByDate(basisFen, dated);
}

type Charged = {
  readonly hasInterest: boolean;
  readonly fees: readonly Fee[];
  /** Taken off every payment. */
  readonly offFen?: number;
};

/** Announcement No. 3 of 2021: the internal rate of return on what the borrower really gets and pays. */
function annualise(terms: Terms, schedule: Schedule, charged: Charged): AnnualisedRate {
  const { basisFen, payments } = cashFlows(terms, schedule, charged);
  const [only] = payments;
  if (payments.length === 1 && only) return annualiseSingle(basisFen, only, schedule.disbursedDay);
  if (schedule.isPeriodic) {
    const perYear = 12 / terms.every;
    const rate = ratePerPeriod(
      basisFen,
      payments.map((payment) => payment.amountFen),
    );
    return { nominal: rate * perYear, effective: compound(rate, perYear) };
  }
  return annualiseByDate(
    basisFen,
    payments.map(({ day, amountFen }) => ({
      days: day - schedule.disbursedDay,
      amount: amountFen,
    })),
  );
}

/** What dated payments for an amount received cost a year; days are counted from the day it was received. */
export function annualiseByDate(
  basisFen: number,
  payments: readonly DatedAmount[],
): AnnualisedRate {
  const effective = effectiveRateByDate(basisFen, payments);
  return { nominal: 12 * compound(effective, 1 / 12), effective };
}

function compound(rate: number, times: number): number {
  return Math.expm1(times * Math.log1p(rate));
}

type Payment = {
  readonly day: number;
  readonly principalFen: number;
  readonly amountFen: number;
};

/** One repayment: simple interest over days of 365 within a year, the yearly root from one year on. */
function annualiseSingle(
  basisFen: number,
  { day, amountFen }: Payment,
  disbursedDay: number,
): AnnualisedRate {
  const days = day - disbursedDay;
  const gain = (amountFen - basisFen) / basisFen;
  const months = monthOfDay(day) - monthOfDay(disbursedDay);
  if (months < 12 || day < addMonthsToDay(disbursedDay, 12)) {
    return { nominal: (gain * 365) / days, effective: compound(gain, 365 / days) };
  }
  const rate = compound(gain, 1 / yearsBetween(disbursedDay, day));
  return { nominal: rate, effective: rate };
}

/** Whole calendar years where the dates are whole years apart, else days of 365. */
function yearsBetween(from: number, to: number): number {
  const months = monthOfDay(to) - monthOfDay(from);
  const isWhole = months % 12 === 0 && addMonthsToDay(from, months) === to;
  return isWhole ? months / 12 : (to - from) / 365;
}

function cashFlows(terms: Terms, schedule: Schedule, charged: Charged) {
  const { hasInterest, fees, offFen = 0 } = charged;
  const installments = terms.downPaymentFen > 0 ? schedule.rows.slice(1) : schedule.rows;
  const each = sumFees(fees, 'EachInstallment');
  const first = sumFees(fees, 'WithFirst');
  const final = sumFees(fees, 'WithLast');
  const last = installments.length - 1;
  const payments = installments.map((row, index): Payment => {
    const atEnds = (index === 0 ? first : 0) + (index === last ? final : 0);
    const amountFen = row.principalFen + (hasInterest ? row.interestFen : 0) + each + atEnds;
    const paidFen = amountFen > 0 ? amountFen - offFen : 0;
    return { day: row.dueDay, principalFen: row.principalFen, amountFen: paidFen };
  });
  const basisFen = terms.principalFen - terms.downPaymentFen - sumFees(fees, 'UpFront');
  return { basisFen, payments };
}
