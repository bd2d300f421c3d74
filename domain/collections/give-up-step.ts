import { isResting, type CollectionCase } from './case.ts';
import { completeStep, postponeStep } from './choose-step.ts';
import { taskKindOfAction } from './collection-task.ts';

/** How long a provider that is down is left alone: each try costs transitions, and nobody is hurt by a late reminder. */
const RETRY_HOURS = 4;
const hourMs = 3_600_000;

/**
 * Goes on after a step that came to nothing. People had their time: the try is counted, and the ladder goes on. A provider
 * was down: nothing was tried, and it is asked again later.
 */
export function giveUpStep(
  collectionCase: CollectionCase,
  failed: { readonly number: number; readonly on: string; readonly at: string },
): CollectionCase | undefined {
  const { pending } = collectionCase;
  const { number, on, at } = failed;
  if (pending?.number !== number) return undefined;
  if (taskKindOfAction[pending.action] !== undefined)
    return completeStep(collectionCase, { number, result: 'TimedOut', on, at });
  const until = new Date(Date.parse(at) + RETRY_HOURS * hourMs).toISOString();
  return postponeStep(collectionCase, { number, because: 'ProviderDown', until, at });
}

/** Drops the step under way of a case that was put to rest meanwhile. Undefined: it does not rest, or nothing is under way. */
export function restStep(
  collectionCase: CollectionCase,
  { at }: { readonly at: string },
): CollectionCase | undefined {
  const { pending } = collectionCase;
  if (pending === undefined || !isResting(collectionCase)) return undefined;
  const { number } = pending;
  return postponeStep(collectionCase, { number, because: 'CaseRests', until: at, at });
}
