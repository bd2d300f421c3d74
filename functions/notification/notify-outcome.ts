import * as z from 'zod';
import { recordAfterwards } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import { contactOf } from '#domain/applications/validate-applicant.ts';
import { Partner } from '#domain/catalog/partner.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { LoanSchedule } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { borrowerMessage, partnerMessage } from '#domain/notification/outcome-message.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { personalDataVault } from '#platform/pii.ts';
import { HttpMessageSender } from '#platform/providers/message-sender.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { providerSecret, webhookSecretKeys } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { partnerWebhookSecrets } from '#platform/webhook-secret.ts';
import { HttpWebhookSender, type WebhookSender } from '#platform/webhook-sender.ts';
import { workflowTask } from '#platform/workflow-task.ts';

export const NotifyOutcomeInput = z.object({
  applicationId: ApplicationId,
  /** The last try failed: record that people have to follow it up. */
  park: z.boolean().optional(),
});

export interface NotifyOutcomeDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly loans: Loans;
  readonly vault: PersonalDataVault;
  readonly messages: MessageSender;
  readonly webhooks: WebhookSender;
  readonly webhookSecretKeys: () => Promise<readonly string[]>;
  readonly now: () => Date;
}

/** Tells borrower and partner how it ended. Both messages carry ids of their own, so a repeated step is heard once. */
export async function runNotifyOutcome(
  { applicationId, park = false }: z.infer<typeof NotifyOutcomeInput>,
  dependencies: NotifyOutcomeDependencies,
): Promise<{ status: Application['status']; isParked: boolean }> {
  const { applications, now } = dependencies;
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  const { status } = application;
  if (!isClosed(status))
    throw new InvalidTransition(`application ${applicationId} is ${status}: there is no outcome`);
  if (park) {
    const note = { type: 'NotificationParked', at: now().toISOString(), actor: 'workflow' };
    if (application.event.type !== note.type)
      await applications.replace(recordAfterwards(application, note));
    return { status, isParked: true };
  }
  const schedule = await scheduleOf(application, dependencies);
  await Promise.all([
    tellBorrower(application, schedule, dependencies),
    tellPartner(application, dependencies),
  ]);
  return { status, isParked: false };
}

async function scheduleOf(
  { status, loanId }: Application,
  { loans }: NotifyOutcomeDependencies,
): Promise<LoanSchedule | undefined> {
  return status === 'Disbursed' && loanId !== undefined ? loans.findSchedule(loanId, 1) : undefined;
}

async function tellBorrower(
  application: Application,
  schedule: LoanSchedule | undefined,
  { vault, messages }: NotifyOutcomeDependencies,
): Promise<void> {
  const { applicant } = await vault.open(application.pii, sealedSubjectOf(application));
  const { template, parameters } = borrowerMessage(application, schedule);
  const reference = `${application.applicationId}:${application.status}`;
  await messages.send({ to: contactOf(applicant).mobile, template, parameters, reference });
}

async function tellPartner(
  application: Application,
  { catalog, webhooks, webhookSecretKeys }: NotifyOutcomeDependencies,
): Promise<void> {
  const { partnerId, applicationId, status } = application;
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  if (partner?.webhookUrl === undefined) return;
  await webhooks.send({
    url: partner.webhookUrl,
    secrets: partnerWebhookSecrets(await webhookSecretKeys(), partnerId),
    messageId: `${applicationId}-${status}`,
    body: JSON.stringify(partnerMessage(application)),
  });
  await crashPoint('webhook.after-send');
}

export const handler = workflowTask({
  input: NotifyOutcomeInput,
  dependencies: () => {
    const documents = documentClient();
    return {
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
  },
  run: runNotifyOutcome,
});
