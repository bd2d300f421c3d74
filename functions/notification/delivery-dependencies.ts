import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { personalDataVault } from '#platform/pii.ts';
import { HttpMessageSender } from '#platform/providers/message-sender.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoNotices } from '#platform/repositories/notices.ts';
import { providerSecret, webhookSecretKeys } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';
import { HttpWebhookSender } from '#platform/webhook-sender.ts';

/** What sending a notice takes. */
export function deliveryDependencies() {
  const documents = documentClient();
  return {
    notices: new DynamoNotices(documents, requireEnvironment('NOTICES_TABLE')),
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
    loans: new DynamoLoans(documents, requireEnvironment('LOANS_TABLE')),
    vault: personalDataVault(),
    messages: new HttpMessageSender(async () => (await providerSecret()).sms),
    webhooks: new HttpWebhookSender({
      allowPrivate: process.env['WEBHOOK_ALLOW_PRIVATE'] === 'true',
    }),
    webhookSecretKeys,
    now,
  };
}
