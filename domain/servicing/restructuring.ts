import * as z from 'zod';
import { type PolicyPack, policyRate } from '../catalog/policy-pack.ts';
import { isAboveCap } from '../contracts/cost-cap.ts';
import { annualiseByDate } from '../lending/cost.ts';
import { displayRate } from '../lending/quote.ts';
import { accountOn, type LoanAccount } from '../lending/servicing/replay.ts';
import type { LoanEvent } from '../lending/servicing/loan-event.ts';
import { LoanSchedule } from '../loans/loan.ts';
import { daysBetween } from '../shared/calendar.ts';
import { contentHashOf } from '../shared/content-hash.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { changeIdOf } from '../shared/ids.ts';
import { AnnualRate, BusinessDate } from '../shared/primitives.ts';
import { scheduleRowsOf } from './change-loan.ts';
import { servicedLoanOf, type LoanFile } from './loan-file.ts';

/** What is asked for; what is not named stays as it is. */
export const RestructuringPlan = z
  .strictObject({
    /** Extension: so many installments more (Civil Code art. 678). */
    moreInstallments: z.int().min(1).max(60).optional(),
    /** Payment holiday: nothing falls due for so many periods; interest runs on. */
    holidayPeriods: z.int().min(1).max(12).optional(),
    annualRate: AnnualRate.optional(),
    /** Re-amortisation: principal past due is spread over the installments to come. */
    isPastDuePrincipalSpread: z.boolean().default(false),
    /** The installments stay as large as they were, and the last takes the difference. */
    isInstallmentKept: z.boolean().default(false),
  })
  .refine(
    ({ moreInstallments, holidayPeriods, annualRate, isPastDuePrincipalSpread }) =>
      moreInstallments !== undefined ||
      holidayPeriods !== undefined ||
      annualRate !== undefined ||
      isPastDuePrincipalSpread,
    'name moreInstallments, holidayPeriods, annualRate or isPastDuePrincipalSpread',
  );
export type RestructuringPlan = z.infer<typeof RestructuringPlan>;

const Rows = LoanSchedule.shape.rows;
const Totals = z.object({ principalFen: z.int(), interestFen: z.int(), feeFen: z.int() });

/**
 * 综合融资成本明示表 of a restructuring: what is to come after the change beside what was to come without it, and what the
 * loan then costs a year over its whole life, by dates. Never changed once made; confirmed by its hash.
 */
export const RestructuringSheet = z.object({
  contractNumber: z.string(),
  pricedOn: BusinessDate,
  plan: z.record(z.string(), z.union([z.string(), z.int(), z.boolean()])),
  outstandingPrincipalFen: z.int(),
  schedule: Rows,
  toCome: Totals,
  toComeBefore: Totals,
  allInCost: z.string(),
  allInCostBefore: z.string(),
  maturesOn: BusinessDate,
  maturesOnBefore: BusinessDate,
  statement: z.string(),
});
export type RestructuringSheet = z.infer<typeof RestructuringSheet>;

export interface PricedRestructuring {
  readonly sheet: RestructuringSheet;
  readonly sheetHash: string;
  /** The event that the arithmetic plays when it takes effect. */
  readonly event: LoanEvent;
}

/**
 * Prices a restructuring as of a business date. Throws `InvalidTransition` for a loan that does not run, for a plan that
 * changes nothing, and when it would cost more a year than the cap in force allows and than the loan does today.
 */
export function priceRestructuring(
  file: LoanFile,
  plan: RestructuringPlan,
  { pricedOn, policyPack }: { readonly pricedOn: string; readonly policyPack: PolicyPack },
): PricedRestructuring {
  const { loan, agreement } = file;
  if (loan.status !== 'Active')
    throw new InvalidTransition(
      `loan ${loan.loanId} is ${loan.status}: nothing can be restructured`,
    );
  const event = eventOf(file, plan, pricedOn);
  const before = accountOn(servicedLoanOf(file), pricedOn);
  const after = accountOn(servicedLoanOf(file, [event]), pricedOn);
  const rows = scheduleRowsOf(after);
  const rowsBefore = scheduleRowsOf(before);
  const [cost, costBefore] = [costOf(file, after), costOf(file, before)];
  const cap = policyRate(policyPack, 'cost.allInCapAnnual', {
    lenderType: agreement.lenderType,
    date: pricedOn,
  });
  // By dates a month of 31 days reads a little dearer: a change that makes the loan no dearer breaks no cap it kept.
  if (isAboveCap(cost, cap) && cost > costBefore)
    throw new InvalidTransition(
      `it would cost ${displayRate(cost)} a year, and no more than ${cap} is allowed`,
    );
  const sheet: RestructuringSheet = {
    contractNumber: loan.contractNumber,
    pricedOn,
    plan: Object.fromEntries(
      Object.entries(plan).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    outstandingPrincipalFen: loan.outstandingPrincipalFen,
    schedule: toCome(rows, pricedOn),
    toCome: totalsOf(toCome(rows, pricedOn)),
    toComeBefore: totalsOf(toCome(rowsBefore, pricedOn)),
    allInCost: displayRate(cost),
    allInCostBefore: displayRate(costBefore),
    maturesOn: lastOf(rows),
    maturesOnBefore: lastOf(rowsBefore),
    statement: '除上述列明的费用外，贷款人及其合作机构不向借款人收取任何其他息费。',
  };
  return { sheet, sheetHash: contentHashOf(sheet), event };
}

/** The event of one change: the same plan priced on the same day of the same loan is the same change. */
function eventOf(file: LoanFile, plan: RestructuringPlan, valueDate: string): LoanEvent {
  const { annualRate, moreInstallments, holidayPeriods, ...flags } = plan;
  return {
    kind: 'Restructuring',
    id: changeIdOf(file.loan.loanId, `restructuring|${file.loan.eventSequence}|${valueDate}`),
    valueDate,
    ...flags,
    ...(annualRate === undefined ? {} : { annualRate }),
    ...(moreInstallments === undefined ? {} : { moreInstallments }),
    ...(holidayPeriods === undefined ? {} : { holidayPeriods }),
  };
}

/** The nominal yearly rate over the whole life, on what was paid out and on every row of the plan (令2021第3号, by dates). */
function costOf({ loan, agreement }: LoanFile, account: LoanAccount): number {
  const { disbursedOn } = agreement.terms;
  const payments = scheduleRowsOf(account)
    .filter(({ totalFen }) => totalFen > 0)
    .map(({ dueOn, totalFen }) => ({ days: daysBetween(disbursedOn, dueOn), amount: totalFen }));
  return annualiseByDate(loan.principalFen, payments).nominal;
}

type Row = RestructuringSheet['schedule'][number];

function toCome(rows: readonly Row[], date: string): Row[] {
  return rows.filter(({ dueOn }) => dueOn > date);
}

function totalsOf(rows: readonly Row[]): z.infer<typeof Totals> {
  const sum = (each: (row: Row) => number): number =>
    rows.reduce((total, row) => total + each(row), 0);
  return {
    principalFen: sum(({ principalFen }) => principalFen),
    interestFen: sum(({ interestFen }) => interestFen),
    feeFen: sum(({ feeFen }) => feeFen),
  };
}

function lastOf(rows: readonly Row[]): string {
  const last = rows.at(-1);
  if (last === undefined) throw new InvalidTransition('there is no installment to restructure');
  return last.dueOn;
}
