import { addDays, businessDateOf, daysBetween } from '../shared/calendar.ts';
import {
  collectableFen,
  collectableLoans,
  daysPastDueOn,
  isResting,
  type CollectionCase,
  type PendingStep,
} from './case.ts';
import { changeCase } from './change-case.ts';
import type { ConductLimits } from './conduct-limits.ts';
import { contactsOpenAt, isContactHour, nextContactInstant } from './contact-hours.ts';
import { contactabilityOf, type Debtor } from './debtor.ts';
import { reliefEndsOn } from './follow-relief.ts';
import { brokenFrom, brokenPromises, openPromise } from './promise.ts';
import { isDisposal, type StrategyArm, type StrategyStep } from './strategy.ts';

export interface StepScene {
  readonly collectionCase: CollectionCase;
  readonly debtor: Debtor | undefined;
  readonly arm: StrategyArm;
  readonly limits: ConductLimits;
  /** The business date, and the instant. */
  readonly on: string;
  readonly at: string;
}

export type NextStep =
  | { readonly kind: 'Step'; readonly step: StrategyStep }
  | { readonly kind: 'Wait'; readonly until: string; readonly because: WaitReason };
export type WaitReason =
  'Resting' | 'Promise' | 'NotBefore' | 'QuietHours' | 'NextStep' | 'NothingLeft';

/** Nothing is waited for longer: the case is looked at again, whatever happens or does not happen. */
export const WAIT_MAX_DAYS = 30;

/**
 * Chooses what comes next: the highest rung that may be taken today, or the instant at which something will be to be done.
 * The wait is as long as the ladder has nothing to do, so that a case is not looked at day by day.
 */
export function chooseStep(scene: StepScene): NextStep {
  const { collectionCase, arm, limits, on, at } = scene;
  const waiting = mustWait(scene);
  if (waiting !== undefined) return waiting;
  const step = arm.steps.findLast((each) => isDueOn(scene, each, on));
  if (step !== undefined) {
    if (
      isDisposal(step.action) ||
      step.action === 'Letter' ||
      isContactHour(at, limits.quiet, agreedOf(scene))
    )
      return { kind: 'Step', step };
    return {
      kind: 'Wait',
      until: nextContactInstant(at, limits.quiet, agreedOf(scene)),
      because: 'QuietHours',
    };
  }
  for (let days = 1; days <= WAIT_MAX_DAYS; days += 1) {
    const date = addDays(on, days);
    if (arm.steps.some((each) => isDueOn(scene, each, date)))
      return { kind: 'Wait', until: contactsOpenAt(date, limits.quiet), because: 'NextStep' };
  }
  const because = collectableLoans(collectionCase).length === 0 ? 'Resting' : 'NothingLeft';
  return { kind: 'Wait', until: endOfPatience(scene), because };
}

function mustWait(scene: StepScene): NextStep | undefined {
  const { collectionCase, limits, at, on } = scene;
  if (isResting(collectionCase))
    return { kind: 'Wait', until: endOfRest(scene), because: 'Resting' };
  const promise = openPromise(collectionCase);
  if (promise !== undefined && on < brokenFrom(promise, limits)) {
    const until = contactsOpenAt(brokenFrom(promise, limits), limits.quiet);
    return { kind: 'Wait', until: earlier(until, endOfPatience(scene)), because: 'Promise' };
  }
  const { notBefore } = collectionCase;
  if (notBefore !== undefined && Date.parse(notBefore) > Date.parse(at))
    return { kind: 'Wait', until: notBefore, because: 'NotBefore' };
  return undefined;
}

/** An offer of new terms that nobody confirmed ends with its day; an answer of ours ends a rest by itself. */
function endOfRest(scene: StepScene): string {
  const offeredUntil = reliefEndsOn(scene.collectionCase);
  if (offeredUntil === undefined) return endOfPatience(scene);
  return earlier(
    contactsOpenAt(addDays(offeredUntil, 1), scene.limits.quiet),
    endOfPatience(scene),
  );
}

function endOfPatience({ on, limits }: StepScene): string {
  return contactsOpenAt(addDays(on, WAIT_MAX_DAYS), limits.quiet);
}

function earlier(one: string, other: string): string {
  return Date.parse(one) <= Date.parse(other) ? one : other;
}

function agreedOf({ debtor }: StepScene) {
  return debtor?.agreedHours;
}

/** Whether a step may be taken on a date, as far as can be foreseen from today. */
function isDueOn(scene: StepScene, step: StrategyStep, date: string): boolean {
  const { collectionCase } = scene;
  const daysPastDue = daysPastDueOn(collectionCase, date);
  if (daysPastDue < step.fromDaysPastDue || daysPastDue > step.toDaysPastDue) return false;
  const done = collectionCase.steps[step.stepId];
  if (done !== undefined) {
    if (done.count >= step.atMost) return false;
    if (daysBetween(done.lastOn, date) < step.everyDays) return false;
  }
  return fits(scene, step, date);
}

function fits(scene: StepScene, { when }: StrategyStep, date: string): boolean {
  const { collectionCase, debtor, limits } = scene;
  const loans = collectableLoans(collectionCase);
  const balanceFen = collectableFen(collectionCase);
  const broken = brokenPromises(collectionCase);
  const { segments, grades, contactability } = when;
  return (
    balanceFen > 0 &&
    balanceFen >= (when.balanceAtLeastFen ?? 0) &&
    (when.balanceBelowFen === undefined || balanceFen < when.balanceBelowFen) &&
    broken >= (when.brokenPromisesAtLeast ?? 0) &&
    (when.brokenPromisesBelow === undefined || broken < when.brokenPromisesBelow) &&
    (segments === undefined || loans.some(({ segment }) => segments.includes(segment))) &&
    (grades === undefined ||
      loans.some(({ grade }) => grade !== undefined && grades.includes(grade))) &&
    (contactability === undefined ||
      contactability.includes(contactabilityOf(debtor, date, limits))) &&
    (when.hasGuarantor === undefined ||
      loans.some(({ hasGuarantor }) => hasGuarantor === when.hasGuarantor))
  );
}

/** Takes a step up: it is under way until what became of it is recorded. */
export function beginStep(
  collectionCase: CollectionCase,
  begun: { readonly step: StrategyStep; readonly at: string },
): CollectionCase {
  const { step, at } = begun;
  const number = collectionCase.stepCount + 1;
  const pending: PendingStep = {
    number,
    stepId: step.stepId,
    action: step.action,
    ...(step.scriptId === undefined ? {} : { scriptId: step.scriptId }),
    costFen: step.costFen,
    chosenAt: at,
    tries: 1,
  };
  return changeCase(collectionCase, {
    type: 'CaseStepChosen',
    at,
    actor: 'workflow',
    without: ['notBefore'],
    patch: { pending, stepCount: number },
    facts: {
      number,
      stepId: step.stepId,
      action: step.action,
      daysPastDue: daysPastDueOn(collectionCase, businessDateOf(Date.parse(at))),
      overdueFen: collectableFen(collectionCase),
      brokenPromises: brokenPromises(collectionCase),
    },
  });
}

/** Records that a step was taken. Undefined: it is not the one under way, so it was recorded before or withdrawn. */
export function completeStep(
  collectionCase: CollectionCase,
  done: {
    readonly number: number;
    readonly result: string;
    readonly on: string;
    readonly at: string;
    readonly actor?: string;
    readonly introduced?: string;
  },
): CollectionCase | undefined {
  const { pending } = collectionCase;
  if (collectionCase.status === 'Closed' || pending?.number !== done.number) return undefined;
  const { stepId, action, costFen } = pending;
  const before = collectionCase.steps[stepId]?.count ?? 0;
  return changeCase(collectionCase, {
    type: 'CaseStepDone',
    at: done.at,
    actor: done.actor ?? 'workflow',
    without: ['pending', 'notBefore'],
    patch: {
      steps: { ...collectionCase.steps, [stepId]: { count: before + 1, lastOn: done.on } },
      lastStep: { stepId, action, on: done.on },
      costFen: collectionCase.costFen + costFen,
      introducedBy: introducedBy(collectionCase, done.introduced),
    },
    facts: { number: done.number, stepId, action, result: done.result, costFen },
  });
}

/** Puts off a step that could not be taken: it is chosen again, or another one, at that instant. */
export function postponeStep(
  collectionCase: CollectionCase,
  put: {
    readonly number: number;
    readonly because: string;
    readonly until: string;
    readonly at: string;
  },
): CollectionCase | undefined {
  const { pending } = collectionCase;
  if (collectionCase.status === 'Closed' || pending?.number !== put.number) return undefined;
  return changeCase(collectionCase, {
    type: 'CaseStepPostponed',
    at: put.at,
    actor: 'workflow',
    without: ['pending'],
    patch: { notBefore: put.until },
    facts: { number: put.number, stepId: pending.stepId, because: put.because, until: put.until },
  });
}

/** Who has said who they are, once more of them have. */
export function introducedBy(
  { introducedBy: known }: CollectionCase,
  speaker: string | undefined,
): string[] {
  return speaker === undefined || known.includes(speaker) ? known : [...known, speaker];
}
