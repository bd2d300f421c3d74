import * as z from 'zod';
import { ReasonCode } from '../applications/application.ts';
import { AnnualRate, BusinessDate } from '../shared/primitives.ts';
import { populationShareOf } from '../underwriting/prior-correction.ts';
import { factFault, policyFacts } from '../underwriting/policy-facts.ts';
import { decisionTable, type TableShape, type TableFault } from './decision-table.ts';
import { Text } from './texts.ts';

/** Whole numbers, words and yes/no only: money is fen, ratios are basis points. Nothing is compared as a fraction. */
const Condition = z.strictObject({
  fact: z.string().min(1),
  is: z.enum(['Above', 'AtLeast', 'Below', 'AtMost', 'Equal', 'OneOf']),
  value: z.union([z.int(), z.boolean(), z.string(), z.array(z.string()).min(1)]),
});
export type Condition = z.infer<typeof Condition>;

export const RuleFamily = z.enum(['Eligibility', 'KnockOut', 'AntiFraud', 'Affordability']);
export type RuleFamily = z.infer<typeof RuleFamily>;

/** One rule: when every condition holds, it hits. */
export const Rule = z.strictObject({
  ruleId: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
  family: RuleFamily,
  description: Text,
  when: z.array(Condition).min(1),
  outcome: z.enum(['Decline', 'Refer']),
  reasonCode: ReasonCode,
});
export type Rule = z.infer<typeof Rule>;

const WHOLE = 10_000;
const BasisPoints = z.int().min(0).max(100_000);

const Segment = z.strictObject({
  segmentId: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
  name: Text,
});

/** What stands beside the borrower's own credit, and what it is worth in limit and price. */
const Mitigants = z.strictObject({
  /** Each guarantor that is taken, up to so many, adds this share of the limit and takes this off the price. */
  guarantor: z.strictObject({
    /** Who is taken: checked under their own consent, and no worse than this. Without it nobody is. */
    accepted: z
      .strictObject({
        bureauScoreMin: z.int().min(0),
        overdueCount24MonthsMax: z.int().min(0),
        currentOverdueMaxFen: z.int().min(0),
      })
      .optional(),
    countMax: z.int().min(0).max(10),
    limitUpliftBasisPoints: BasisPoints,
    priceReductionBasisPoints: BasisPoints,
  }),
  /** A pledge adds this share of its value to the limit; the part of the loan that this covers gets the price. */
  pledges: z.array(
    z.strictObject({
      kind: z.string().min(1),
      loanToValueMaxBasisPoints: BasisPoints.max(10_000),
      priceReductionBasisPoints: BasisPoints,
    }),
  ),
  priceReductionMaxBasisPoints: BasisPoints,
});
export type Mitigants = z.infer<typeof Mitigants>;

export const Limit = z.strictObject({
  amountMaxFen: z.int().min(0),
  termMaxMonths: z.int().min(0).max(120),
  /** At most so many months of the confirmed income, in hundredths of a month. */
  incomeMonthsHundredths: z.int().min(0).optional(),
});
export type Limit = z.infer<typeof Limit>;

/** Another policy that decides (`Live`) or is only noted (`Shadow`) for a share of the applications. */
const Challenger = z.strictObject({
  creditPolicyId: z.string().min(1),
  version: z.int().min(1),
  mode: z.enum(['Shadow', 'Live']),
  shareBasisPoints: BasisPoints.max(10_000),
});
export type Challenger = z.infer<typeof Challenger>;

/**
 * How the default rates of the grades came from the sample of the scorecard: the share that went bad in the sample, and in
 * the population that the lender lends to. Every lender puts its own. Absent: the rates are the lender's own observation.
 */
const Calibration = z.strictObject({
  sampleBadBasisPoints: z.int().min(1).max(9999),
  populationBadBasisPoints: z.int().min(1).max(9999),
  source: z.string().min(1),
  /** As in a policy pack: A read, B several secondary sources, C one, U unverified or our own choice. */
  certainty: z.enum(['A', 'B', 'C', 'U']),
  /** What each grade lost in the sample. */
  sampleGrades: z
    .array(
      z.strictObject({ grade: z.string().min(1), defaultBasisPoints: BasisPoints.max(10_000) }),
    )
    .min(1),
});
type Calibration = z.infer<typeof Calibration>;

/** A price may depend on these and on what is pledged, and on nothing else (PIPL art. 24: no unreasonable difference). */
export const declaredPriceFactors = [
  'grade',
  'segment',
  'termMonths',
  'funderCostBasisPoints',
] as const;

const Shape = z.object({
  creditPolicyId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  version: z.int().min(1),
  name: Text,
  /** First and last day on which an application may be sent in to be decided by this version. */
  effectiveFrom: BusinessDate,
  effectiveTo: BusinessDate.optional(),
  rules: z.array(Rule).min(1),
  segments: z.array(Segment).min(1),
  /** Who belongs to which segment. */
  placement: decisionTable(z.strictObject({ segmentId: z.string() })),
  /** What each grade of the scorecard is expected to lose where this policy lends: the share of loans that go bad. */
  grades: z
    .array(
      z.strictObject({ grade: z.string().min(1), defaultBasisPoints: BasisPoints.max(10_000) }),
    )
    .min(1),
  calibration: Calibration.optional(),
  lossGivenDefaultBasisPoints: BasisPoints.max(10_000),
  limits: decisionTable(Limit),
  /** An offer below what was asked for is a multiple of this. */
  offerStepFen: z.int().positive(),
  pricing: decisionTable(z.strictObject({ annualRate: AnnualRate })),
  /** How many people must approve an offer before it stands. */
  authority: decisionTable(
    z.strictObject({ approvers: z.union([z.literal(0), z.literal(1), z.literal(2)]) }),
  ),
  mitigants: Mitigants,
  challenger: Challenger.optional(),
});

/** The lender's policy as versioned, dated data: who may borrow how much at what price, and who agrees to it. */
export const CreditPolicy = Shape.superRefine((policy, context) => {
  for (const { path, message } of policyFaults(policy))
    context.addIssue({ code: 'custom', path: [...path], message });
});
export type CreditPolicy = z.infer<typeof CreditPolicy>;

const tableNames = ['placement', 'limits', 'pricing', 'authority'] as const;

/** What the schema of single fields cannot say: names that lead nowhere, words a table forgot. */
function policyFaults(policy: z.infer<typeof Shape>): TableFault[] {
  return [
    ...policy.rules.flatMap(ruleFaults),
    ...repeatedRules(policy.rules),
    ...(policy.calibration === undefined ? [] : calibrationFaults(policy, policy.calibration)),
    ...tableNames.flatMap((name) => dimensionFaults(name, policy)),
    ...policy.pricing.dimensions
      .filter(({ fact }) => !declaredPriceFactors.some((factor) => factor === fact))
      .map(({ fact }) => ({
        path: ['pricing', 'dimensions'],
        message: `a price may not depend on ${fact}`,
      })),
    ...policy.placement.rows.flatMap(({ rowId, then }, at) =>
      policy.segments.some(({ segmentId }) => segmentId === then.segmentId)
        ? []
        : [
            {
              path: ['placement', 'rows', at],
              message: `row ${rowId} places into ${then.segmentId}, which is no segment`,
            },
          ],
    ),
    ...(policy.effectiveTo !== undefined && policy.effectiveTo < policy.effectiveFrom
      ? [{ path: ['effectiveTo'], message: 'it ends before it begins' }]
      : []),
  ];
}

/** A grade's default rate is what its rate in the sample comes to in the population: nobody changes one alone. */
function calibrationFaults(
  { grades }: z.infer<typeof Shape>,
  { sampleBadBasisPoints, populationBadBasisPoints, sampleGrades }: Calibration,
): TableFault[] {
  const prior = {
    sampleBadShare: sampleBadBasisPoints / WHOLE,
    populationBadShare: populationBadBasisPoints / WHOLE,
  };
  return grades.flatMap(({ grade, defaultBasisPoints }, at) => {
    const path = ['grades', at];
    const sample = sampleGrades.find((each) => each.grade === grade);
    if (sample === undefined)
      return [{ path, message: `the calibration forgets the grade ${grade}` }];
    const share = populationShareOf(sample.defaultBasisPoints / WHOLE, prior);
    const expected = Math.round(share * WHOLE);
    return defaultBasisPoints === expected
      ? []
      : [
          {
            path,
            message: `grade ${grade} defaults at ${expected} basis points by its calibration, not at ${defaultBasisPoints}`,
          },
        ];
  });
}

function ruleFaults({ ruleId, when }: Rule, at: number): TableFault[] {
  return when.flatMap(({ fact, is, value }, condition) => {
    const fault = factFault(fact, is, value);
    return fault === undefined
      ? []
      : [{ path: ['rules', at, 'when', condition], message: `rule ${ruleId} ${fault}` }];
  });
}

function repeatedRules(rules: readonly Rule[]): TableFault[] {
  const ids = rules.map(({ ruleId }) => ruleId);
  return [...ids.entries()]
    .filter(([at, id]) => ids.indexOf(id) !== at)
    .map(([at, id]) => ({ path: ['rules', at], message: `two rules are called ${id}` }));
}

/** A dimension must be a fact, over the very grades and segments that this policy knows. */
function dimensionFaults(
  name: (typeof tableNames)[number],
  policy: z.infer<typeof Shape>,
): TableFault[] {
  const table: TableShape = policy[name];
  const known: Readonly<Record<string, readonly string[]>> = {
    grade: policy.grades.map(({ grade }) => grade),
    segment: policy.segments.map(({ segmentId }) => segmentId),
  };
  return table.dimensions.flatMap((dimension) => {
    const { fact } = dimension;
    const path = [name, 'dimensions'];
    if (policyFacts[fact] === undefined)
      return [{ path, message: `${name} is cut by ${fact}, which is no fact` }];
    const words = known[fact];
    if (words === undefined || 'isRange' in dimension) return [];
    const missing = words.filter((each) => !dimension.words.includes(each));
    return missing.length === 0 || dimension.hasOthers === true
      ? []
      : [{ path, message: `${name} forgets the ${fact} ${missing.join(', ')}` }];
  });
}
