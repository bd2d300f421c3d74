import type { Applicant, Application, Decision } from '../applications/application.ts';
import { catalogKeyOf } from '../catalog/catalog-key.ts';
import type { LenderType } from '../catalog/lender-type.ts';
import type { PolicyPack } from '../catalog/policy-pack.ts';
import type { Product } from '../catalog/product.ts';
import type { RuleSet } from '../catalog/rule-set.ts';
import type { Scorecard } from '../catalog/scorecard.ts';
import { judgeCost } from '../contracts/cost-cap.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { quote } from '../lending/quote.ts';
import { loanTermsOf, type AgreedLoan } from '../loans/loan-terms.ts';
import { divideRounded, multiplyRounded } from '../shared/money.ts';
import { approversFor } from './approval-authority.ts';
import { evaluateRules, type Facts, type RuleFindings } from './evaluate-rules.ts';
import { scoreApplication, type Score } from './score-application.ts';

export interface DecisionCase {
  readonly application: Pick<
    Application,
    'requested' | 'review' | 'credit' | 'humanReviewRequested'
  >;
  readonly applicant: Applicant;
  readonly product: Product;
  readonly ruleSet: RuleSet;
  readonly scorecard: Scorecard;
  readonly policyPack: PolicyPack;
  readonly lenderType: LenderType;
  /** The business date and the instant of the decision. */
  readonly date: string;
  readonly at: string;
}

/**
 * Decides one application by the pinned rules and scorecard. A missing fact can neither approve nor decline; who asked for
 * a person gets one; what is above the authority of the rules is referred with the offer ready to approve.
 */
export function decideApplication(decisionCase: DecisionCase): Decision {
  const { product, scorecard, application } = decisionCase;
  const loan = offerAt(decisionCase, dearestRate(product));
  const facts = factsOf(decisionCase, loan);
  const findings = evaluateRules(decisionCase.ruleSet, facts);
  const score = scoreApplication(scorecard, facts);
  const offered = offerAt(decisionCase, rateFor(product, score.grade));
  const declines = [
    ...findings.declines,
    ...(score.outcome === 'Decline' ? ['ScoreTooLow', ...score.reasonCodes] : []),
    ...(isTooDear(decisionCase, offered) ? ['CostAboveCap'] : []),
  ];
  const approvers = approversFor(offered.principalFen, product);
  const refers = referralsOf({ findings, score, approvers, decisionCase });
  // PIPL 24: nobody who refused it is decided about by a machine alone, not even to be declined. Nor is anybody declined
  // while the bureau is silent: an outage is never a decline.
  const mayDecline = !application.humanReviewRequested && application.credit !== undefined;
  const isDeclined = declines.length > 0 && mayDecline;
  const isReferred = !isDeclined && (refers.length > 0 || declines.length > 0);
  return {
    outcome: isDeclined ? 'Declined' : isReferred ? 'Referred' : 'Approved',
    reasonCodes: [...new Set(isDeclined ? declines : [...declines, ...refers])],
    score: score.points,
    grade: score.grade,
    ...(isDeclined ? {} : { offer: asOffer(offered) }),
    approversRequired: isReferred ? Math.max(approvers, 1) : 0,
    policyPack: catalogKeyOf(decisionCase.policyPack.packId, decisionCase.policyPack.version),
    scorecard: catalogKeyOf(scorecard.scorecardId, scorecard.version),
    rulesTrace: [...findings.trace],
    decidedAt: decisionCase.at,
    decidedBy: 'workflow',
  };
}

function referralsOf(given: {
  readonly findings: RuleFindings;
  readonly score: Score;
  readonly approvers: number;
  readonly decisionCase: DecisionCase;
}): string[] {
  const { application } = given.decisionCase;
  const isReportMissing = application.credit === undefined;
  return [
    ...(application.humanReviewRequested ? ['HumanReviewRequested'] : []),
    ...(isReportMissing ? ['CreditReportMissing'] : []),
    ...given.findings.refers,
    ...(given.findings.hasUnknown && !isReportMissing ? ['DataMissing'] : []),
    ...(given.score.outcome === 'Refer' ? ['ScoreBorderline', ...given.score.reasonCodes] : []),
    ...(given.approvers > 0 ? ['AmountNeedsApproval'] : []),
  ];
}

function factsOf(decisionCase: DecisionCase, loan: AgreedLoan): Facts {
  const { application, applicant } = decisionCase;
  const { credit, requested, review } = application;
  return {
    isIdentityMatched: review === undefined ? undefined : review.identity === 'Match',
    termMonths: requested.termMonths,
    purpose: requested.purpose,
    bureauScore: credit?.score,
    openLoans: credit?.openLoans,
    overdueCount24Months: credit?.overdueCount24Months,
    currentOverdueFen: credit?.currentOverdueFen,
    queries3Months: credit?.queries3Months,
    ...(applicant.kind === 'Person'
      ? personFacts(decisionCase, applicant, loan)
      : companyFacts(decisionCase, applicant)),
  };
}

type OfKind<Kind extends Applicant['kind']> = Extract<Applicant, { kind: Kind }>;

function personFacts(
  decisionCase: DecisionCase,
  person: OfKind<'Person'>,
  loan: AgreedLoan,
): Facts {
  const { application, product, date } = decisionCase;
  const incomeFen = incomeOf(application.review, person);
  const { totals } = quote(loanTermsOf(loan, product, date));
  // An even share of everything to be repaid: what a single repayment at the end asks somebody to put aside each month.
  const monthlyFen = divideRounded(
    totals.principalFen + totals.interestFen + totals.feeFen,
    loan.termMonths,
    'Up',
  );
  const outstandingFen = application.credit?.outstandingFen;
  return {
    ...person.profile,
    monthlyIncomeFen: incomeFen,
    debtToIncomeBasisPoints:
      outstandingFen === undefined || incomeFen === undefined
        ? undefined
        : burden(monthlyFen + existingMonthlyFen(outstandingFen, product), incomeFen),
  };
}

/** The confirmed income; the declared one only when a person has looked at the papers. */
function incomeOf(review: Application['review'], person: OfKind<'Person'>): number | undefined {
  if (review?.verifiedIncomeFen !== undefined) return review.verifiedIncomeFen;
  return review?.reviewedBy.startsWith('operator:') === true ? person.monthlyIncomeFen : undefined;
}

function companyFacts({ application, date }: DecisionCase, company: OfKind<'Company'>): Facts {
  return {
    establishedMonths: monthsBetween(company.establishedOn, date),
    amountToRevenueBasisPoints: burden(application.requested.amountFen, company.annualRevenueFen),
  };
}

function existingMonthlyFen(outstandingFen: number, product: Product): number {
  return multiplyRounded(outstandingFen, parseRate(product.existingDebtMonthlyShare), 'Up');
}

const NO_INCOME_BASIS_POINTS = 1_000_000;

/** A share in basis points; without any income every debt is too much. */
function burden(amountFen: number, ofFen: number): number {
  if (ofFen === 0) return NO_INCOME_BASIS_POINTS;
  return Math.min(divideRounded(amountFen * 10_000, ofFen, 'Up'), NO_INCOME_BASIS_POINTS);
}

function monthsBetween(from: string, to: string): number {
  const monthOf = (date: string): number =>
    Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  const isShort = to.slice(8) < from.slice(8);
  return monthOf(to) - monthOf(from) - (isShort ? 1 : 0);
}

function offerAt({ application }: DecisionCase, annualRate: string): AgreedLoan {
  const { amountFen, termMonths, repaymentMethod } = application.requested;
  return { principalFen: amountFen, annualRate, termMonths, repaymentMethod };
}

function asOffer(loan: AgreedLoan): Decision['offer'] {
  const { principalFen, annualRate, termMonths, repaymentMethod } = loan;
  return { amountFen: principalFen, annualRate, termMonths, repaymentMethod };
}

/** Affordability is judged at the dearest price of the product, so that a better grade never hides a burden. */
function dearestRate({ pricing }: Product): string {
  const rates = pricing.map(({ annualRate }) => annualRate).toSorted(byRate);
  const dearest = rates.at(-1);
  if (dearest === undefined) throw new Error('a product has no price');
  return dearest;
}

function byRate(left: string, right: string): number {
  return Number(left) - Number(right);
}

function rateFor(product: Product, grade: string): string {
  return product.pricing.find((price) => price.grade === grade)?.annualRate ?? dearestRate(product);
}

function isTooDear(decisionCase: DecisionCase, loan: AgreedLoan): boolean {
  const { product, policyPack, lenderType, date } = decisionCase;
  return judgeCost(loanTermsOf(loan, product, date), policyPack, { lenderType, date }).isAboveCap;
}
