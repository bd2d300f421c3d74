import * as z from 'zod';
import { Language, NoticeKind } from '#domain/notification/message-templates.ts';
import type { Notice } from '#domain/notification/notice.ts';
import { BusinessDate, Instant, LoanId } from '#domain/shared/primitives.ts';

export const NoticeView = z
  .object({
    loanId: LoanId,
    noticeId: z.string(),
    channel: z.enum(['Sms', 'Voice', 'Webhook']),
    status: z.enum(['Waiting', 'Sent', 'Delivered', 'Undelivered', 'Expired', 'Parked']),
    round: z.int(),
    attempts: z.int(),
    createdAt: Instant,
    sendAt: Instant.optional(),
    sentAt: Instant.optional(),
    reportedAt: Instant.optional(),
    usefulUntil: BusinessDate.optional(),
    lastFault: z.string().optional(),
    /** Of a message to the borrower. */
    kind: NoticeKind.optional(),
    language: Language.optional(),
    values: z.record(z.string(), z.string()).optional(),
    /** Of news for the partner. */
    news: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Notice' });

/** The notice as operators see it. */
export function viewNotice(notice: Notice): z.infer<typeof NoticeView> {
  return NoticeView.parse(notice);
}
