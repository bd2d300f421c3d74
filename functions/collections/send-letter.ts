import type { Catalog } from '#domain/catalog/ports.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import { completeStep } from '#domain/collections/choose-step.ts';
import type { Contact } from '#domain/collections/contact.ts';
import { fillScript } from '#domain/collections/script.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { contactIdOf } from '#domain/shared/ids.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { collectingLender, conductLimits, soundScript } from '#platform/collection-catalog.ts';
import { mayStillContact, reserve, settleContact } from '#platform/contact-conduct.ts';
import { S3ContractPapers, type ContractPapers } from '#platform/contract-papers.ts';
import { debtorValues } from '#platform/debtor-message.ts';
import { existing } from '#platform/existing.ts';
import { contractFont } from '#platform/pdf/contract-font.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { putOff, StepInput } from './step-input.ts';
import { writeDemandLetter } from './demand-letter.ts';

export interface SendLetterDependencies {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly papers: ContractPapers;
  readonly now: () => Date;
}

/** Writes the demand letter and hands it to the post, which fetches it where it is kept. A repeat writes the same object. */
export async function runSendLetter(
  input: StepInput,
  dependencies: SendLetterDependencies,
): Promise<{ outcome: string }> {
  const { cases, catalog, now } = dependencies;
  const { borrowerKey, lenderId, number } = input;
  const found = existing(await cases.find(borrowerKey, lenderId), 'such case');
  const { pending, caseId, opening } = found;
  if (found.status === 'Closed' || pending?.number !== number) return { outcome: 'Withdrawn' };
  const limits = await conductLimits(catalog, found, businessDateOf(now().getTime()));
  const script = await soundScript(catalog, pending.scriptId ?? '', limits);
  const reserved = await reserve(
    found,
    {
      contactId: contactIdOf(caseId, `${opening}|${number}`),
      channel: 'Letter',
      audience: script.audience,
      numberKey: 'registered',
      purpose: 'Collect',
      speaker: 'lender',
      actor: 'workflow',
      stepId: pending.stepId,
      scriptId: script.scriptId,
      isIntroduced: script.isOpening,
    },
    { cases, now, limits },
  );
  if (reserved.outcome === 'Refused') return putOff(input, reserved, dependencies);
  const { contact } = reserved;
  if (contact.status === 'Reserved') {
    const isAllowed = await mayStillContact(contact, { cases, now, limits });
    if (isAllowed) await keepLetter(found, { contact, text: script.text }, dependencies);
    const code = isAllowed ? 'Delivered' : 'NotMade';
    await settleContact(contact, { code }, { cases, now });
    if (!isAllowed) return putOff(input, { because: 'NotAnyMore' }, dependencies);
  }
  await retryOnConflict(async () => {
    const current = existing(await cases.find(borrowerKey, lenderId), 'such case');
    const at = now().toISOString();
    const on = businessDateOf(Date.parse(at));
    const next = completeStep(current, {
      number,
      result: 'Delivered',
      on,
      at,
      introduced: 'lender',
    });
    if (next !== undefined) await cases.replace(next);
  });
  return { outcome: 'Delivered' };
}

async function keepLetter(
  collectionCase: CollectionCase,
  { contact, text }: { readonly contact: Contact; readonly text: { zh: string; en: string } },
  { catalog, papers, now }: SendLetterDependencies,
): Promise<void> {
  const lender = await collectingLender(catalog, collectionCase.lenderId);
  const values = debtorValues(collectionCase, { lender, on: contact.date });
  const letter = {
    institution: lender.name,
    contractNumber: values['contractNumber'] ?? '',
    date: contact.date,
    text: { zh: fillScript(text.zh, values), en: fillScript(text.en, values) },
    madeAt: now(),
  };
  const pdf = await writeDemandLetter(letter, contractFont());
  await papers.put(`letters/${collectionCase.caseId}/${contact.contactId}.pdf`, pdf);
}

export const handler = workflowTask({
  input: StepInput,
  dependencies: () => ({
    cases: new DynamoCases(documentClient(), requireEnvironment('CASES_TABLE')),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
    papers: new S3ContractPapers(),
    now,
  }),
  run: runSendLetter,
});
