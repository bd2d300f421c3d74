import type { BankAnswer } from '../applications/provider-ports.ts';
import type { Payout } from './payout.ts';

/** What a bank can do decides what may be done when its answer is lost (reliability §2.3). */
export interface BankAbilities {
  readonly supportsReferenceDedup: boolean;
  readonly queryByReference: boolean;
}

export type NextMove =
  | { readonly move: 'Pay' }
  | { readonly move: 'SettlePaid'; readonly answer: Extract<BankAnswer, { status: 'Paid' }> }
  | { readonly move: 'SettleRefused'; readonly because: string }
  /** No definite answer: ask again later by the same reference. */
  | { readonly move: 'AskAgain'; readonly because: string }
  /** The bank cannot be asked, or says something that cannot be true: a person finds out. */
  | { readonly move: 'AskPerson'; readonly because: string };

/** What to do after asking the bank what became of an earlier attempt. */
export function judgeQueryAnswer(
  payout: Payout,
  answer: BankAnswer & { readonly isFinal: boolean },
): NextMove {
  // Not found counts only after the bank's settlement cut-off: before it, the instruction may still be on its way.
  if (answer.status === 'NotFound')
    return answer.isFinal ? { move: 'Pay' } : { move: 'AskAgain', because: 'NotFoundYet' };
  return judgePayAnswer(payout, answer);
}

/** What to do with the answer to a payment instruction. */
export function judgePayAnswer(payout: Payout, answer: BankAnswer): NextMove {
  switch (answer.status) {
    case 'Paid':
      // Unsafe consumption of a provider's answer is how books go wrong: the amount must be the one intended.
      if (answer.amountFen !== payout.amountFen)
        return { move: 'AskPerson', because: 'AmountDiffers' };
      return { move: 'SettlePaid', answer };
    case 'Refused':
      return { move: 'SettleRefused', because: answer.reason };
    case 'Processing':
      return { move: 'AskAgain', because: 'Processing' };
    case 'NotFound':
      return { move: 'AskAgain', because: 'NotFoundAfterPay' };
  }
}

/** The first move of an attempt, before the bank has said anything. */
export function firstMove(
  claimed: { readonly mustQuery: boolean },
  bank: BankAbilities,
): 'Pay' | 'Query' | 'AskPerson' {
  if (!claimed.mustQuery) return 'Pay';
  // Without both abilities nobody but a person can find out whether the lost attempt paid.
  return bank.queryByReference && bank.supportsReferenceDedup ? 'Query' : 'AskPerson';
}
