import * as z from 'zod';
import { Offer } from '../applications/application.ts';
import { ApplicationId, Instant } from '../shared/primitives.ts';
import type { PolicyDecision } from './decide-by-policy.ts';
import { DecisionInputs } from './decision-inputs.ts';

export const TraceLine = z.object({
  ruleId: z.string(),
  family: z.string(),
  result: z.enum(['Hit', 'Pass', 'NotEvaluated']),
  reasonCode: z.string().optional(),
  read: z.record(z.string(), z.union([z.number(), z.boolean(), z.string(), z.null()])),
});

/** What was decided, without the trace: what a replay compares. */
export const DecidedFacts = z.object({
  outcome: z.enum(['Approved', 'Declined', 'Referred']),
  reasonCodes: z.array(z.string()),
  score: z.int(),
  grade: z.string(),
  segment: z.string().optional(),
  offer: Offer.optional(),
  approversRequired: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  expectedLossFen: z.int(),
});
export type DecidedFacts = z.infer<typeof DecidedFacts>;

/** The decision that counted, as a shadow beside it remembers it: so one read of the shadows compares both. */
const BesideShadow = z.object({
  creditPolicy: z.string(),
  decided: DecidedFacts,
  /** Whether the champion decided; a live challenger leaves the champion in the shadow. */
  isChampion: z.boolean(),
});

/** One decision with everything it was made from. A shadow decision changed nothing: it is there to be compared. */
export const DecisionRecord = z.object({
  applicationId: ApplicationId,
  /** `decision`, or `shadow#<credit policy>`. */
  record: z.string(),
  /** Only on the decision that counts: the index that replays read holds no shadows. */
  creditPolicyId: z.string().optional(),
  /** Only on a shadow: the challenged policy, which an index of its own finds shadows by; and what counted. */
  shadowOf: z.string().optional(),
  beside: BesideShadow.optional(),
  creditPolicy: z.string(),
  decidedAt: Instant,
  inputs: DecisionInputs,
  decided: DecidedFacts,
  trace: z.array(TraceLine),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

/** What the index by policy carries: enough to decide again and to compare. */
export const ReplayCase = DecisionRecord.pick({
  applicationId: true,
  creditPolicy: true,
  decidedAt: true,
  inputs: true,
  decided: true,
});
export type ReplayCase = z.infer<typeof ReplayCase>;

/** What the index by challenged policy carries: both answers to the same application. */
export const ShadowCase = DecisionRecord.pick({
  applicationId: true,
  creditPolicy: true,
  decidedAt: true,
  decided: true,
}).extend({ beside: BesideShadow });
export type ShadowCase = z.infer<typeof ShadowCase>;

/** The record of the decision that counts. */
export function recordOf(
  inputs: DecisionInputs,
  decided: PolicyDecision,
  creditPolicyId: string,
): DecisionRecord {
  return { ...keptOf(inputs, decided), record: 'decision', creditPolicyId };
}

/** The record of what the other policy would have said: it changed nothing. */
export function shadowRecordOf(
  inputs: DecisionInputs,
  shadow: PolicyDecision,
  contest: {
    readonly creditPolicyId: string;
    readonly counted: PolicyDecision;
    readonly isChampion: boolean;
  },
): DecisionRecord {
  const { creditPolicyId, counted, isChampion } = contest;
  return {
    ...keptOf(inputs, shadow),
    record: `shadow#${shadow.creditPolicy}`,
    shadowOf: creditPolicyId,
    beside: {
      creditPolicy: counted.creditPolicy,
      decided: DecidedFacts.parse(counted),
      isChampion,
    },
  };
}

function keptOf(inputs: DecisionInputs, decided: PolicyDecision) {
  const { trace, creditPolicy } = decided;
  return {
    applicationId: inputs.applicationId,
    creditPolicy,
    decidedAt: inputs.decidedAt,
    inputs,
    decided: DecidedFacts.parse(decided),
    trace: trace.map((line) => ({ ...line })),
  };
}
