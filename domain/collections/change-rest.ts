import { businessDateOf } from '../shared/calendar.ts';
import { isResting, type CaseLoan, type CollectionCase, type Pause } from './case.ts';
import { openPromise, withPromise } from './promise.ts';

/**
 * What pauses that end do to the case besides. A promise whose day passed while the case rested lapses when the rest is
 * over: nobody could ask for it then, so it is neither kept nor broken. One whose day was over before the rest began, or is
 * still to come, stays as it is. Nothing else of a rest that goes on, or never was, changes.
 */
export function changeRest(
  collectionCase: CollectionCase,
  next: {
    readonly pauses: Pause[];
    readonly loans?: readonly CaseLoan[];
    readonly at: string;
  },
): Pick<CollectionCase, 'pauses' | 'promises'> {
  const { pauses, at, loans = collectionCase.loans } = next;
  const { promises } = collectionCase;
  const promise = openPromise(collectionCase);
  const isOver = isResting(collectionCase) && !isResting({ loans: [...loans], pauses });
  if (promise === undefined || !isOver) return { pauses, promises };
  const [since = ''] = collectionCase.pauses.map((pause) => pause.since).toSorted();
  const hasPassed = promise.dueOn >= since && promise.dueOn < businessDateOf(Date.parse(at));
  return {
    pauses,
    promises: hasPassed ? withPromise(collectionCase, { ...promise, status: 'Lapsed' }) : promises,
  };
}
