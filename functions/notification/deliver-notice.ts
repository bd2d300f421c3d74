import {
  sealedSubjectOf,
  type Applications,
  type PersonalDataVault,
} from '#domain/applications/ports.ts';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import { contactOf } from '#domain/applications/validate-applicant.ts';
import { Partner } from '#domain/catalog/partner.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import {
  MessageTemplates,
  renderText,
  templateOf,
} from '#domain/notification/message-templates.ts';
import {
  isToSend,
  isUseless,
  markExpired,
  markFailed,
  markSent,
  referenceOf,
  type Message,
  type Notice,
} from '#domain/notification/notice.ts';
import type { Notices } from '#domain/notification/ports.ts';
import { ConcurrentChange, Unavailable } from '#domain/shared/errors.ts';
import type { QuietHours } from '#domain/shared/quiet-hours.ts';
import { existing } from '#platform/existing.ts';
import { partnerWebhookSecrets } from '#platform/webhook-secret.ts';
import type { WebhookSender } from '#platform/webhook-sender.ts';

export interface DeliveryDependencies {
  readonly notices: Notices;
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly messages: MessageSender;
  readonly webhooks: WebhookSender;
  readonly webhookSecretKeys: () => Promise<readonly string[]>;
  readonly now: () => Date;
}

export type Delivery = 'NotYet' | 'Sent' | 'Failed' | 'Expired' | 'Overtaken';

/**
 * Sends one waiting notice and notes what came of it. Two deliverers at once are harmless: the provider and the partner
 * know the reference, and only one of the two notes is stored.
 */
export async function deliverNotice(
  notice: Notice,
  quiet: QuietHours,
  dependencies: DeliveryDependencies,
): Promise<Delivery> {
  const { notices, now } = dependencies;
  const at = now().toISOString();
  if (!isToSend(notice, { at, quiet })) return 'NotYet';
  const next = isUseless(notice, at)
    ? markExpired(notice)
    : await attempt(notice, quiet, dependencies);
  try {
    await notices.replace(next);
  } catch (error) {
    if (error instanceof ConcurrentChange) return 'Overtaken';
    throw error;
  }
  if (next.status === 'Expired') return 'Expired';
  return next.status === 'Sent' ? 'Sent' : 'Failed';
}

async function attempt(
  notice: Notice,
  quiet: QuietHours,
  dependencies: DeliveryDependencies,
): Promise<Notice> {
  try {
    return notice.channel === 'Webhook'
      ? await tellPartner(notice, dependencies)
      : await tellBorrower(notice, dependencies);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const at = dependencies.now().toISOString();
    return markFailed(notice, { at, because: error.message, quiet });
  }
}

async function tellBorrower(
  notice: Message,
  { applications, catalog, vault, messages, now }: DeliveryDependencies,
): Promise<Notice> {
  const { applicationId, kind, values, channel } = notice;
  const [found, wording] = await Promise.all([
    applications.find(applicationId),
    catalog.find({ kind: 'message-templates', id: 'default' }, MessageTemplates),
  ]);
  const application = existing(found, `application ${applicationId}`);
  const { applicant } = await vault.open(application.pii, sealedSubjectOf(application));
  const { mobile } = contactOf(applicant);
  const { language = 'zh' } = applicant;
  const template = templateOf(existing(wording, 'message templates'), kind);
  // Renders to prove that nothing is missing; the provider fills in the registered wording itself.
  renderText(template.texts[language], values);
  const { messageId } = await messages.send({
    to: mobile,
    channel,
    template: template.code[language],
    parameters: values,
    reference: referenceOf(notice),
  });
  return markSent(notice, { at: now().toISOString(), messageId, language });
}

async function tellPartner(
  notice: Extract<Notice, { channel: 'Webhook' }>,
  { catalog, webhooks, webhookSecretKeys, now }: DeliveryDependencies,
): Promise<Notice> {
  const { partnerId, news } = notice;
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  if (partner?.webhookUrl === undefined) return markExpired(notice);
  await webhooks.send({
    url: partner.webhookUrl,
    secrets: partnerWebhookSecrets(await webhookSecretKeys(), partnerId),
    messageId: referenceOf(notice).replaceAll('/', '-'),
    body: JSON.stringify(news),
  });
  return markSent(notice, { at: now().toISOString() });
}
