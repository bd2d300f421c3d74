import * as z from 'zod';

/** What this bank can do and how fast; `PUT /sandbox/bank/conduct` changes it. */
export const BankConduct = z.strictObject({
  /** Answers a repeated reference with the first outcome instead of paying again. */
  supportsReferenceDedup: z.boolean(),
  queryByReference: z.boolean(),
  /** After this long without a trace of a reference, "not found" is final. */
  settlementCutOffSeconds: z.number().min(0),
  /** How long a payment that is not instant takes. */
  processingSeconds: z.number().min(0),
  /** Calls back when a payment it answered with Processing has an outcome. */
  sendsCallbacks: z.boolean(),
});
export type BankConduct = z.infer<typeof BankConduct>;

export const defaultConduct: BankConduct = {
  supportsReferenceDedup: true,
  queryByReference: true,
  settlementCutOffSeconds: 3,
  processingSeconds: 2,
  sendsCallbacks: true,
};
