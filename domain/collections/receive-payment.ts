import type { CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';
import { openPromise, withPromise } from './promise.ts';

export interface Receipt {
  readonly paymentId: string;
  readonly amountFen: number;
  readonly valueDate: string;
  readonly at: string;
}

/**
 * Counts a payment towards the case: to the promise it may fulfil, and to the step that came before it. The same payment
 * again changes nothing.
 */
export function receivePayment(
  collectionCase: CollectionCase,
  receipt: Receipt,
): CollectionCase | undefined {
  const { paymentId, amountFen, valueDate, at } = receipt;
  if (collectionCase.status === 'Closed') return undefined;
  if (collectionCase.receipts.some((each) => each.paymentId === paymentId)) return undefined;
  const stepId = collectionCase.lastStep?.stepId;
  const { promises, kept } = promisesAfter(collectionCase, amountFen, valueDate);
  return changeCase(collectionCase, {
    type: kept === undefined ? 'CasePaymentReceived' : 'PromiseKept',
    at,
    actor: 'workflow',
    patch: {
      promises,
      receivedFen: collectionCase.receivedFen + amountFen,
      receipts: [
        ...collectionCase.receipts,
        { paymentId, amountFen, valueDate, ...(stepId === undefined ? {} : { stepId }) },
      ],
    },
    facts: { paymentId, amountFen, valueDate, stepId, promiseId: kept },
  });
}

/** Takes a reversed payment out again; a promise that it had kept is open, or broken, as its date says. */
export function returnPayment(
  collectionCase: CollectionCase,
  { paymentId, at }: { readonly paymentId: string; readonly at: string },
): CollectionCase | undefined {
  const receipt = collectionCase.receipts.find((each) => each.paymentId === paymentId);
  if (receipt === undefined || collectionCase.status === 'Closed') return undefined;
  const { amountFen, valueDate } = receipt;
  const affected = collectionCase.promises
    .filter(
      ({ madeOn, dueOn, status }) =>
        status !== 'Broken' && valueDate >= madeOn && valueDate <= dueOn,
    )
    .at(-1);
  return changeCase(collectionCase, {
    type: 'CasePaymentReturned',
    at,
    actor: 'workflow',
    patch: {
      receivedFen: collectionCase.receivedFen - amountFen,
      receipts: collectionCase.receipts.filter((each) => each !== receipt),
      ...(affected === undefined
        ? {}
        : {
            promises: withPromise(collectionCase, {
              ...affected,
              status: 'Open',
              receivedFen: Math.max(0, affected.receivedFen - amountFen),
            }),
          }),
    },
    facts: { paymentId, amountFen, promiseId: affected?.promiseId },
  });
}

/** What came on or before the promised day counts, by its value date, whenever it is heard of. */
function promisesAfter(collectionCase: CollectionCase, amountFen: number, valueDate: string) {
  const promise = openPromise(collectionCase);
  if (promise === undefined || valueDate < promise.madeOn || valueDate > promise.dueOn)
    return { promises: collectionCase.promises, kept: undefined };
  const receivedFen = promise.receivedFen + amountFen;
  const isKept = receivedFen >= promise.amountFen;
  const next = { ...promise, receivedFen, status: isKept ? ('Kept' as const) : promise.status };
  return {
    promises: withPromise(collectionCase, next),
    kept: isKept ? promise.promiseId : undefined,
  };
}
