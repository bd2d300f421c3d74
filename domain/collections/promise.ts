import { addDays, daysBetween } from '../shared/calendar.ts';
import { InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { collectableFen, isResting, type CollectionCase, type PromiseToPay } from './case.ts';
import { changeCase } from './change-case.ts';
import type { ConductLimits } from './conduct-limits.ts';

/** Records a promise to pay. One is open at a time; it is for money that is owed, within the days the house waits. */
export function makePromise(
  collectionCase: CollectionCase,
  made: {
    readonly amountFen: number;
    readonly dueOn: string;
    readonly on: string;
    readonly at: string;
    readonly actor: string;
    readonly limits: Pick<ConductLimits, 'promiseMaxDays'>;
  },
): CollectionCase {
  const { amountFen, dueOn, on, at, actor, limits } = made;
  if (collectionCase.status === 'Closed')
    throw new InvalidTransition(`case ${collectionCase.caseId} is closed`);
  if (openPromise(collectionCase) !== undefined)
    throw new InvalidTransition(`case ${collectionCase.caseId} has an open promise`);
  if (dueOn < on || daysBetween(on, dueOn) > limits.promiseMaxDays)
    throw new InvalidInput(`a promise is due within ${limits.promiseMaxDays} days from today`);
  if (amountFen > collectableFen(collectionCase))
    throw new InvalidInput('a promise is for no more than is overdue');
  const promise: PromiseToPay = {
    promiseId: `promise-${collectionCase.opening}-${collectionCase.promises.length + 1}`,
    status: 'Open',
    amountFen,
    dueOn,
    madeOn: on,
    receivedFen: 0,
    madeTo: actor,
  };
  return changeCase(collectionCase, {
    type: 'PromiseMade',
    at,
    actor,
    patch: { promises: [...collectionCase.promises, promise] },
    facts: { promiseId: promise.promiseId, amountFen, dueOn },
  });
}

/** The promise that is waited for, if any. */
export function openPromise({ promises }: CollectionCase): PromiseToPay | undefined {
  return promises.find(({ status }) => status === 'Open');
}

/** The first day on which a promise counts as broken: after its due date and the days of grace. */
export function brokenFrom(
  { dueOn }: PromiseToPay,
  { promiseGraceDays }: Pick<ConductLimits, 'promiseGraceDays'>,
): string {
  return addDays(dueOn, promiseGraceDays + 1);
}

/**
 * Breaks the open promise when its time is over. Undefined: there is none, there is still time, or the case rests, in which
 * nobody is held to anything.
 */
export function breakPromise(
  collectionCase: CollectionCase,
  judged: {
    readonly on: string;
    readonly at: string;
    readonly limits: Pick<ConductLimits, 'promiseGraceDays'>;
  },
): CollectionCase | undefined {
  const promise = openPromise(collectionCase);
  if (promise === undefined || isResting(collectionCase)) return undefined;
  if (judged.on < brokenFrom(promise, judged.limits)) return undefined;
  const { promiseId, amountFen, receivedFen, dueOn } = promise;
  return changeCase(collectionCase, {
    type: 'PromiseBroken',
    at: judged.at,
    actor: 'workflow',
    patch: { promises: withPromise(collectionCase, { ...promise, status: 'Broken' }) },
    facts: { promiseId, amountFen, receivedFen, dueOn },
  });
}

/** How many promises of this case were broken, whichever default they belong to. */
export function brokenPromises({ promises }: CollectionCase): number {
  return promises.filter(({ status }) => status === 'Broken').length;
}

/** The list with one promise replaced. */
export function withPromise({ promises }: CollectionCase, next: PromiseToPay): PromiseToPay[] {
  return promises.map((each) => (each.promiseId === next.promiseId ? next : each));
}
