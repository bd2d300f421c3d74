import * as z from 'zod';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { Debt, Debts } from '#domain/collections/debt.ts';
import { followRelief } from '#domain/collections/follow-relief.ts';
import { followDebts } from '#domain/collections/follow-debts.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { receivePayment, returnPayment } from '#domain/collections/receive-payment.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { BusinessDate, LoanId } from '#domain/shared/primitives.ts';
import { endCaseWork, wakeCase, type CaseWorkPorts } from '#platform/case-work.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { collectionDependencies } from './collection-dependencies.ts';

/** The facts of a servicing event that collections read. */
export const LoanChanged = z.object({
  loanId: LoanId,
  borrowerKey: z.string(),
  paymentId: z.string().optional(),
  amountFen: z.int().optional(),
  valueDate: BusinessDate.optional(),
});

export interface FollowLoanDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly debts: Debts;
}

/**
 * Brings the cases of a borrower to what their loans owe now. Money that cures ends the case here and now, whatever step it
 * waits in: the case first, by a write on the version read, then the waiting work. Events say that something changed; what,
 * is read from the loan, so that a late or a repeated one does no harm.
 */
export async function runFollowLoan(
  changed: z.infer<typeof LoanChanged>,
  dependencies: FollowLoanDependencies,
  { eventType }: { readonly eventType: string },
): Promise<void> {
  const cases = await dependencies.cases.listByBorrower(changed.borrowerKey);
  for (const { lenderId, loans } of cases)
    if (loans.some(({ loanId }) => loanId === changed.loanId))
      await followCase({ ...changed, lenderId, eventType }, dependencies);
}

type Followed = z.infer<typeof LoanChanged> & {
  readonly lenderId: string;
  readonly eventType: string;
};

async function followCase(followed: Followed, dependencies: FollowLoanDependencies): Promise<void> {
  const { cases, debts, now } = dependencies;
  const { borrowerKey, lenderId, loanId } = followed;
  const asOf = businessDateOf(now().getTime());
  const debt = await debts.find(loanId, asOf);
  const { before, after } = await retryOnConflict(async () => {
    const found = await cases.find(borrowerKey, lenderId);
    let current = found;
    for (const change of [countedMoney, currentDebts, currentRelief]) {
      const next = current && change(current, { followed, debt, at: now().toISOString() });
      if (next === undefined) continue;
      await cases.replace(next);
      current = next;
    }
    return { before: found, after: current };
  });
  if (before === undefined || after === undefined) return;
  if (after.status === 'Closed') await endCaseWork(before, dependencies);
  else if (after.version !== before.version) await wakeCase(after, 'LoanChanged', dependencies);
}

interface Change {
  readonly followed: Followed;
  readonly debt: Debt | undefined;
  readonly at: string;
}

function countedMoney(
  collectionCase: CollectionCase,
  { followed, at }: Change,
): CollectionCase | undefined {
  const { eventType, paymentId, amountFen, valueDate } = followed;
  if (paymentId === undefined) return undefined;
  if (eventType === 'PaymentReversed') return returnPayment(collectionCase, { paymentId, at });
  if (eventType !== 'PaymentPosted' || amountFen === undefined || valueDate === undefined)
    return undefined;
  return receivePayment(collectionCase, { paymentId, amountFen, valueDate, at });
}

function currentDebts(
  collectionCase: CollectionCase,
  { debt, at }: Change,
): CollectionCase | undefined {
  return debt && followDebts(collectionCase, { debts: [debt], at });
}

/** New terms that were confirmed, or whose offer other events made void, are waited for no more. */
function currentRelief(
  collectionCase: CollectionCase,
  { debt, at }: Change,
): CollectionCase | undefined {
  return debt && followRelief(collectionCase, { debts: [debt], closedTasks: new Set(), at });
}

export const handler = eventConsumer({
  detail: LoanChanged,
  dependencies: collectionDependencies,
  run: runFollowLoan,
});
