import { isWithBank, type BankOrder } from '#domain/servicing/bank-order.ts';
import type { OrderVerdict } from '#domain/servicing/judge-order-answer.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { bookOrder, findOrder, type OrderDependencies } from './bank-orders.ts';
import { existing } from './existing.ts';

/** What a person was told by the bank about one attempt of an order. */
export interface OrderConfirmation {
  readonly loanId: string;
  readonly record: string;
  /** What was said about one attempt says nothing about a later one. */
  readonly attempt: number;
  readonly verdict: OrderVerdict;
}

/** Settles an order whose bank cannot be asked by a machine, by what a person found out. */
export async function confirmOrder(
  { attempt, verdict, ...key }: OrderConfirmation,
  dependencies: Pick<OrderDependencies, 'files' | 'now'>,
): Promise<BankOrder> {
  const order = existing(await findOrder(key, dependencies), 'such order');
  if (!isWithBank(order) || order.state !== 'Unknown')
    throw new InvalidTransition(`order ${order.reference} is ${order.state}`);
  if (order.attempt !== attempt)
    throw new InvalidTransition(`order ${order.reference} is at attempt ${order.attempt} now`);
  if (verdict.outcome === 'Paid' && verdict.amountFen > order.amountFen)
    throw new InvalidTransition(`order ${order.reference} asked for ${order.amountFen} fen only`);
  return bookOrder(order, verdict, dependencies);
}
