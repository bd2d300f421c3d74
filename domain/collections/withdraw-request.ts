import { Forbidden, InvalidTransition, NotFound } from '../shared/errors.ts';
import type { CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';
import { changeRest } from './change-rest.ts';

/**
 * Takes back a request at the debtor's wish, before it was answered: that is no answer of ours, and the log says so. What it
 * rested for goes on. Throws `NotFound` when it is not open (any more), `Forbidden` for whoever recorded it, `InvalidTransition`
 * for hardship that was granted: new terms are refused where they are offered, at the loan.
 */
export function withdrawRequest(
  collectionCase: CollectionCase,
  withdrawal: {
    readonly pauseId: string;
    readonly evidence: string;
    readonly at: string;
    readonly actor: string;
  },
): CollectionCase {
  const { pauseId, evidence, at, actor } = withdrawal;
  const pause = collectionCase.pauses.find((each) => each.pauseId === pauseId);
  if (pause === undefined) throw new NotFound('no such request is open');
  if (pause.kind === 'Restructuring')
    throw new InvalidTransition(
      `request ${pauseId} was granted: the new terms are refused at the loan`,
    );
  const { kind, recordedBy } = pause;
  if (recordedBy === actor)
    throw new Forbidden(
      `request ${pauseId} was recorded by the same person: somebody else withdraws it`,
    );
  return changeCase(collectionCase, {
    type: 'CaseRequestWithdrawn',
    at,
    actor,
    patch: changeRest(collectionCase, {
      pauses: collectionCase.pauses.filter((each) => each !== pause),
      at,
    }),
    facts: { pauseId, kind, evidence, recordedBy },
  });
}
