import * as z from 'zod';
import type { Loans } from '#domain/loans/ports.ts';
import {
  LoanEventFacts,
  loanNotices,
  noticedEvents,
  partnerNews,
} from '#domain/notification/loan-notices.ts';
import { waitingMessage, waitingNews, type Notice } from '#domain/notification/notice.ts';
import type { QuietHours } from '#domain/shared/quiet-hours.ts';
import type { Loan } from '#domain/loans/loan.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { deliverNotice, type DeliveryDependencies } from './deliver-notice.ts';
import { deliveryDependencies } from './delivery-dependencies.ts';
import { loanAndQuietHours } from '#platform/quiet-hours-in-force.ts';

const NoticedEventType = z.enum(noticedEvents);

export interface NotifyLoanDependencies extends DeliveryDependencies {
  readonly loans: Loans;
}

/**
 * Tells borrower and partner what happened to a loan. Each notice is kept before it is sent, so that nothing is lost when
 * the provider is down; an event that comes again finds its notices and adds none.
 */
export async function runNotifyLoan(
  facts: LoanEventFacts,
  dependencies: NotifyLoanDependencies,
  { eventType }: { readonly eventType: string },
): Promise<{ added: number; sent: number }> {
  const { loan, quiet } = await loanAndQuietHours(facts.loanId, dependencies);
  let added = 0;
  let sent = 0;
  for (const notice of noticesOf(eventType, facts, { loan, quiet, now: dependencies.now })) {
    if (!(await dependencies.notices.add(notice))) continue;
    added += 1;
    if ((await deliverNotice(notice, quiet, dependencies)) === 'Sent') sent += 1;
  }
  return { added, sent };
}

function noticesOf(
  eventType: string,
  facts: LoanEventFacts,
  { loan, quiet, now }: { loan: Loan; quiet: QuietHours; now: () => Date },
): Notice[] {
  const type = NoticedEventType.parse(eventType);
  const at = now().toISOString();
  const news = partnerNews(type, facts);
  return [
    ...loanNotices(type, facts).map((notice) => waitingMessage(notice, loan, { at, quiet })),
    ...(news === undefined ? [] : [waitingNews(news, loan, { key: newsKeyOf(type, facts), at })]),
  ];
}

/** Exactly one event stands behind each: of the loan, or of one of its orders, which count their versions by themselves. */
function newsKeyOf(type: string, { version, record }: LoanEventFacts): string {
  return record === undefined ? `${type}.v${version}` : `${type}.${record}.v${version}`;
}

export const handler = eventConsumer({
  detail: LoanEventFacts,
  dependencies: deliveryDependencies,
  run: runNotifyLoan,
});
