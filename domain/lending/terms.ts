import * as z from 'zod';
import { InvalidInput } from '../shared/errors.ts';
import { BusinessDate, RepaymentMethod } from '../shared/primitives.ts';

/** An amount of up to 100 billion yuan: products with a rate leave the exact range of a double and still come out exact. */
const TermsAmount = z.int().min(0).max(10_000_000_000_000);

const Rate = z.string().regex(/^\d{1,2}(\.\d{1,10})?$/, 'a decimal string such as "0.1200"');

/** Who receives a fee. The platform may charge the borrower nothing: see `judgeCost`. */
export const PayeeRole = z.enum(['Lender', 'Guarantor', 'Insurer', 'Platform', 'ThirdParty']);
export type PayeeRole = z.infer<typeof PayeeRole>;

/** When a fee is due. OnDefault never falls due on normal performance. */
export const FeeTiming = z.enum([
  'UpFront',
  'EachInstallment',
  'WithFirst',
  'WithLast',
  'OnDefault',
]);
export type FeeTiming = z.infer<typeof FeeTiming>;

/** One cost item besides interest. */
export const Fee = z.strictObject({
  code: z.string().min(1).max(60),
  payeeRole: PayeeRole,
  timing: FeeTiming,
  amountFen: TermsAmount,
});
export type Fee = z.infer<typeof Fee>;

export const Accrual = z.enum(['Thirty360', 'Actual360', 'Actual365', 'ActualActual']);
export type Accrual = z.infer<typeof Accrual>;

/** Everything that decides a schedule and its cost; the contract freezes it. */
export const Terms = z.strictObject({
  id: z.string().max(200).optional(),
  principalFen: TermsAmount.min(1),
  annualRate: Rate,
  disbursedOn: BusinessDate,
  installments: z.int().min(1).max(1200),
  every: z.int().min(1).max(366).default(1),
  unit: z.enum(['Day', 'Week', 'Month']).default('Month'),
  /** Absent: one period after disbursement. */
  firstDueOn: BusinessDate.optional(),
  monthEnd: z.enum(['Clamp', 'Roll']).default('Clamp'),
  method: RepaymentMethod,
  accrual: Accrual.default('Thirty360'),
  /** Of the installment; interest rounds the same way when that is to the nearest, else half up. */
  rounding: z.enum(['HalfUp', 'HalfEven', 'Up', 'Down']).default('HalfUp'),
  interestRounding: z.enum(['EachPeriod', 'Cumulative']).default('EachPeriod'),
  /** Smoothed raises or lowers the level installment when that brings the last one closer to the others. */
  residue: z.enum(['LastInstallment', 'Smoothed']).default('LastInstallment'),
  installmentMultipleFen: z.int().min(1).max(1_000_000_00).default(1),
  principalGraceInstallments: z.int().min(0).max(1199).default(0),
  downPaymentFen: TermsAmount.default(0),
  /** NextBusinessDay moves a due date off a holiday; by default only lateness is judged that way (Civil Code art. 203). */
  holidayRoll: z.enum(['None', 'NextBusinessDay']).default('None'),
  fees: z.array(Fee).max(50).default([]),
});
export type Terms = z.infer<typeof Terms>;

/** Reads one set of terms; an error names the record (counted from 1) and the field. */
export function parseTerms(input: unknown, record = 1): Terms {
  const parsed = Terms.safeParse(input);
  if (!parsed.success)
    throw new InvalidInput(`${recordName(input, record)}: ${describe(parsed.error)}`);
  const terms = parsed.data;
  const contradiction = findContradiction(terms);
  if (contradiction) throw new InvalidInput(`${recordName(input, record)}: ${contradiction}`);
  return terms;
}

/** How an error names a record: by its place, counted from 1, and its id where it has one. */
export function recordName(input: unknown, record: number): string {
  const id = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(input);
  return id.success ? `record ${record} (id ${JSON.stringify(id.data.id)})` : `record ${record}`;
}

function describe(error: z.ZodError): string {
  return error.issues.map(describeIssue).join('; ');
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => JSON.stringify(path ? `${path}.${key}` : key));
    return `unknown field ${names.join(', ')}`;
  }
  return path ? `field "${path}": ${issue.message}` : issue.message;
}

function findContradiction(terms: Terms): string | undefined {
  if (terms.firstDueOn !== undefined && terms.firstDueOn <= terms.disbursedOn) {
    return 'field "firstDueOn": not after disbursedOn';
  }
  if (terms.principalGraceInstallments >= terms.installments) {
    return 'field "principalGraceInstallments": leaves no installment for the principal';
  }
  if (terms.downPaymentFen >= terms.principalFen) {
    return 'field "downPaymentFen": leaves nothing to finance';
  }
  const upFront = terms.fees.filter((fee) => fee.timing === 'UpFront');
  const upFrontFen = upFront.reduce((sum, fee) => sum + fee.amountFen, terms.downPaymentFen);
  if (upFrontFen >= terms.principalFen) return 'field "fees": nothing is left to pay out';
  return undefined;
}
