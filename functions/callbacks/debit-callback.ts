import type * as z from 'zod';
import { isWithBank, orderOfReference } from '#domain/servicing/bank-order.ts';
import { judgeOrderAnswer } from '#domain/servicing/judge-order-answer.ts';
import { bookOrder, findOrder, type OrderDependencies } from '#platform/bank-orders.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';
import { BankAnswer } from './bank-answer.ts';
import { callbackRoute, type Received } from './callback-route.ts';

export const DebitCallback = BankAnswer;
export type DebitCallback = z.infer<typeof DebitCallback>;

/**
 * The bank reports what became of a debit. What it says for certain of the try that is open settles it at once; a repeat,
 * and news of a try that was settled before, change nothing.
 */
export async function runDebitCallback(
  { reference, ...answer }: DebitCallback,
  dependencies: Pick<OrderDependencies, 'files' | 'now'>,
): Promise<Received> {
  const key = orderOfReference(reference);
  if (key === undefined) return 'Unknown';
  return retryOnConflict(async () => {
    const order = await findOrder(key, dependencies);
    if (order === undefined) return 'Unknown';
    if (order.reference !== reference || !isWithBank(order) || order.state === 'Intent')
      return 'Accepted';
    const next = judgeOrderAnswer(order, answer);
    if (next.move === 'Settle') await bookOrder(order, next.verdict, dependencies);
    return 'Accepted';
  });
}

export const handler = callbackRoute({
  body: DebitCallback,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
    now,
  }),
  run: runDebitCallback,
});
