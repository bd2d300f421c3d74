import { businessDateOf } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { idsOf, isWithBank, subjectOf, type BankOrder } from './bank-order.ts';
import { entryRecordOf } from './change-loan.ts';
import { accounts } from './chart-of-accounts.ts';
import type { OrderVerdict } from './judge-order-answer.ts';
import { accountOf, delinquencyIn, type LoanFile } from './loan-file.ts';
import { nextTryAfter } from './plan-debit.ts';
import type { LoanChange } from './ports.ts';
import { postPayment } from './post-payment.ts';
import { servicingFactsOf } from './servicing-facts.ts';

type Paid = Extract<OrderVerdict, { readonly outcome: 'Paid' }>;

/** What a settled order changes: the loan with it when money moved, the order alone when none did. */
export type OrderSettlement =
  | { readonly moved: true; readonly change: LoanChange }
  | { readonly moved: false; readonly order: BankOrder };

/**
 * Books what is known for certain about the present try of an order, as one change: a debit with the payment it brought, a
 * refund with the overpayment it paid back.
 */
export function settleOrder(
  file: LoanFile,
  order: BankOrder,
  { verdict, at }: { readonly verdict: OrderVerdict; readonly at: string },
): OrderSettlement {
  if (!isWithBank(order))
    throw new InvalidTransition(
      `order ${order.reference} is ${order.state}: it was settled before`,
    );
  if (verdict.outcome === 'Refused')
    return { moved: false, order: refuseOrder(file, order, { ...verdict, at }) };
  const paid = { ...verdict, valueDate: notAfter(at, verdict.valueDate), at };
  const next = payOrder(file, order, paid);
  const { amountFen, valueDate, actor } = paid;
  const change =
    order.kind === 'Debit'
      ? postPayment(
          file,
          { channel: 'Debit', reference: order.reference, amountFen, valueDate, actor },
          at,
        )
      : refund(file, order, paid);
  return { moved: true, change: { ...change, order: next } };
}

/** A bank past its own cut-off dates money to its next day; it is in our books today. */
function notAfter(at: string, valueDate: string): string {
  const today = businessDateOf(Date.parse(at));
  return valueDate > today ? today : valueDate;
}

function payOrder(
  file: LoanFile,
  order: BankOrder,
  paid: Paid & { readonly at: string },
): BankOrder {
  const { amountFen, bankReference, valueDate, at, actor } = paid;
  const isShort = amountFen < order.amountFen;
  return changeAggregate(unwatched(order), {
    subjectId: subjectOf(order),
    patch: {
      movedFen: order.movedFen + amountFen,
      bankReference,
      valueDate,
      ...(isShort ? afterwards(file, order, at) : { state: 'Paid' as const }),
    },
    event: {
      type: `${order.kind}Paid`,
      at,
      actor,
      facts: {
        ...idsOf(order),
        reference: order.reference,
        attempt: order.attempt,
        askedFen: order.amountFen,
        amountFen,
        valueDate,
      },
    },
  });
}

function refuseOrder(
  file: LoanFile,
  order: BankOrder,
  refused: { readonly because: string; readonly actor: string; readonly at: string },
): BankOrder {
  const { because, actor, at } = refused;
  return changeAggregate(unwatched(order), {
    subjectId: subjectOf(order),
    patch: { refusedBecause: because, ...afterwards(file, order, at) },
    event: {
      type: `${order.kind}Refused`,
      at,
      actor,
      facts: {
        ...idsOf(order),
        reference: order.reference,
        amountFen: order.amountFen,
        because,
        ...(order.kind === 'Debit' ? { dueOn: dueOnOf(order) } : {}),
      },
    },
  });
}

/** Waiting for the next day of the debit plan, or over. */
function afterwards(
  file: LoanFile,
  { kind, record }: BankOrder,
  at: string,
): Pick<BankOrder, 'state' | 'nextTryOn'> {
  const today = businessDateOf(Date.parse(at));
  const nextTryOn = kind === 'Debit' ? nextTryAfter(file, dueOnOf({ record }), today) : undefined;
  return nextTryOn === undefined ? { state: 'Refused' } : { state: 'Waiting', nextTryOn };
}

function dueOnOf({ record }: Pick<BankOrder, 'record'>): string {
  return record.slice('debit#'.length);
}

function unwatched(order: BankOrder): BankOrder {
  const settled = { ...order };
  delete settled.dueShard;
  delete settled.actOn;
  return settled;
}

/** An overpayment that was paid back: the borrower is owed that much less. */
function refund(
  file: LoanFile,
  order: BankOrder,
  { amountFen, valueDate, actor, at }: Paid & { readonly at: string },
): LoanChange {
  const { loan } = file;
  const account = accountOf(file, businessDateOf(Date.parse(at)));
  const entrySequence = loan.entrySequence + 1;
  return {
    loan: changeAggregate(loan, {
      subjectId: loan.loanId,
      patch: {
        creditFen: loan.creditFen - amountFen,
        refundedFen: loan.refundedFen + amountFen,
        entrySequence,
      },
      event: {
        type: 'RefundPaid',
        at,
        actor,
        facts: {
          ...servicingFactsOf(loan, account, delinquencyIn(file, account)),
          reference: order.reference,
          amountFen,
          valueDate,
        },
      },
    }),
    once: [
      {
        loanId: loan.loanId,
        record: entryRecordOf(entrySequence),
        entryType: 'Refund',
        valueDate,
        postedAt: at,
        reference: order.reference,
        legs: [
          { account: accounts.credit, amountFen },
          { account: accounts.bank, amountFen: -amountFen },
        ],
      },
    ],
  };
}
