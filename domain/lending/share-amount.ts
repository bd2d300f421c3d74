import { splitByLargestRemainder } from '../shared/money.ts';
import type { Fen } from '../shared/primitives.ts';

/** Who takes part in a loan, and with how much of it. */
export type Sharer = { readonly funderId: string; readonly shareFen: number };

/**
 * Splits an amount over the participations to the fen, by largest remainder, ties to the one named first. A refund or a
 * reversal is the exact mirror of what it takes back. Give each sharer's outstanding share when principal is repaid: the
 * last repayment then leaves nobody a fen.
 */
export function shareAmount(
  amountFen: number,
  sharers: readonly Sharer[],
): readonly { readonly funderId: string; readonly amountFen: Fen }[] {
  return splitByLargestRemainder(amountFen, sharers, ({ shareFen }) => shareFen).map(
    ({ item, partFen }) => ({ funderId: item.funderId, amountFen: partFen }),
  );
}
