import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import { Partner } from '#domain/catalog/partner.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { reviewMessage } from '#domain/notification/review-message.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { webhookSecretKeys } from '#platform/secrets.ts';
import { partnerWebhookSecrets } from '#platform/webhook-secret.ts';
import { HttpWebhookSender, type WebhookSender } from '#platform/webhook-sender.ts';

/** `DeclineUpheld` or `ApplicationReopened`: what it came to is read from the application. */
const ReviewConcluded = z.looseObject({ applicationId: ApplicationId });

export interface NotifyReviewDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly webhooks: WebhookSender;
  readonly webhookSecretKeys: () => Promise<readonly string[]>;
}

/**
 * Tells the partner what the review of a decline came to, either way. The message carries an id of its own, so that an
 * event that comes again is heard once. A partner who does not answer is tried again, then the event waits among the dead
 * letters, from where it can be sent again.
 */
export async function runNotifyReview(
  { applicationId }: z.infer<typeof ReviewConcluded>,
  { applications, catalog, webhooks, webhookSecretKeys: keys }: NotifyReviewDependencies,
): Promise<{ isTold: boolean }> {
  const found = await applications.find(applicationId);
  const application = existing(found, `application ${applicationId}`);
  const message = reviewMessage(application);
  const { partnerId } = application;
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  if (message === undefined || partner?.webhookUrl === undefined) return { isTold: false };
  await webhooks.send({
    url: partner.webhookUrl,
    secrets: partnerWebhookSecrets(await keys(), partnerId),
    messageId: `${applicationId}-DeclineReview-${message.data.outcome}`,
    body: JSON.stringify(message),
  });
  return { isTold: true };
}

export const handler = eventConsumer({
  detail: ReviewConcluded,
  dependencies: () => ({
    applications: new DynamoApplications(
      documentClient(),
      requireEnvironment('APPLICATIONS_TABLE'),
    ),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
    webhooks: new HttpWebhookSender({
      allowPrivate: process.env['WEBHOOK_ALLOW_PRIVATE'] === 'true',
    }),
    webhookSecretKeys,
  }),
  run: runNotifyReview,
});
