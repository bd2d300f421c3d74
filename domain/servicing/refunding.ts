import { isWithBank } from './bank-order.ts';
import type { LoanFile } from './loan-file.ts';

/** Overpayment that may be on its way back. */
export function refundingFen({ orders }: Pick<LoanFile, 'orders'>): number {
  return orders
    .filter((order) => order.kind === 'Refund' && isWithBank(order))
    .reduce((sum, { amountFen }) => sum + amountFen, 0);
}
