import type { BankAnswer } from '../applications/provider-ports.ts';
import type { BankOrder } from './bank-order.ts';

/** What is known for certain about one try of an order, and who says so. */
export type OrderVerdict =
  | {
      readonly outcome: 'Paid';
      readonly amountFen: number;
      readonly bankReference: string;
      readonly valueDate: string;
      readonly actor: string;
    }
  | { readonly outcome: 'Refused'; readonly because: string; readonly actor: string };

export type OrderMove =
  | { readonly move: 'Send' }
  | { readonly move: 'Settle'; readonly verdict: OrderVerdict }
  /** No definite answer: ask again later by the same reference. */
  | { readonly move: 'AskAgain'; readonly because: string };

const BANK = 'provider:bank';

/** What to do after asking the bank what became of an earlier attempt. */
export function judgeOrderQuery(
  order: BankOrder,
  answer: BankAnswer & { readonly isFinal: boolean },
): OrderMove {
  // Not found counts only after the bank's cut-off: before it, the instruction may still be on its way.
  if (answer.status === 'NotFound' && answer.isFinal) return { move: 'Send' };
  return judgeOrderAnswer(order, answer);
}

/** What to do with the answer to an instruction. A debit may bring less than it asked for; a refund is all or nothing. */
export function judgeOrderAnswer(order: BankOrder, answer: BankAnswer): OrderMove {
  switch (answer.status) {
    case 'Paid': {
      const { amountFen, bankReference, valueDate } = answer;
      const isPossible =
        order.kind === 'Debit' ? amountFen <= order.amountFen : amountFen === order.amountFen;
      if (!isPossible) return { move: 'AskAgain', because: 'AmountDiffers' };
      const verdict = {
        outcome: 'Paid',
        amountFen,
        bankReference,
        valueDate,
        actor: BANK,
      } as const;
      return { move: 'Settle', verdict };
    }
    case 'Refused':
      return {
        move: 'Settle',
        verdict: { outcome: 'Refused', because: answer.reason, actor: BANK },
      };
    case 'Processing':
    case 'NotFound':
      return { move: 'AskAgain', because: answer.status };
  }
}
