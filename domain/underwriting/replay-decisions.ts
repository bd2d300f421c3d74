import { parseRate } from '../lending/annual-rate.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { ExactSum, multiplyRounded, type Ratio } from '../shared/money.ts';
import { decideByPolicy, type DecisionSetting } from './decide-by-policy.ts';
import { DecidedFacts, type ReplayCase } from './decision-record.ts';

/** One application under both policies. */
export interface ReplayedCase {
  readonly applicationId: string;
  readonly before: DecidedFacts;
  readonly after: DecidedFacts;
}

/** Decides a kept case again, without its trace: only inputs that were kept are read. */
export function replayCase(
  { inputs }: Pick<ReplayCase, 'inputs'>,
  setting: DecisionSetting,
): DecidedFacts {
  return DecidedFacts.parse(decideByPolicy(inputs, setting));
}

export interface BookSummary {
  readonly byOutcome: Readonly<Record<DecidedFacts['outcome'], number>>;
  /** Approved without a person, of all cases. */
  readonly approvalBasisPoints: number;
  /** What would be lent by the machine alone, what it is expected to lose, and its average price by amount. */
  readonly approvedFen: number;
  readonly expectedLossFen: number;
  readonly expectedLossBasisPoints: number;
  readonly averageRateBasisPoints: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export interface Move {
  readonly applicationId: string;
  readonly from: DecidedFacts['outcome'];
  readonly to: DecidedFacts['outcome'];
  readonly amountFen: readonly [before: number, after: number];
  readonly annualRate: readonly [before: string, after: string];
  readonly reasonsAdded: readonly string[];
  readonly reasonsGone: readonly string[];
}

export interface ReplayReport {
  readonly cases: number;
  /** Nothing at all differs, to the last reason: what a replay under the same policy must say. */
  readonly isSame: boolean;
  /** How many went which way, such as `Approved to Referred`. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly before: BookSummary;
  readonly after: BookSummary;
  /** Everybody whose outcome, offer, reasons or approvers differ; a score or an expected loss alone moves nobody. */
  readonly moves: readonly Move[];
}

/** What a policy would have changed: who moves, how the book looks before and after, and why. */
export function compareReplay(cases: readonly ReplayedCase[]): ReplayReport {
  const differing = cases.filter(
    ({ before, after }) => canonicalJson(before) !== canonicalJson(after),
  );
  const moved = differing.filter(
    ({ before, after }) => canonicalJson(answerOf(before)) !== canonicalJson(answerOf(after)),
  );
  return {
    cases: cases.length,
    isSame: differing.length === 0,
    outcomes: countsOf(cases.map(({ before, after }) => `${before.outcome} to ${after.outcome}`)),
    before: summaryOf(cases.map(({ before }) => before)),
    after: summaryOf(cases.map(({ after }) => after)),
    moves: moved.map(moveOf),
  };
}

/** What the applicant would notice: what is expected of the loan afterwards is the lender's own. */
function answerOf({ outcome, offer, reasonCodes, approversRequired }: DecidedFacts): object {
  return { outcome, offer, reasonCodes, approversRequired };
}

function moveOf({ applicationId, before, after }: ReplayedCase): Move {
  return {
    applicationId,
    from: before.outcome,
    to: after.outcome,
    amountFen: [before.offer?.amountFen ?? 0, after.offer?.amountFen ?? 0],
    annualRate: [before.offer?.annualRate ?? '', after.offer?.annualRate ?? ''],
    reasonsAdded: after.reasonCodes.filter((code) => !before.reasonCodes.includes(code)),
    reasonsGone: before.reasonCodes.filter((code) => !after.reasonCodes.includes(code)),
  };
}

function summaryOf(decided: readonly DecidedFacts[]): BookSummary {
  const of = (outcome: DecidedFacts['outcome']) =>
    decided.filter((facts) => facts.outcome === outcome);
  const approved = of('Approved');
  const offers = approved.flatMap(({ offer }) => (offer === undefined ? [] : [offer]));
  const approvedFen = offers.reduce((sum, { amountFen }) => sum + amountFen, 0);
  const expectedLossFen = approved.reduce((sum, facts) => sum + facts.expectedLossFen, 0);
  const interest = new ExactSum();
  for (const { amountFen, annualRate } of offers) interest.add(amountFen, parseRate(annualRate));
  return {
    byOutcome: {
      Approved: approved.length,
      Referred: of('Referred').length,
      Declined: of('Declined').length,
    },
    approvalBasisPoints: share(approved.length, decided.length),
    approvedFen,
    expectedLossFen,
    expectedLossBasisPoints: share(expectedLossFen, approvedFen),
    averageRateBasisPoints:
      approvedFen === 0 ? 0 : interest.multiplied(basisPointsOf(approvedFen), 'HalfUp'),
    reasons: countsOf(decided.flatMap(({ reasonCodes }) => reasonCodes)),
  };
}

const WHOLE = 10_000;

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : multiplyRounded(part, basisPointsOf(whole), 'HalfUp');
}

/** What a part is multiplied by to be told in basis points of a whole. */
function basisPointsOf(whole: number): Ratio {
  return { numerator: WHOLE, denominator: whole };
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
