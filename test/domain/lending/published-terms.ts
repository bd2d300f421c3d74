import { readFileSync } from 'node:fs';

/** One row of a published schedule; amounts are decimals with at most two places. */
export type PublishedRow = {
  nr: number | null;
  dueDate: string;
  principal: number;
  interest: number;
  due: number;
  balance: number;
};

export type PublishedLoan = {
  id: string;
  product: {
    scheduleType: 'CUMULATIVE' | 'PROGRESSIVE';
    daysInYear: string;
    daysInMonth: string;
    installmentMultiple?: number | null;
    downPaymentPct?: number | null;
    daysInYearCustomStrategy?: string;
    interestRateFrequency?: string;
  };
  loan: {
    principal: number;
    annualRatePct: number;
    interestMethod: string;
    interestCalculationPeriod: string;
    amortization: string;
    numberOfRepayments: number;
    repaymentEvery: number;
    repaymentUnit: 'DAYS' | 'WEEKS' | 'MONTHS';
    graceOnPrincipal: number;
    interestFreePeriod?: number;
  };
  disbursement: { date: string; amount: number };
  monthEndDueDateStrategy?: string;
  schedule: PublishedRow[];
};

/** Reads a copied vector file. */
export function readVectors<Case>(name: string): Case[] {
  const url = new URL(`../../vectors/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: Case[] }).cases;
}

/** Decimal currency of at most two places to fen. */
export function fenOf(amount: number): number {
  return Math.round(amount * 100);
}

function accrualOf({ product, loan }: PublishedLoan): string {
  if (product.scheduleType === 'CUMULATIVE') {
    return loan.interestCalculationPeriod === 'DAILY' ? 'Actual365' : 'Thirty360';
  }
  if (product.daysInYear === '360') return product.daysInMonth === '30' ? 'Thirty360' : 'Actual360';
  return product.daysInYear === '365' ? 'Actual365' : 'ActualActual';
}

/** A published loan in our own terms, by the rules in the README of the vectors. */
export function termsOf(published: PublishedLoan): Record<string, unknown> {
  const { product, loan, disbursement, schedule } = published;
  const downPayment = product.downPaymentPct ? (schedule[0]?.principal ?? 0) : 0;
  // "Whole term": the rate printed covers all installments together.
  const isWholeTerm = product.interestRateFrequency?.endsWith('WHOLE_TERM') ?? false;
  const yearly = isWholeTerm
    ? (loan.annualRatePct * 12) / loan.numberOfRepayments
    : loan.annualRatePct;
  return {
    id: published.id,
    principalFen: fenOf(disbursement.amount),
    annualRate: (yearly / 100).toFixed(10),
    disbursedOn: disbursement.date,
    installments: loan.numberOfRepayments,
    every: loan.repaymentEvery,
    unit: { DAYS: 'Day', WEEKS: 'Week', MONTHS: 'Month' }[loan.repaymentUnit],
    monthEnd: published.monthEndDueDateStrategy === 'FIRST_DAY_OF_NEXT_MONTH' ? 'Roll' : 'Clamp',
    method: loan.interestMethod === 'FLAT' ? 'FlatRate' : 'EqualInstallment',
    accrual: accrualOf(published),
    rounding: 'HalfEven',
    residue: product.scheduleType === 'PROGRESSIVE' ? 'Smoothed' : 'LastInstallment',
    installmentMultipleFen: fenOf(product.installmentMultiple ?? 0.01),
    principalGraceInstallments: loan.graceOnPrincipal,
    downPaymentFen: fenOf(downPayment),
  };
}
