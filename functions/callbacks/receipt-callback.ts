import * as z from 'zod';
import { AmountFen, BusinessDate } from '#domain/shared/primitives.ts';
import { noticeDependencies } from '#platform/notice-dependencies.ts';
import { takeNotice, type NoticeDependencies } from '#platform/take-receipt.ts';
import { callbackRoute, type Received } from './callback-route.ts';

export const ReceiptCallback = z.object({
  /** The bank's id of the money. */
  receiptId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/),
  amountFen: AmountFen,
  valueDate: BusinessDate,
  remark: z.string().max(200).optional(),
});

/** The bank reports money on the collection account. It is booked once, whatever it is for; nothing is ever refused. */
export async function runReceiptCallback(
  { receiptId: bankId, ...notice }: z.infer<typeof ReceiptCallback>,
  dependencies: NoticeDependencies,
): Promise<Received> {
  await takeNotice({ bankId, ...notice }, dependencies);
  return 'Accepted';
}

export const handler = callbackRoute({
  body: ReceiptCallback,
  dependencies: noticeDependencies,
  run: runReceiptCallback,
});
