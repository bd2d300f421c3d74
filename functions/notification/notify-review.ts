import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import { Partner } from '#domain/catalog/partner.ts';
import { waitingNews } from '#domain/notification/notice.ts';
import { reviewMessage } from '#domain/notification/review-message.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { webhookSecretKeys } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';
import { HttpWebhookSender } from '#platform/webhook-sender.ts';
import { deliverNews, type NewsDependencies } from './deliver-notice.ts';

/** `DeclineUpheld` or `ApplicationReopened`: what it came to is read from the application. */
const ReviewConcluded = z.looseObject({ applicationId: ApplicationId });

export interface NotifyReviewDependencies extends NewsDependencies {
  readonly applications: Applications;
}

/**
 * Tells the partner what the review of a decline came to, either way. The news is kept before it is sent, so that an event
 * that comes again is heard once, and a partner who does not answer is tried again as with news of a loan, eight times
 * over almost two days; then it is for an operator to send.
 */
export async function runNotifyReview(
  { applicationId }: z.infer<typeof ReviewConcluded>,
  dependencies: NotifyReviewDependencies,
): Promise<{ isTold: boolean }> {
  const { applications, catalog, notices, now } = dependencies;
  const found = await applications.find(applicationId);
  const application = existing(found, `application ${applicationId}`);
  const message = reviewMessage(application);
  const { partnerId } = application;
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  if (message === undefined || partner?.webhookUrl === undefined) return { isTold: false };
  const to = { loanId: loanIdOf(applicationId), applicationId, partnerId };
  const key = `DeclineReview.${message.data.outcome}`;
  const news = waitingNews({ ...message }, to, { key, at: now().toISOString() });
  if (!(await notices.add(news))) return { isTold: false };
  return { isTold: (await deliverNews(news, dependencies)) === 'Sent' };
}

export const handler = eventConsumer({
  detail: ReviewConcluded,
  dependencies: () => {
    const documents = documentClient();
    return {
      notices: new DynamoNotices(documents, requireEnvironment('NOTICES_TABLE')),
      applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
      catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
      webhooks: new HttpWebhookSender({
        allowPrivate: process.env['WEBHOOK_ALLOW_PRIVATE'] === 'true',
      }),
      webhookSecretKeys,
      now,
    };
  },
  run: runNotifyReview,
});
