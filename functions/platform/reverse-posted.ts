import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { Receipts } from '#domain/servicing/ports.ts';
import { unassignReceipt, type Receipt } from '#domain/servicing/receipt.ts';
import { reversePayment, type ReversalOrder } from '#domain/servicing/reverse-payment.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { ReceiptDependencies } from './take-receipt.ts';

/** Reverses a payment together with the receipt of its money, in one transaction. */
export function reversePosted(
  loanId: string,
  order: ReversalOrder,
  { files, receipts, now }: ReceiptDependencies,
): Promise<LoanFile> {
  return retryOnConflict(async () => {
    const file = existing(await files.find(loanId), 'such loan');
    const at = now().toISOString();
    const change = reversePayment(file, order, at);
    const receipt = await receiptOf(file, order.paymentId, receipts);
    const { moneyTo, actor } = order;
    await files.store({
      ...change,
      ...(receipt ? { receipt: unassignReceipt(receipt, { moneyTo, actor, at }) } : {}),
    });
    return existing(await files.find(loanId), 'such loan');
  });
}

/** A debit has no receipt: its money was fetched, not sent. */
async function receiptOf(
  { payments }: LoanFile,
  paymentId: string,
  receipts: Receipts,
): Promise<Receipt | undefined> {
  const receiptId = payments.find(({ loanEvent }) => loanEvent.id === paymentId)?.receiptId;
  if (receiptId === undefined) return undefined;
  return existing(await receipts.find(receiptId), `receipt ${receiptId}`);
}
