import { employmentStatuses } from '../applications/application.ts';
import { creditProfileWords } from './credit-profile.ts';

/** What rules, tables and scorecards may read. A fact that is not known is absent, never zero. */
export type Fact = number | boolean | string;
export type Facts = Readonly<Record<string, Fact | undefined>>;

interface FactShape {
  readonly kind: 'Number' | 'Flag' | 'Word';
  /** The words it can have, where they are known. */
  readonly words?: readonly string[];
}

const number = { kind: 'Number' } as const;
const flag = { kind: 'Flag' } as const;
const word = { kind: 'Word' } as const;
const oneOf = (words: readonly string[]): FactShape => ({ kind: 'Word', words });

/**
 * Every fact a policy may name, and of what kind it is: a policy that names another is refused when it is loaded. Sex,
 * marital status, nationality and the name are not among them, so no rule can read them.
 */
export const policyFacts: Readonly<Record<string, FactShape>> = {
  // What was asked for.
  amountFen: number,
  termMonths: number,
  repaymentMethod: word,
  purpose: word,
  // Who asks.
  applicantKind: oneOf(['Person', 'Company']),
  ageYears: number,
  province: word,
  employmentStatus: oneOf([...employmentStatuses, 'None']),
  establishedMonths: number,
  amountToRevenueBasisPoints: number,
  checkingStatus: oneOf(creditProfileWords.checkingStatus),
  creditHistory: oneOf(creditProfileWords.creditHistory),
  savings: oneOf(creditProfileWords.savings),
  employmentYears: oneOf(creditProfileWords.employmentYears),
  otherDebtors: oneOf(creditProfileWords.otherDebtors),
  property: oneOf(creditProfileWords.property),
  otherInstallmentPlans: oneOf(creditProfileWords.otherInstallmentPlans),
  housing: oneOf(creditProfileWords.housing),
  job: oneOf(creditProfileWords.job),
  installmentRate: number,
  residenceYears: number,
  existingCredits: number,
  dependants: number,
  // What the checks said.
  isIdentityMatched: flag,
  statedIncomeFen: number,
  /** The confirmed income; the stated one only when a person has looked at the papers. */
  monthlyIncomeFen: number,
  /** Stated income in hundredths of a per cent of the confirmed one. */
  statedToVerifiedBasisPoints: number,
  bureauScore: number,
  openLoans: number,
  outstandingFen: number,
  overdueCount24Months: number,
  currentOverdueFen: number,
  queries3Months: number,
  // What the loan would ask of the borrower.
  monthlyInstallmentFen: number,
  debtToIncomeBasisPoints: number,
  // What others have sent lately, by traits they share with this application.
  hasDevice: flag,
  hasAddress: flag,
  hasContacts: flag,
  applicationsByDevice1Day: number,
  applicationsByDevice30Days: number,
  borrowersByDevice30Days: number,
  applicationsByIp1Day: number,
  applicationsByPhone7Days: number,
  borrowersByPhone30Days: number,
  borrowersByCard30Days: number,
  borrowersByAddress30Days: number,
  borrowersByContact30Days: number,
  applicationsByPartner1Day: number,
  // What stands behind the loan.
  guarantorCount: number,
  /** Named, but without a consent of their own or an answer of the bureau. */
  guarantorsUnchecked: number,
  /** Checked, and below what the policy asks of a guarantor. */
  guarantorsRefused: number,
  guarantorsTaken: number,
  pledgedValueFen: number,
  loanToValueBasisPoints: number,
  // What the decision has found so far.
  grade: word,
  segment: word,
  offeredFen: number,
  funderCostBasisPoints: number,
};

/** Says what is wrong with comparing a fact with a value; undefined when nothing is. */
export function factFault(
  fact: string,
  is: string,
  value: Fact | readonly string[],
): string | undefined {
  const shape = policyFacts[fact];
  if (shape === undefined) return `reads ${fact}, which is no fact`;
  if (is === 'OneOf') return wordsFault(fact, shape, value);
  if (is !== 'Equal' && (shape.kind !== 'Number' || typeof value !== 'number'))
    return `compares ${fact} with ${String(value)}: not both are numbers`;
  if (typeof value !== typeOf[shape.kind])
    return `compares ${fact} with ${String(value)}: other kinds`;
  return typeof value === 'string' ? wordsFault(fact, shape, [value]) : undefined;
}

const typeOf = { Number: 'number', Flag: 'boolean', Word: 'string' } as const;

function wordsFault(
  fact: string,
  { kind, words }: FactShape,
  value: Fact | readonly string[],
): string | undefined {
  if (kind !== 'Word' || typeof value !== 'object') return `looks for words in ${fact}`;
  const unknown = value.filter((each) => words?.includes(each) === false);
  return unknown.length === 0 ? undefined : `knows no ${fact} ${unknown.join(', ')}`;
}
