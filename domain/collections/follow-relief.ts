import type { CollectionCase, ReliefRequest } from './case.ts';
import { changeCase } from './change-case.ts';
import { changeRest } from './change-rest.ts';
import type { Debt } from './debt.ts';

/**
 * What has become of the new terms a case rests for. A request that servicing answered with an offer is waited for as long
 * as the borrower may confirm it; one that was refused, confirmed, withdrawn or not confirmed in time has ended. When none
 * is left the rest is over: the case ends if the new terms cured it, and the ladder goes on if not. Undefined: nothing
 * changed. A loan that was not read is waited for.
 */
export function followRelief(
  collectionCase: CollectionCase,
  read: {
    readonly debts: readonly Debt[];
    /** The tasks that have done their work: an offer is out, or there will be none. */
    readonly closedTasks: ReadonlySet<string>;
    readonly at: string;
  },
): CollectionCase | undefined {
  const pause = collectionCase.pauses.find(({ kind }) => kind === 'Restructuring');
  if (collectionCase.status === 'Closed' || pause?.requests === undefined) return undefined;
  const byLoan = new Map(read.debts.map((debt) => [debt.loan.loanId, debt]));
  const before = pause.requests;
  const requests = before.flatMap((request) => followed(request, byLoan, read.closedTasks));
  const offers = requests.flatMap(({ offeredUntil }) => offeredUntil ?? []).toSorted();
  const answerBy = offers.at(-1) ?? pause.answerBy;
  if (requests.length === before.length && offers.length === offersOf(before)) return undefined;
  const next = { ...pause, requests, answerBy };
  return changeCase(collectionCase, {
    type: requests.length === 0 ? 'ReliefEnded' : 'ReliefOffered',
    at: read.at,
    actor: 'workflow',
    patch: changeRest(collectionCase, {
      pauses: collectionCase.pauses.flatMap((each) => {
        if (each !== pause) return [each];
        return requests.length === 0 ? [] : [next];
      }),
      at: read.at,
    }),
    facts: {
      pauseId: pause.pauseId,
      loanIds: before.map(({ loanId }) => loanId),
      offers: offers.length,
      ...(requests.length === 0 ? {} : { answerBy }),
    },
  });
}

function followed(
  request: ReliefRequest,
  byLoan: ReadonlyMap<string, Debt>,
  closedTasks: ReadonlySet<string>,
): ReliefRequest[] {
  const { loanId, taskId, offeredUntil } = request;
  const debt = byLoan.get(loanId);
  if (debt === undefined) return [request];
  const { offerUntil } = debt;
  if (offeredUntil !== undefined) return offerUntil === undefined ? [] : [request];
  if (!closedTasks.has(taskId)) return [request];
  return offerUntil === undefined ? [] : [{ ...request, offeredUntil: offerUntil }];
}

function offersOf(requests: readonly ReliefRequest[]): number {
  return requests.filter(({ offeredUntil }) => offeredUntil !== undefined).length;
}

/** The date after which nobody can confirm anything any more; undefined while an answer of ours is still to come. */
export function reliefEndsOn({ pauses }: Pick<CollectionCase, 'pauses'>): string | undefined {
  const requests = pauses.flatMap((pause) => pause.requests ?? []);
  const dates = requests.flatMap(({ offeredUntil }) => offeredUntil ?? []).toSorted();
  return dates[0];
}
