import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import { MessageTemplates, templateOf } from '#domain/notification/message-templates.ts';
import {
  calledInstead,
  markReported,
  noticeOfReference,
  referenceOf,
} from '#domain/notification/notice.ts';
import type { Notices } from '#domain/notification/ports.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';
import { callbackRoute, type Received } from './callback-route.ts';

export const MessageCallback = z.object({
  messageId: z.string().min(1).max(100),
  reference: z.string().min(1).max(300),
  status: z.enum(['Delivered', 'Undelivered']),
  at: Instant,
});
export type MessageCallback = z.infer<typeof MessageCallback>;

export interface MessageCallbackDependencies {
  readonly notices: Notices;
  readonly catalog: Catalog;
  readonly now: () => Date;
}

/**
 * The message provider says what became of a message. A borrower whom a text did not reach is called instead, where the
 * template says so; the call waits like any other notice, and its own report calls nobody again.
 */
export async function runMessageCallback(
  { reference, status, at }: MessageCallback,
  { notices, catalog, now }: MessageCallbackDependencies,
): Promise<Received> {
  const key = noticeOfReference(reference);
  // Messages about applications carry references of their own and are not followed.
  if (key === undefined) return 'Accepted';
  return retryOnConflict(async () => {
    const notice = await notices.find(key);
    if (notice === undefined || notice.channel === 'Webhook') return 'Unknown';
    if (notice.status === 'Waiting' && referenceOf(notice) === reference) return 'TooEarly';
    const next =
      referenceOf(notice) === reference ? markReported(notice, { status, at }) : undefined;
    if (next !== undefined) await notices.replace(next);
    if (status === 'Undelivered' && notice.channel === 'Sms') {
      const wording = await catalog.find(
        { kind: 'message-templates', id: 'default' },
        MessageTemplates,
      );
      const { isCalledWhenUndelivered } = templateOf(
        existing(wording, 'message templates'),
        notice.kind,
      );
      if (isCalledWhenUndelivered) await notices.add(calledInstead(notice, now().toISOString()));
    }
    return 'Accepted';
  });
}

export const handler = callbackRoute({
  body: MessageCallback,
  dependencies: () => ({
    notices: new DynamoNotices(documentClient(), requireEnvironment('NOTICES_TABLE')),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
    now,
  }),
  run: runMessageCallback,
});
