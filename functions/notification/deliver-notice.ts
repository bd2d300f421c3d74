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
  type News,
  type Notice,
} from '#domain/notification/notice.ts';
import type { Notices } from '#domain/notification/ports.ts';
import { ConcurrentChange, Unavailable } from '#domain/shared/errors.ts';
import { neverQuiet, type QuietHours } from '#domain/shared/quiet-hours.ts';
import { existing } from '#platform/existing.ts';
import { partnerWebhookSecrets } from '#platform/webhook-secret.ts';
import type { WebhookSender } from '#platform/webhook-sender.ts';

/** What telling a partner takes. */
export interface NewsDependencies {
  readonly notices: Notices;
  readonly catalog: Catalog;
  readonly webhooks: WebhookSender;
  readonly webhookSecretKeys: () => Promise<readonly string[]>;
  readonly now: () => Date;
}

export interface DeliveryDependencies extends NewsDependencies {
  readonly applications: Applications;
  readonly vault: PersonalDataVault;
  readonly messages: MessageSender;
}

export type Delivery = 'NotYet' | 'Sent' | 'Failed' | 'Expired' | 'Overtaken';

/**
 * Sends one waiting notice and notes what came of it. Two deliverers at once are harmless: the provider and the partner
 * know the reference, and only one of the two notes is stored.
 */
export function deliverNotice(
  notice: Notice,
  quiet: QuietHours,
  dependencies: DeliveryDependencies,
): Promise<Delivery> {
  return notice.channel === 'Webhook'
    ? deliverNews(notice, dependencies)
    : deliver(notice, dependencies, { quiet, send: () => tellBorrower(notice, dependencies) });
}

/** The same of news for the partner, whose machines know no quiet hours. */
export function deliverNews(notice: News, dependencies: NewsDependencies): Promise<Delivery> {
  const send = () => tellPartner(notice, dependencies);
  return deliver(notice, dependencies, { quiet: neverQuiet, send });
}

async function deliver(
  notice: Notice,
  { notices, now }: Pick<NewsDependencies, 'notices' | 'now'>,
  { quiet, send }: { readonly quiet: QuietHours; readonly send: () => Promise<Notice> },
): Promise<Delivery> {
  const at = now().toISOString();
  if (!isToSend(notice, { at, quiet })) return 'NotYet';
  const next = isUseless(notice, at) ? markExpired(notice) : await attempt();
  try {
    await notices.replace(next);
  } catch (error) {
    if (error instanceof ConcurrentChange) return 'Overtaken';
    throw error;
  }
  if (next.status === 'Expired') return 'Expired';
  return next.status === 'Sent' ? 'Sent' : 'Failed';

  async function attempt(): Promise<Notice> {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return markFailed(notice, { at: now().toISOString(), because: error.message, quiet });
    }
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
  notice: News,
  { catalog, webhooks, webhookSecretKeys, now }: NewsDependencies,
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
