import type { CreditPolicy, Limit } from '../catalog/credit-policy.ts';
import { catalogKeyOf } from '../catalog/catalog-key.ts';
import type { TableRow } from '../catalog/decision-table.ts';
import type { PolicyPack } from '../catalog/policy-pack.ts';
import type { Product } from '../catalog/product.ts';
import type { Scorecard } from '../catalog/scorecard.ts';
import { judgeCost, type JudgedCost } from '../contracts/cost-cap.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { quote } from '../lending/quote.ts';
import { loanTermsOf, type AgreedLoan } from '../loans/loan-terms.ts';
import { divideRounded, multiplyRounded, roundToMultiple } from '../shared/money.ts';
import { burdenOf } from './burden.ts';
import type { DecisionInputs } from './decision-inputs.ts';
import {
  compilePolicy,
  evaluateRules,
  type CompiledPolicy,
  type RuleAnswer,
  type RuleResult,
} from './evaluate-policy.ts';
import { judgeGuarantors, type JudgedGuarantors } from './judge-guarantors.ts';
import { mitigatedLimitFen, mitigatedRate, type Backing } from './mitigation.ts';
import type { Fact, Facts } from './policy-facts.ts';
import { bestScoreOf } from './best-score.ts';
import { scoreApplication, type Score } from './score-application.ts';

/** The data a decision is made by. */
export interface DecisionSetting {
  readonly policy: CreditPolicy;
  readonly product: Product;
  readonly scorecard: Scorecard;
  readonly policyPack: PolicyPack;
}

/** One line of the trace: a rule, or the row of a table that was taken. */
export interface TraceLine {
  readonly ruleId: string;
  readonly family: string;
  readonly result: RuleResult;
  readonly reasonCode?: string | undefined;
  readonly read: Readonly<Record<string, Fact | null>>;
}

export interface PolicyDecision {
  readonly outcome: 'Approved' | 'Declined' | 'Referred';
  readonly reasonCodes: readonly string[];
  readonly score: number;
  readonly grade: string;
  readonly segment?: string;
  readonly offer?: {
    readonly amountFen: number;
    readonly termMonths: number;
    readonly annualRate: string;
    readonly repaymentMethod: DecisionInputs['requested']['repaymentMethod'];
  };
  readonly approversRequired: 0 | 1 | 2;
  /** What loans of this grade are expected to lose of this offer; a yardstick, not a reserve. */
  readonly expectedLossFen: number;
  readonly creditPolicy: string;
  readonly trace: readonly TraceLine[];
}

/** What a decision finds out itself, by the grade and the tables: no firmer than they are. */
const foundFacts: ReadonlySet<string> = new Set([
  'grade',
  'segment',
  'offeredFen',
  'loanToValueBasisPoints',
  'monthlyInstallmentFen',
  'debtToIncomeBasisPoints',
]);

/**
 * Decides by a policy from kept inputs alone: no clock, no store, so the same inputs under the same data give the same
 * answer for good. What is missing can neither approve nor decline: it refers. So does what rests on it: an offer found by
 * points that miss a fact, or past a table without a row for the applicant, is a guess that declines nobody.
 *
 * Backing can only help: where the larger offer it allows would be declined (a burden too high), the offer without it is
 * judged instead.
 */
export function decideByPolicy(inputs: DecisionInputs, setting: DecisionSetting): PolicyDecision {
  const { facts, pledges } = inputs;
  const guarantors = judgeGuarantors(inputs, setting.policy.mitigants);
  const { guarantorsTaken } = guarantors;
  const decided = decide(inputs, {
    setting,
    guarantors,
    backing: { facts, pledges, guarantorsTaken },
  });
  if (decided.outcome !== 'Declined' || guarantorsTaken + pledges.length === 0) return decided;
  const backing = { facts, pledges: [], guarantorsTaken: 0 };
  const unbacked = decide(inputs, { setting, guarantors, backing });
  return unbacked.outcome === 'Declined' ? decided : unbacked;
}

interface BackedSetting {
  readonly setting: DecisionSetting;
  readonly guarantors: JudgedGuarantors;
  readonly backing: Backing;
}

function decide(
  inputs: DecisionInputs,
  { setting, guarantors, backing }: BackedSetting,
): PolicyDecision {
  const compiled = compilePolicy(setting.policy);
  const known: Record<string, Fact | undefined> = { ...inputs.facts };
  const score = scoreApplication(setting.scorecard, known);
  known['grade'] = score.grade;
  const placement = compiled.placement.find(known);
  known['segment'] = placement?.then.segmentId;
  const limit = compiled.limits.find(known);
  Object.assign(known, guarantors);
  const offer = offerOf(inputs, { limit, known, setting, compiled, backing });
  Object.assign(known, offerFacts(inputs, offer.loan, setting));
  const answers = evaluateRules(compiled, known);
  const authority = compiled.authority.find(known);
  const tables = [
    scoreLine(setting.scorecard, score, known),
    tableLine('placement', compiled.placement.facts, { row: placement, known }),
    tableLine('limits', compiled.limits.facts, { row: limit, known }),
    tableLine('pricing', compiled.pricing.facts, { row: offer.price, known }),
    tableLine('authority', compiled.authority.facts, { row: authority, known }),
  ];
  const cost = costOfOffer(inputs, offer.loan, setting);
  const found = { inputs, setting, answers, score, offer, tables, cost };
  const approvers = authority?.then.approvers ?? 1;
  const verdict = verdictOf(found, approvers);
  return {
    outcome: verdict.outcome,
    reasonCodes: verdict.reasonCodes,
    score: score.points,
    grade: score.grade,
    ...(placement === undefined ? {} : { segment: placement.then.segmentId }),
    ...(verdict.outcome === 'Declined' ? {} : { offer: asOffer(offer.loan) }),
    approversRequired: verdict.outcome === 'Referred' ? atLeastOne(approvers) : 0,
    expectedLossFen: expectedLossOf(setting.policy, score.grade, offer.loan.principalFen),
    creditPolicy: catalogKeyOf(setting.policy.creditPolicyId, setting.policy.version),
    trace: [...answers.map(ruleLine), ...tables, costLine(cost, inputs)],
  };
}

interface Offer {
  readonly loan: AgreedLoan;
  readonly price: TableRow<{ readonly annualRate: string }> | undefined;
  /** The limit is below the least the product lends. */
  readonly isBelowProduct: boolean;
  readonly isReduced: boolean;
}

interface Found {
  readonly inputs: DecisionInputs;
  readonly setting: DecisionSetting;
  readonly answers: readonly RuleAnswer[];
  readonly score: Score;
  readonly offer: Offer;
  readonly tables: readonly TraceLine[];
  readonly cost: JudgedCost;
}

function verdictOf(
  found: Found,
  approvers: 0 | 1 | 2,
): Pick<PolicyDecision, 'outcome' | 'reasonCodes'> {
  const { inputs } = found;
  const { firm: declines, guessed } = declinesOf(found);
  const refers = [...guessed, ...referralsOf(found, approvers)];
  // PIPL 24: nobody who refused it is decided about by a machine alone, not even to be declined. Nor is anybody declined
  // while the bureau is silent: an outage is never a decline.
  const isDeclined =
    declines.length > 0 && !inputs.isHumanReviewRequested && inputs.hasCreditReport;
  if (isDeclined) return { outcome: 'Declined', reasonCodes: unique(declines) };
  const notes = found.offer.isReduced ? ['AmountReduced'] : [];
  if (refers.length > 0 || declines.length > 0)
    return { outcome: 'Referred', reasonCodes: unique([...declines, ...refers, ...notes]) };
  return { outcome: 'Approved', reasonCodes: notes };
}

interface Declines {
  /** What known facts alone say. */
  readonly firm: readonly string[];
  /** What would decline if the guess were right: a person sees it and decides. */
  readonly guessed: readonly string[];
}

function declinesOf({ answers, score, offer, inputs, setting, tables, cost }: Found): Declines {
  const isGuess = tables.some(({ result }) => result === 'NotEvaluated');
  const hits = answers.filter(({ rule, result }) => result === 'Hit' && rule.outcome === 'Decline');
  const rests = ({ read }: RuleAnswer): boolean =>
    isGuess && Object.keys(read).some((fact) => foundFacts.has(fact));
  const isScoreTooLow =
    score.outcome === 'Decline' && !couldBeBetter(setting.scorecard, inputs.facts);
  const isLimitTooLow = offer.isBelowProduct && score.outcome !== 'Decline';
  const byOffer = [
    ...(isLimitTooLow ? ['LimitTooLow'] : []),
    ...(cost.isAboveCap ? ['CostAboveCap'] : []),
  ];
  return {
    firm: [
      ...codesOf(hits.filter((hit) => !rests(hit))),
      ...(isScoreTooLow ? ['ScoreTooLow', ...score.reasonCodes] : []),
      ...(isGuess ? [] : byOffer),
    ],
    guessed: [...codesOf(hits.filter(rests)), ...(isGuess ? byOffer : [])],
  };
}

function codesOf(answers: readonly RuleAnswer[]): string[] {
  return answers.map(({ rule }) => rule.reasonCode);
}

function referralsOf(
  { inputs, answers, score, offer, tables, setting }: Found,
  approvers: number,
): string[] {
  const isReportMissing = !inputs.hasCreditReport;
  const isUnknown =
    answers.some(({ result }) => result === 'NotEvaluated') ||
    tables.some(({ family, result }) => family === 'Table' && result === 'NotEvaluated');
  return [
    ...(inputs.isHumanReviewRequested ? ['HumanReviewRequested'] : []),
    ...(isReportMissing ? ['CreditReportMissing'] : []),
    ...codesOf(answers.filter(({ rule, result }) => result === 'Hit' && rule.outcome === 'Refer')),
    ...(isUnknown && !isReportMissing ? ['DataMissing'] : []),
    ...(score.missing.length > 0 ? ['ScoreIncomplete'] : []),
    ...(score.outcome === 'Refer' ? ['ScoreBorderline', ...score.reasonCodes] : []),
    // A score that is too low only for want of facts waits for a person instead.
    ...(score.outcome === 'Decline' && couldBeBetter(setting.scorecard, inputs.facts)
      ? ['ScoreBorderline']
      : []),
    ...(isAboveList(setting.product, score.grade, offer) ? ['PriceAboveList'] : []),
    ...(approvers > 0 ? ['AmountNeedsApproval'] : []),
  ];
}

function couldBeBetter(scorecard: Scorecard, facts: Facts): boolean {
  const best = bestScoreOf(scorecard, facts);
  return scorecard.grades.some(
    ({ fromPoints, outcome }) => outcome !== 'Decline' && best >= fromPoints,
  );
}

function unique(codes: readonly string[]): string[] {
  return [...new Set(codes)];
}

function atLeastOne(approvers: 0 | 1 | 2): 1 | 2 {
  return approvers === 2 ? 2 : 1;
}

function ruleLine({ rule, result, read }: RuleAnswer): TraceLine {
  const { ruleId, family, reasonCode } = rule;
  return { ruleId, family, result, reasonCode, read };
}

/** The score as a line of the trace: what the card read, and that it is no score while a fact of it is missing. */
function scoreLine(
  { attributes, scorecardId }: Scorecard,
  { missing }: Score,
  known: Facts,
): TraceLine {
  const read: Record<string, Fact | null> = {};
  for (const { field } of attributes) read[field] = known[field] ?? null;
  return {
    ruleId: `score:${scorecardId}`,
    family: 'Score',
    result: missing.length === 0 ? 'Hit' : 'NotEvaluated',
    ...(missing.length === 0 ? {} : { reasonCode: 'ScoreIncomplete' }),
    read,
  };
}

function tableLine(
  table: string,
  facts: readonly string[],
  { row, known }: { readonly row: TableRow<unknown> | undefined; readonly known: Facts },
): TraceLine {
  const read: Record<string, Fact | null> = {};
  for (const fact of facts) read[fact] = known[fact] ?? null;
  return {
    ruleId: row === undefined ? table : `${table}:${row.rowId}`,
    family: 'Table',
    result: row === undefined ? 'NotEvaluated' : 'Hit',
    read,
  };
}

interface OfferCase {
  readonly limit: TableRow<Limit> | undefined;
  readonly known: Record<string, Fact | undefined>;
  readonly setting: DecisionSetting;
  readonly compiled: CompiledPolicy;
  readonly backing: Backing;
}

/** As much as was asked for and the limit allows, for as long, at the price of the grid. */
function offerOf(
  { requested }: DecisionInputs,
  { limit, known, setting, compiled, backing }: OfferCase,
): Offer {
  const { mitigants } = setting.policy;
  const limitFen =
    limit === undefined ? Infinity : mitigatedLimitFen(limit.then, backing, mitigants);
  const isBelowProduct = limitFen < setting.product.amount.minFen;
  // Where nothing can be lent, what was asked for is judged all the same: a person may have to.
  const termMonths = isBelowProduct
    ? requested.termMonths
    : Math.min(requested.termMonths, limit?.then.termMaxMonths ?? Infinity);
  const isReduced = !isBelowProduct && limitFen < requested.amountFen;
  const principalFen = isReduced
    ? roundToMultiple(limitFen, setting.policy.offerStepFen, 'Down')
    : requested.amountFen;
  const price = compiled.pricing.find({ ...known, termMonths });
  const listed = price?.then.annualRate ?? dearestRate(setting.product);
  const annualRate = mitigatedRate({ annualRate: listed, principalFen }, backing, mitigants);
  return {
    loan: { principalFen, annualRate, termMonths, repaymentMethod: requested.repaymentMethod },
    price,
    isBelowProduct,
    isReduced: isReduced || termMonths < requested.termMonths,
  };
}

/** What the loan on offer would ask of the borrower. */
function offerFacts(
  inputs: DecisionInputs,
  loan: AgreedLoan,
  { product }: DecisionSetting,
): Record<string, Fact | undefined> {
  const { facts } = inputs;
  const pledgedFen = facts['pledgedValueFen'];
  const offered = {
    offeredFen: loan.principalFen,
    ...(typeof pledgedFen === 'number' && pledgedFen > 0
      ? { loanToValueBasisPoints: burdenOf(loan.principalFen, pledgedFen) }
      : {}),
  };
  if (facts['applicantKind'] !== 'Person') return offered;
  const monthlyFen = monthlyInstallmentOf(inputs, loan, product);
  const { outstandingFen, monthlyIncomeFen } = facts;
  return {
    ...offered,
    monthlyInstallmentFen: monthlyFen,
    ...(typeof outstandingFen === 'number' && typeof monthlyIncomeFen === 'number'
      ? {
          debtToIncomeBasisPoints: burdenOf(
            monthlyFen + existingMonthlyFen(outstandingFen, product),
            monthlyIncomeFen,
          ),
        }
      : {}),
  };
}

/**
 * An even share of everything to be repaid: what a single repayment at the end asks somebody to put aside each month. At
 * the dearest price of the product, so that a better grade never hides a burden.
 */
function monthlyInstallmentOf(
  { date }: DecisionInputs,
  loan: AgreedLoan,
  product: Product,
): number {
  const dearest = { ...loan, annualRate: dearestRate(product) };
  const { totals } = quote(loanTermsOf(dearest, product, date));
  const allFen = totals.principalFen + totals.interestFen + totals.feeFen;
  return divideRounded(allFen, loan.termMonths, 'Up');
}

function existingMonthlyFen(outstandingFen: number, product: Product): number {
  return multiplyRounded(outstandingFen, parseRate(product.existingDebtMonthlyShare), 'Up');
}

function dearestRate({ pricing }: Product): string {
  let dearest: string | undefined;
  for (const { annualRate } of pricing)
    if (dearest === undefined || Number(annualRate) > Number(dearest)) dearest = annualRate;
  if (dearest === undefined) throw new Error('a product has no price');
  return dearest;
}

/** The product's list says what partners are shown: a policy may price below it, never above. */
function isAboveList({ pricing }: Product, grade: string, { loan, price }: Offer): boolean {
  const listed = pricing.find((each) => each.grade === grade);
  if (listed === undefined || price === undefined) return false;
  return Number(loan.annualRate) > Number(listed.annualRate);
}

function costOfOffer(
  { date, lenderType }: DecisionInputs,
  loan: AgreedLoan,
  { product, policyPack }: DecisionSetting,
): JudgedCost {
  return judgeCost(loanTermsOf(loan, product, date), policyPack, { lenderType, date });
}

/** The law's cap on the all-in cost as a line of the trace; above a target that only warns it is a hit as well. */
function costLine(cost: JudgedCost, { lenderType }: DecisionInputs): TraceLine {
  const isHit = cost.isAboveCap || cost.isAboveTarget;
  return {
    ruleId: 'cost',
    family: 'Regulatory',
    result: isHit ? 'Hit' : 'Pass',
    ...(isHit ? { reasonCode: cost.isAboveCap ? 'CostAboveCap' : 'CostAboveTarget' } : {}),
    read: {
      lenderType,
      allInCostBasisPoints: inBasisPoints(cost.allInCost),
      capBasisPoints: inBasisPoints(cost.cap),
      targetBasisPoints: cost.target === undefined ? null : inBasisPoints(cost.target),
    },
  };
}

/** To a hundredth of a basis point, to be shown: what is above a cap was judged unrounded. */
function inBasisPoints(rate: number): number {
  return Math.round(rate * 1_000_000) / 100;
}

function asOffer(loan: AgreedLoan): NonNullable<PolicyDecision['offer']> {
  const { principalFen, annualRate, termMonths, repaymentMethod } = loan;
  return { amountFen: principalFen, annualRate, termMonths, repaymentMethod };
}

function expectedLossOf(policy: CreditPolicy, grade: string, amountFen: number): number {
  const known = policy.grades.find((each) => each.grade === grade);
  const share = (known?.defaultBasisPoints ?? 10_000) * policy.lossGivenDefaultBasisPoints;
  return multiplyRounded(amountFen, { numerator: share, denominator: 100_000_000 }, 'HalfUp');
}
