import * as z from 'zod';
import { yuanText } from '../contracts/amount-text.ts';
import { contractNumberOf } from '../shared/ids.ts';
import { BusinessDate, LoanId } from '../shared/primitives.ts';
import type { NoticeKind } from './message-templates.ts';

/** One event of a loan, as it comes over the bus: the type, and facts of which only these are read. */
export const LoanEventFacts = z.looseObject({
  loanId: LoanId,
  version: z.int().min(1),
  at: z.iso.datetime({ offset: true }),
  isSettled: z.boolean().optional(),
  isCured: z.boolean().optional(),
  overdueFen: z.int().optional(),
  reportableFrom: BusinessDate.optional(),
  holderName: z.string().optional(),
  amountFen: z.int().optional(),
  valueDate: BusinessDate.optional(),
  dueOn: BusinessDate.optional(),
  /** Of an order to the bank alone: which of the loan's. */
  record: z.string().optional(),
  reminders: z
    .array(z.object({ dueOn: BusinessDate, daysBefore: z.int(), amountFen: z.int() }))
    .optional(),
});
export type LoanEventFacts = z.infer<typeof LoanEventFacts>;

/** One thing to tell the borrower. */
export interface LoanNotice {
  readonly kind: NoticeKind;
  /** With the kind it makes the notice's identity: the same event heard twice is told once. */
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
  /** After this business date the news is of no use to anybody. */
  readonly usefulUntil?: string;
}

/** The types of events that borrowers or partners hear of. */
export const noticedEvents = [
  'LoanDayClosed',
  'PaymentPosted',
  'PaymentReversed',
  'DebitRefused',
  'LoanOverdue',
  'LoanCured',
  'LoanRestructured',
  'LoanWrittenOff',
  'LoanCompensated',
  'LoanTransferred',
  'RefundPaid',
] as const;
export type NoticedEvent = (typeof noticedEvents)[number];

/** What the borrower is told about one event of the loan; nothing for most days. */
export function loanNotices(type: NoticedEvent, facts: LoanEventFacts): readonly LoanNotice[] {
  const about = noticesOf(type, facts);
  return facts.isSettled === true ? [...about, notice('LoanSettled', facts)] : about;
}

function noticesOf(type: NoticedEvent, facts: LoanEventFacts): readonly LoanNotice[] {
  switch (type) {
    case 'LoanDayClosed':
      return (facts.reminders ?? []).map(({ dueOn, daysBefore, amountFen }) => ({
        kind: 'InstallmentReminder',
        key: `${dueOn}.${daysBefore}`,
        values: { ...named(facts), amount: yuanText(amountFen), dueOn },
        usefulUntil: dueOn,
      }));
    case 'PaymentPosted':
      return [notice('PaymentReceived', facts)];
    case 'DebitRefused':
      // An event of the order, whose versions are its own. Tried again on later days, it is told once.
      return [{ ...notice('DebitFailed', facts), key: facts.dueOn ?? '' }];
    case 'PaymentReversed':
    case 'LoanOverdue':
    case 'LoanCured':
    case 'LoanRestructured':
    case 'RefundPaid':
      return [notice(type, facts)];
    case 'LoanCompensated':
    case 'LoanTransferred':
      return [notice('ClaimTransferred', facts)];
    case 'LoanWrittenOff':
      // A write-off is the lender's bookkeeping: the borrower still owes, and is told nothing else.
      return [];
  }
}

/** A notice known by the version of the loan that made it: exactly one event stands behind each. */
function notice(kind: NoticeKind, facts: LoanEventFacts): LoanNotice {
  return { kind, key: `v${facts.version}`, values: { ...named(facts), ...valuesOf(kind, facts) } };
}

function named({ loanId }: LoanEventFacts): { contractNumber: string } {
  return { contractNumber: contractNumberOf(loanId) };
}

function valuesOf(kind: NoticeKind, facts: LoanEventFacts): Record<string, string> {
  const amount = yuanText(facts.amountFen ?? 0);
  switch (kind) {
    case 'PaymentReceived':
    case 'PaymentReversed':
      return { amount, paidOn: facts.valueDate ?? '' };
    case 'DebitFailed':
    case 'InstallmentReminder':
      return { amount, dueOn: facts.dueOn ?? '' };
    case 'LoanOverdue':
      return {
        amount: yuanText(facts.overdueFen ?? 0),
        reportFrom: facts.reportableFrom ?? '',
      };
    case 'RefundPaid':
      return { amount };
    case 'ClaimTransferred':
      return { holder: facts.holderName ?? '' };
    case 'LoanCured':
    case 'LoanSettled':
    case 'LoanRestructured':
      return {};
  }
}

/** What the partner hears of an event: where the loan stands, by ids and amounts. Reminders are between lender and borrower. */
export function partnerNews(
  type: NoticedEvent,
  facts: LoanEventFacts & Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  if (type === 'LoanDayClosed') return undefined;
  const data = Object.fromEntries(
    newsFields.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])),
  );
  return { type: newsTypes[type], timestamp: facts.at, data };
}

/** An allow-list: whatever a later event carries besides, partners do not get it unasked. */
const newsFields = [
  'loanId',
  'version',
  'status',
  'asOf',
  'daysPastDue',
  'bucket',
  'overdueFen',
  'reportableFrom',
  'outstandingPrincipalFen',
  'paymentId',
  'amountFen',
  'valueDate',
  'dueOn',
  'isCured',
  'isSettled',
] as const;

const newsTypes: Readonly<Record<Exclude<NoticedEvent, 'LoanDayClosed'>, string>> = {
  PaymentPosted: 'loan.payment_posted',
  PaymentReversed: 'loan.payment_reversed',
  DebitRefused: 'loan.debit_refused',
  LoanOverdue: 'loan.overdue',
  LoanCured: 'loan.cured',
  LoanRestructured: 'loan.restructured',
  LoanWrittenOff: 'loan.written_off',
  LoanCompensated: 'loan.compensated',
  LoanTransferred: 'loan.transferred',
  RefundPaid: 'loan.refund_paid',
};
