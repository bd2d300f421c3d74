/**
 * The errors the whole product uses. `name` is a literal: Lambda reports it as `errorType`, state machines match on it,
 * and the API layer maps it to a status. A business outcome (declined, expired) is never an error: it is stored and answered.
 * What may be an error is that the step after it refuses to go on.
 */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}
export class NotFound extends Error {
  override readonly name = 'NotFound';
}
/** The aggregate is in a status that does not allow the change asked for. */
export class InvalidTransition extends Error {
  override readonly name = 'InvalidTransition';
}
/** Somebody else changed the item since it was read: read again, decide again, write again. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';
}
/** A provider does not answer. An outage is never a decline: it is retried, then becomes a human task. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
/** The bank did not say whether it paid. Unknown is not failed: the workflow asks again by the same reference. */
export class PayoutUnknown extends Error {
  override readonly name = 'PayoutUnknown';
}
/** Another attempt may still be with the bank: wait until it must have ended, then ask what became of it. */
export class PayoutBusy extends Error {
  override readonly name = 'PayoutBusy';
}
/** The bank said, definitely, that it did not pay and will not. */
export class PayoutRefused extends Error {
  override readonly name = 'PayoutRefused';
}
/** What is pledged is not registered yet (抵质押登记): no money may leave before it is. */
export class CollateralUnregistered extends Error {
  override readonly name = 'CollateralUnregistered';
}
/** The application ended (withdrawn, expired, declined) while the workflow was on its way to the next step. */
export class ApplicationClosed extends Error {
  override readonly name = 'ApplicationClosed';
}
/** A step was asked to go on while documents are outstanding: the partner still owes them. */
export class DocumentsMissing extends Error {
  override readonly name = 'DocumentsMissing';
}
/** A step was asked to go on while the documents are in doubt: a reviewer has to look first. */
export class DocumentsDoubtful extends Error {
  override readonly name = 'DocumentsDoubtful';
}
/** A step was asked to go on with what people have not approved yet. */
export class ApprovalMissing extends Error {
  override readonly name = 'ApprovalMissing';
}
/** What the application held was erased (PIPL art. 47): its number, and what happened to it, are all that is left. */
export class ApplicationErased extends Error {
  override readonly name = 'ApplicationErased';
  /** Whose it was: nobody else may learn that there was one. */
  readonly partnerId: string;

  constructor(message: string, partnerId: string) {
    super(message);
    this.partnerId = partnerId;
  }
}
/** A rule of conduct, duty separation or law forbids the request, whoever asks. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

/** Every error name of the product, for the check that state machines match only on names that exist. */
export const errorNames = [
  'InvalidInput',
  'NotFound',
  'InvalidTransition',
  'ConcurrentChange',
  'Unavailable',
  'PayoutUnknown',
  'PayoutBusy',
  'PayoutRefused',
  'CollateralUnregistered',
  'ApplicationClosed',
  'DocumentsMissing',
  'DocumentsDoubtful',
  'ApprovalMissing',
  'ApplicationErased',
  'Forbidden',
] as const;

/**
 * Refusals that belong to an ordinary way through a machine, which catches each of them. Lambda counts them as errors of the
 * function all the same; they are counted once more, as refusals, and alarms take them off again.
 */
export const refusalNames: readonly string[] = [
  'ApplicationClosed',
  'DocumentsMissing',
  'DocumentsDoubtful',
  'ApprovalMissing',
  'CollateralUnregistered',
];
