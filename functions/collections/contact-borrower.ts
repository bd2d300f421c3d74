import type { Applications, PersonalDataVault } from '#domain/applications/ports.ts';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { CollectionCase, PendingStep } from '#domain/collections/case.ts';
import { completeStep } from '#domain/collections/choose-step.ts';
import type { Contact } from '#domain/collections/contact.ts';
import type { OutcomeCode } from '#domain/collections/outcome-code.ts';
import type { Cases, CallReport, VoiceCaller } from '#domain/collections/ports.ts';
import type { ContactRequest } from '#domain/collections/reserve-contact.ts';
import type { CollectionScript, ContactChannel } from '#domain/collections/script.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { contactIdOf } from '#domain/shared/ids.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { collectingLender, conductLimits, soundScript } from '#platform/collection-catalog.ts';
import { mayStillContact, reserve, settleContact } from '#platform/contact-conduct.ts';
import { debtorValues, registeredNumber } from '#platform/debtor-message.ts';
import { existing } from '#platform/existing.ts';
import { personalDataVault } from '#platform/pii.ts';
import { HttpMessageSender } from '#platform/providers/message-sender.ts';
import { HttpVoiceCaller } from '#platform/providers/voice-caller.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { providerSecret } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { putOff, StepInput } from './step-input.ts';

export interface ContactBorrowerDependencies {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly applications: Applications;
  readonly vault: PersonalDataVault;
  readonly messages: MessageSender;
  readonly voice: VoiceCaller;
  readonly now: () => Date;
}

/**
 * Sends one message, or has a robot call. Reserved under the limits, looked at once more, then sent under a reference that
 * follows from the step: a lost answer is asked for again and is the same message. What it became is recorded.
 */
export async function runContactBorrower(
  input: StepInput,
  dependencies: ContactBorrowerDependencies,
): Promise<{ outcome: string }> {
  const { cases, catalog, now } = dependencies;
  const { borrowerKey, lenderId, number } = input;
  const collectionCase = existing(await cases.find(borrowerKey, lenderId), 'such case');
  const { pending } = collectionCase;
  if (collectionCase.status === 'Closed' || pending?.number !== number)
    return { outcome: 'Withdrawn' };
  const limits = await conductLimits(catalog, collectionCase, businessDateOf(now().getTime()));
  const script = await soundScript(catalog, pending.scriptId ?? '', limits);
  const request = requestOf(collectionCase, pending, script);
  const reserved = await reserve(collectionCase, request, { cases, now, limits });
  if (reserved.outcome === 'Refused') return putOff(input, reserved, dependencies);
  const { contact } = reserved;
  // Settled before: only the case has not heard of it yet.
  if (contact.status === 'Confirmed') return heard(input, { contact, script }, dependencies);
  if (!(await mayStillContact(contact, { cases, now, limits }))) {
    await settleContact(contact, { code: 'NotMade' }, { cases, now });
    return putOff(input, notAnyMore, dependencies);
  }
  const code = await send({ collectionCase, contact, script }, dependencies);
  const settled = await settleContact(contact, { code }, { cases, now });
  return heard(input, { contact: settled, script }, dependencies);
}

const notAnyMore = { because: 'NotAnyMore' } as const;

/** Tells the case what became of a settled contact. */
async function heard(
  input: StepInput,
  { contact, script }: Pick<Sending, 'contact' | 'script'>,
  dependencies: ContactBorrowerDependencies,
): Promise<{ outcome: string }> {
  const code = contact.outcomeCode ?? 'NotMade';
  if (code === 'NotMade') return putOff(input, notAnyMore, dependencies);
  await record(input, { code, isOpening: script.isOpening }, dependencies);
  return { outcome: code };
}

/** The id follows from opening and step: the step done again is the contact made before. */
function requestOf(
  { caseId, opening }: CollectionCase,
  { number, action, stepId, scriptId }: PendingStep,
  script: CollectionScript,
): ContactRequest {
  return {
    contactId: contactIdOf(caseId, `${opening}|${number}`),
    channel: channelOf(action),
    audience: script.audience,
    numberKey: 'registered',
    purpose: 'Collect',
    speaker: 'lender',
    actor: 'workflow',
    stepId,
    scriptId,
    isIntroduced: script.isOpening,
  };
}

function channelOf(action: PendingStep['action']): ContactChannel {
  if (
    action === 'Sms' ||
    action === 'AppMessage' ||
    action === 'VoiceNotify' ||
    action === 'AiVoice'
  )
    return action;
  throw new Error(`${action} is not sent by a machine`);
}

interface Sending {
  readonly collectionCase: CollectionCase;
  readonly contact: Contact;
  readonly script: CollectionScript;
}

async function send(
  { collectionCase, contact, script }: Sending,
  dependencies: ContactBorrowerDependencies,
): Promise<OutcomeCode> {
  const lender = await collectingLender(dependencies.catalog, collectionCase.lenderId);
  const to = await registeredNumber(collectionCase, dependencies);
  const parameters = debtorValues(collectionCase, { lender, on: contact.date });
  const reference = contact.contactId;
  if (contact.channel === 'Sms' || contact.channel === 'AppMessage') {
    await dependencies.messages.send({
      to,
      template: script.scriptId,
      parameters: { ...parameters },
      reference,
    });
    return 'Delivered';
  }
  const mode = contact.channel === 'AiVoice' ? 'Converse' : 'Notify';
  const report = await dependencies.voice.call({
    to,
    script: script.scriptId,
    parameters,
    reference,
    mode,
  });
  return codeOfCall[report.outcome];
}

const codeOfCall: Readonly<Record<CallReport['outcome'], OutcomeCode>> = {
  Answered: 'Listened',
  Completed: 'Conversed',
  NoAnswer: 'NoAnswer',
  Busy: 'Busy',
  InvalidNumber: 'InvalidNumber',
};

async function record(
  { borrowerKey, lenderId, number }: StepInput,
  { code, isOpening }: { readonly code: OutcomeCode; readonly isOpening: boolean },
  { cases, now }: ContactBorrowerDependencies,
): Promise<void> {
  await retryOnConflict(async () => {
    const current = existing(await cases.find(borrowerKey, lenderId), 'such case');
    const at = now().toISOString();
    const done = { number, result: code, on: businessDateOf(Date.parse(at)), at };
    const isHeard = code === 'Delivered' || code === 'Listened' || code === 'Conversed';
    const next = completeStep(
      current,
      isOpening && isHeard ? { ...done, introduced: 'lender' } : done,
    );
    if (next !== undefined) await cases.replace(next);
  });
}

export const handler = workflowTask({
  input: StepInput,
  dependencies: () => {
    const documents = documentClient();
    return {
      applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
      cases: new DynamoCases(documents, requireEnvironment('CASES_TABLE')),
      catalog: new DynamoCatalog(documents, requireEnvironment('CATALOG_TABLE')),
      vault: personalDataVault(),
      messages: new HttpMessageSender(async () => (await providerSecret()).sms),
      voice: new HttpVoiceCaller(async () => (await providerSecret()).sms),
      now,
    };
  },
  run: runContactBorrower,
});
