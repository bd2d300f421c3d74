import * as z from 'zod';
import { sha256Bytes } from '../shared/digest.ts';
import { ContactChannel } from './script.ts';

/** What a step of the ladder does: a contact, a letter, or one way to dispose of the claim. */
export const StepAction = z.enum([
  ...ContactChannel.options,
  'LegalAction',
  'GuarantorCompensation',
  'WriteOff',
  'TransferClaim',
]);
export type StepAction = z.infer<typeof StepAction>;

export const Contactability = z.enum(['Reachable', 'Unreachable', 'Lost', 'Deceased']);
export type Contactability = z.infer<typeof Contactability>;

const StepCondition = z.strictObject({
  balanceAtLeastFen: z.int().min(0).optional(),
  balanceBelowFen: z.int().min(1).optional(),
  segments: z.array(z.string().min(1)).min(1).optional(),
  grades: z.array(z.string().min(1)).min(1).optional(),
  contactability: z.array(Contactability).min(1).optional(),
  brokenPromisesAtLeast: z.int().min(0).optional(),
  brokenPromisesBelow: z.int().min(1).optional(),
  hasGuarantor: z.boolean().optional(),
});

/** One rung: from and to which day past due, how often at most, how many days apart, and for whom. */
export const StrategyStep = z
  .strictObject({
    stepId: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
    action: StepAction,
    fromDaysPastDue: z.int().min(1),
    toDaysPastDue: z.int().min(1),
    everyDays: z.int().min(1),
    atMost: z.int().min(1).max(60),
    /** Of a contact: the script that is read or the template that is sent. */
    scriptId: z.string().min(1).optional(),
    /** What one try costs the house, for the comparison of arms. */
    costFen: z.int().min(0),
    when: StepCondition.default({}),
  })
  .refine(({ fromDaysPastDue, toDaysPastDue }) => toDaysPastDue >= fromDaysPastDue, {
    message: 'a step ends before it begins',
  })
  .refine(({ action, scriptId }) => isDisposal(action) || scriptId !== undefined, {
    message: 'a contact needs a script',
  });
export type StrategyStep = z.infer<typeof StrategyStep>;

export const StrategyArm = z.strictObject({
  arm: z.enum(['Champion', 'Challenger']),
  /** Parts of a hundred; the arms of a strategy sum to a hundred. */
  percent: z.int().min(0).max(100),
  /** Later steps are higher rungs: of those that may be taken the highest is. */
  steps: z.array(StrategyStep).min(1).max(40),
});
export type StrategyArm = z.infer<typeof StrategyArm>;

/** A collection strategy: versioned data; a case pins one version and one arm. */
export const CollectionStrategy = z
  .object({
    strategyId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
    version: z.int().min(1),
    name: z.string().min(1),
    arms: z.array(StrategyArm).min(1).max(2),
  })
  .refine(({ arms }) => arms.reduce((sum, { percent }) => sum + percent, 0) === 100, {
    message: 'the arms do not sum to a hundred percent',
  })
  .refine(({ arms }) => new Set(arms.map(({ arm }) => arm)).size === arms.length, {
    message: 'an arm is there twice',
  })
  .refine(({ arms }) => arms.every(({ steps }) => hasUniqueIds(steps)), {
    message: 'two steps of an arm have one id',
  });
export type CollectionStrategy = z.infer<typeof CollectionStrategy>;

function hasUniqueIds(steps: readonly { readonly stepId: string }[]): boolean {
  return new Set(steps.map(({ stepId }) => stepId)).size === steps.length;
}

/** Disposal ends the ladder: people decide it. */
export function isDisposal(action: StepAction): boolean {
  return !ContactChannel.safeParse(action).success;
}

/** The arm of a borrower: always the same one for the same strategy, whatever its version and however often it is asked. */
export function armOf(
  { strategyId, arms }: Pick<CollectionStrategy, 'strategyId' | 'arms'>,
  borrowerKey: string,
): StrategyArm {
  const [high = 0, low = 0] = sha256Bytes(`${strategyId}|${borrowerKey}`);
  let place = (high * 256 + low) % 100;
  for (const arm of arms) {
    if (place < arm.percent) return arm;
    place -= arm.percent;
  }
  throw new Error(`the arms of ${strategyId} do not sum to a hundred percent`);
}

/** The arm a case was put into, in the version it is run by. */
export function pinnedArm(strategy: CollectionStrategy, arm: StrategyArm['arm']): StrategyArm {
  return strategy.arms.find((each) => each.arm === arm) ?? armOf(strategy, '');
}
