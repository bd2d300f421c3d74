import * as z from 'zod';
import { ApplicationId, BusinessDate, Instant, LoanId, PartnerId } from '../shared/primitives.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { sha256Hex } from '../shared/digest.ts';
import { firstOpenInstant, type QuietHours } from '../shared/quiet-hours.ts';
import { Language, NoticeKind } from './message-templates.ts';
import type { LoanNotice } from './loan-notices.ts';

const about = {
  /** Of an application that became no loan: the one it would have been, by the same rule (`loanIdOf`). */
  loanId: LoanId,
  /** Kind, key and channel: the same news over the same channel is one notice, however often its event comes. */
  noticeId: z.string().min(1).max(200),
  version: z.int().min(1),
  applicationId: ApplicationId,
  partnerId: PartnerId,
  /**
   * Waiting: to be sent at `sendAt`. Sent: handed over. Delivered and Undelivered: what the provider reported. Expired:
   * of no use any more. Parked: given up until a person sends it again.
   */
  status: z.enum(['Waiting', 'Sent', 'Delivered', 'Undelivered', 'Expired', 'Parked']),
  /** How often people had it sent again: the provider takes the same reference for the same message. */
  round: z.int().min(1),
  attempts: z.int().min(0),
  createdAt: Instant,
  /** Only while it waits: with the shard it makes the Waiting index sparse. */
  sendAt: Instant.optional(),
  waitingShard: z.string().optional(),
  sentAt: Instant.optional(),
  reportedAt: Instant.optional(),
  usefulUntil: BusinessDate.optional(),
  lastFault: z.string().max(300).optional(),
};

/** A message to the borrower, or news for the partner. Values are amounts and dates; whom it goes to is looked up to send it. */
export const Notice = z.discriminatedUnion('channel', [
  z.object({
    ...about,
    channel: z.enum(['Sms', 'Voice']),
    kind: NoticeKind,
    values: z.record(z.string(), z.string()),
    language: Language.optional(),
    messageId: z.string().optional(),
  }),
  z.object({ ...about, channel: z.literal('Webhook'), news: z.record(z.string(), z.unknown()) }),
]);
export type Notice = z.infer<typeof Notice>;
export type Message = Extract<Notice, { channel: 'Sms' | 'Voice' }>;
export type News = Extract<Notice, { channel: 'Webhook' }>;

/** The shards that waiting notices are spread over, so that no single key takes every write. */
export const waitingShards = ['0', '1', '2', '3'] as const;

/** Waits between attempts, in seconds, as Standard Webhooks proposes; after the last a person decides. */
const retrySeconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 86_400] as const;

interface Recipient {
  readonly loanId: string;
  readonly applicationId: string;
  readonly partnerId: string;
}

/** A message that waits for its moment: at once, or when the quiet hours are over. */
export function waitingMessage(
  { kind, key, values, usefulUntil }: LoanNotice,
  to: Recipient,
  when: { readonly at: string; readonly quiet: QuietHours; readonly channel?: 'Sms' | 'Voice' },
): Message {
  const channel = when.channel ?? 'Sms';
  return {
    ...waiting(to, `${kind}.${key}.${channel}`, {
      at: when.at,
      sendAt: firstOpenInstant(when.at, when.quiet),
    }),
    channel,
    kind,
    values: { ...values },
    ...(usefulUntil === undefined ? {} : { usefulUntil }),
  };
}

/** News for the partner: machines have no quiet hours. */
export function waitingNews(
  news: Readonly<Record<string, unknown>>,
  to: Recipient,
  { key, at }: { readonly key: string; readonly at: string },
): News {
  return {
    ...waiting(to, `${key}.Webhook`, { at, sendAt: at }),
    channel: 'Webhook',
    news: { ...news },
  };
}

function waiting(
  { loanId, applicationId, partnerId }: Recipient,
  noticeId: string,
  { at, sendAt }: { readonly at: string; readonly sendAt: string },
) {
  return {
    loanId,
    noticeId,
    version: 1,
    applicationId,
    partnerId,
    status: 'Waiting' as const,
    round: 1,
    attempts: 0,
    createdAt: at,
    sendAt,
    waitingShard: shardOf(loanId),
  };
}

/** Under which the provider, or the partner, knows one sending of a notice. */
export function referenceOf({ loanId, noticeId, round }: Notice): string {
  return `${loanId}/${noticeId}/${round}`;
}

/** What a reference is about; undefined when it is none of ours. */
export function noticeOfReference(
  reference: string,
): { readonly loanId: string; readonly noticeId: string } | undefined {
  const [loanId, noticeId, round, ...rest] = reference.split('/');
  const isOurs = LoanId.safeParse(loanId).success && rest.length === 0;
  if (!isOurs || loanId === undefined || noticeId === undefined || round === undefined)
    return undefined;
  return { loanId, noticeId };
}

/** Says whether it is this notice's turn. */
export function isToSend(
  { status, sendAt, channel }: Notice,
  { at, quiet }: { readonly at: string; readonly quiet: QuietHours },
): boolean {
  if (status !== 'Waiting' || sendAt === undefined) return false;
  if (Date.parse(sendAt) > Date.parse(at)) return false;
  // A schedule may fire late: the clock is looked at again in the moment of sending.
  return channel === 'Webhook' || firstOpenInstant(at, quiet) === new Date(at).toISOString();
}

/** A reminder of what has long been due would only confuse. */
export function isUseless({ usefulUntil }: Notice, at: string): boolean {
  return usefulUntil !== undefined && businessDateOf(Date.parse(at)) > usefulUntil;
}

/** Handed over to the provider or the partner, who answered that they have it. */
export function markSent<Sent extends Notice>(
  notice: Sent,
  sent: { readonly at: string; readonly messageId?: string; readonly language?: Language },
): Sent {
  const { at, ...facts } = sent;
  return {
    ...settled(notice),
    ...facts,
    status: 'Sent',
    attempts: notice.attempts + 1,
    sentAt: at,
  };
}

/** Nobody wants it any more. */
export function markExpired<Expired extends Notice>(notice: Expired): Expired {
  return { ...settled(notice), status: 'Expired' };
}

/** The other side did not take it: later again, outside quiet hours, and after the last attempt it waits for a person. */
export function markFailed<Failed extends Notice>(
  notice: Failed,
  failed: { readonly at: string; readonly because: string; readonly quiet: QuietHours },
): Failed {
  const attempts = notice.attempts + 1;
  const lastFault = failed.because.slice(0, 300);
  const seconds = retrySeconds[attempts - 1];
  if (seconds === undefined) return { ...settled(notice), status: 'Parked', attempts, lastFault };
  const next = new Date(Date.parse(failed.at) + seconds * 1000).toISOString();
  const sendAt = notice.channel === 'Webhook' ? next : firstOpenInstant(next, failed.quiet);
  return { ...notice, version: notice.version + 1, attempts, lastFault, sendAt };
}

/** A person sends a parked or undelivered notice again. Undefined when there is nothing to send again. */
export function sendAgain(
  notice: Notice,
  { at, quiet }: { readonly at: string; readonly quiet: QuietHours },
): Notice | undefined {
  if (notice.status !== 'Parked' && notice.status !== 'Undelivered') return undefined;
  return {
    ...notice,
    version: notice.version + 1,
    status: 'Waiting',
    round: notice.round + 1,
    attempts: 0,
    sendAt: notice.channel === 'Webhook' ? at : firstOpenInstant(at, quiet),
    waitingShard: shardOf(notice.loanId),
  };
}

/** What the provider reports afterwards. Undefined when it is no news: a repeat, or later than a delivery. */
export function markReported(
  notice: Message,
  report: { readonly status: 'Delivered' | 'Undelivered'; readonly at: string },
): Message | undefined {
  if (notice.status === 'Delivered' || notice.status === report.status) return undefined;
  if (notice.status !== 'Sent' && notice.status !== 'Undelivered') return undefined;
  const { status, at: reportedAt } = report;
  return { ...notice, version: notice.version + 1, status, reportedAt };
}

/** The call in place of a text that did not arrive: it waits for the next sending, which minds the quiet hours. */
export function calledInstead(text: Message, at: string): Message {
  const { loanId, applicationId, partnerId, kind, values, usefulUntil } = text;
  const noticeId = `${text.noticeId.slice(0, -'Sms'.length)}Voice`;
  return {
    ...waiting({ loanId, applicationId, partnerId }, noticeId, { at, sendAt: at }),
    channel: 'Voice',
    kind,
    values,
    ...(usefulUntil === undefined ? {} : { usefulUntil }),
  };
}

/** The notice without what made it wait. */
function settled<Each extends Notice>(notice: Each): Each {
  const rest = { ...notice, version: notice.version + 1 };
  delete rest.sendAt;
  delete rest.waitingShard;
  return rest;
}

function shardOf(loanId: string): string {
  const digest = Number.parseInt(sha256Hex(loanId).slice(0, 2), 16);
  return waitingShards[digest % waitingShards.length] ?? waitingShards[0];
}
