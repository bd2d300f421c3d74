import { businessDateOf } from '../shared/calendar.ts';
import { changeCase } from './change-case.ts';
import type { CloseReason, CollectionCase } from './case.ts';

/** Ends a case. Whatever step it waited in is withdrawn with it; open promises have nothing left to promise. */
export function closeCase(
  collectionCase: CollectionCase,
  closing: {
    readonly because: CloseReason;
    readonly at: string;
    readonly actor?: string;
    /** Of the step that ended it. */
    readonly costFen?: number;
  },
): CollectionCase {
  const { because, at, actor = 'workflow' } = closing;
  const { openedAt, receivedFen, stepCount, lastStep, pending } = collectionCase;
  const costFen = collectionCase.costFen + (closing.costFen ?? 0);
  return changeCase(collectionCase, {
    type: 'CaseClosed',
    at,
    actor,
    // Whatever an agency had of it, it has no more.
    without: ['pending', 'notBefore', 'assignment'],
    patch: {
      status: 'Closed',
      closedBecause: because,
      closedAt: at,
      costFen,
      handedOn: handedOnAfter(collectionCase, because, at),
      loans: [],
      pauses: [],
      promises: collectionCase.promises.map((promise) =>
        promise.status === 'Open' ? { ...promise, status: endedPromise(because) } : promise,
      ),
    },
    facts: {
      because,
      openedAt,
      receivedFen,
      costFen,
      stepCount,
      lastStep: lastStep?.stepId,
      ...(closing.costFen === undefined
        ? { withdrawnStep: pending?.stepId }
        : { endedByStep: pending?.stepId, stepCostFen: closing.costFen }),
      agencyId: collectionCase.assignment?.agencyId,
      bucket: worstBucket(collectionCase),
      receivedByStep: receivedByStep(collectionCase),
    },
  });
}

/** A lawsuit and a sale take every loan of the case along. */
function handedOnAfter(
  { handedOn, loans }: CollectionCase,
  because: CloseReason,
  at: string,
): CollectionCase['handedOn'] {
  if (because !== 'LegalAction' && because !== 'Transferred') return handedOn;
  const on = businessDateOf(Date.parse(at));
  return { ...handedOn, ...Object.fromEntries(loans.map(({ loanId }) => [loanId, on])) };
}

function endedPromise(because: CloseReason): 'Kept' | 'Lapsed' {
  return because === 'Cured' || because === 'Settled' ? 'Kept' : 'Lapsed';
}

function worstBucket({ loans }: CollectionCase): string {
  return loans
    .map(({ bucket }) => bucket)
    .reduce((worst, each) => (each > worst ? each : worst), 'M0');
}

/** What came in after each step, under the id of the step; `none` is money that came before the first. */
function receivedByStep({ receipts }: CollectionCase): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { stepId = 'none', amountFen } of receipts)
    sums[stepId] = (sums[stepId] ?? 0) + amountFen;
  return sums;
}
