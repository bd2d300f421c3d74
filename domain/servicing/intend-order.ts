import { businessDateOf } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { intendOrder, type BankOrder, type OrderIntent } from './bank-order.ts';
import { accountOf, delinquencyIn, type LoanFile } from './loan-file.ts';
import type { LoanChange } from './ports.ts';
import { refundingFen } from './refunding.ts';
import { servicingFactsOf } from './servicing-facts.ts';

export type Intention = Omit<OrderIntent, 'loanId' | 'on'>;

/**
 * The intent to move money, together with the next version of the loan: two orders of one loan never come from the same
 * reading of what is due or overpaid.
 */
export function intendFor(
  file: LoanFile,
  intention: Intention,
  previous?: BankOrder,
): LoanChange & { readonly order: BankOrder } {
  const { loan } = file;
  const { kind, record, amountFen, requestedBy, at } = intention;
  if (kind === 'Refund' && amountFen > refundableFen(file))
    throw new InvalidTransition(`${refundableFen(file)} fen can be paid back, not ${amountFen}`);
  const on = businessDateOf(Date.parse(at));
  const order = intendOrder({ ...intention, loanId: loan.loanId, on }, previous);
  const account = accountOf(file, on);
  return {
    order,
    loan: changeAggregate(loan, {
      subjectId: loan.loanId,
      patch: {},
      event: {
        type: `Loan${kind}Intended`,
        at,
        actor: requestedBy,
        facts: {
          ...servicingFactsOf(loan, account, delinquencyIn(file, account)),
          record,
          reference: order.reference,
          amountFen,
        },
      },
    }),
  };
}

/** The overpayment that is not on its way back already. */
export function refundableFen(file: LoanFile): number {
  return file.loan.creditFen - refundingFen(file);
}

/** The record of the next refund of a loan. */
export function nextRefundRecord({ orders }: LoanFile): string {
  const refunds = orders.filter(({ kind }) => kind === 'Refund').length;
  return `refund#${String(refunds + 1).padStart(4, '0')}`;
}
