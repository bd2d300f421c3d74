import * as z from 'zod';
import type { Applications, PersonalDataVault } from '#domain/applications/ports.ts';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import {
  assignAgency,
  CollectionAgency,
  noteAssignmentNotice,
} from '#domain/collections/agency.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { contactIdOf } from '#domain/shared/ids.ts';
import { Forbidden } from '#domain/shared/errors.ts';
import { apiRoute, type Idempotency } from '#platform/api-route.ts';
import { collectingLender, conductLimits, soundScript } from '#platform/collection-catalog.ts';
import { refusalText, reserve, settleContact } from '#platform/contact-conduct.ts';
import { debtorValues, registeredNumber } from '#platform/debtor-message.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';
import { changeCaseOnce } from './change-case-once.ts';

export const assignCaseRoute = describeRoute({
  operationId: 'assignCase',
  summary: 'Give a case to an agency on the register; the debtor is told before it may do anything',
  method: 'POST',
  path: '/ops/cases/{caseId}/assignment',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  body: z.strictObject({ agencyId: z.string().min(1).max(80) }),
  status: 200,
  answer: CaseView,
  problems: ['NotFound', 'Forbidden', 'InvalidTransition', 'IdempotencyKeyReused', 'Unavailable'],
});

export interface AssignDependencies {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly applications: Applications;
  readonly vault: PersonalDataVault;
  readonly messages: MessageSender;
  readonly now: () => Date;
}

export interface AssignmentRequest {
  readonly caseId: string;
  readonly idempotency: Pick<Idempotency, 'mark' | 'bodyHash'>;
  readonly operatorId: string;
  readonly agencyId: string;
}

/** Stores the assignment, tells the debtor, then lets the agency work. A repeat goes on where the first one stopped. */
export async function runAssignCase(request: AssignmentRequest, dependencies: AssignDependencies) {
  const { cases, catalog, now } = dependencies;
  const at = now().toISOString();
  const on = businessDateOf(Date.parse(at));
  const agency = existing(
    await catalog.find({ kind: 'collection-agency', id: request.agencyId }, CollectionAgency),
    'such agency',
  );
  const found = existing(await cases.findById(request.caseId), 'such case');
  const limits = await conductLimits(catalog, found, on);
  const actor = `operator:${request.operatorId}`;
  const { after, headers } = await changeCaseOnce(
    request,
    (current) => assignAgency(current, agency, { on, at, actor, limits }),
    dependencies,
  );
  const told = await tellDebtor(after, { agency, mark: request.idempotency.mark }, dependencies);
  return { after: told, headers };
}

async function tellDebtor(
  assigned: CollectionCase,
  { agency, mark }: { readonly agency: CollectionAgency; readonly mark: string },
  dependencies: AssignDependencies,
): Promise<CollectionCase> {
  const { cases, catalog, messages, now } = dependencies;
  const { assignment, borrowerKey, lenderId } = assigned;
  if (assignment?.agencyId !== agency.agencyId || assignment.noticedAt !== undefined)
    return assigned;
  const on = businessDateOf(now().getTime());
  const limits = await conductLimits(catalog, assigned, on);
  const script = await soundScript(catalog, 'assignment-notice', limits);
  const reserved = await reserve(
    assigned,
    {
      contactId: contactIdOf(assigned.caseId, `notice ${mark}`),
      channel: 'Sms',
      audience: script.audience,
      numberKey: 'registered',
      purpose: 'Notice',
      speaker: 'lender',
      actor: 'workflow',
      scriptId: script.scriptId,
      isIntroduced: script.isOpening,
    },
    { cases, now, limits },
  );
  if (reserved.outcome === 'Refused') throw new Forbidden(refusalText(reserved));
  const lender = await collectingLender(catalog, lenderId);
  await messages.send({
    to: await registeredNumber(assigned, dependencies),
    template: script.scriptId,
    parameters: { ...debtorValues(assigned, { lender, on, principal: agency.name }) },
    reference: reserved.contact.contactId,
  });
  await settleContact(reserved.contact, { code: 'Delivered' }, { cases, now });
  return retryOnConflict(async () => {
    const current = existing(await cases.find(borrowerKey, lenderId), 'such case');
    const at = now().toISOString();
    const next = noteAssignmentNotice(current, { agencyId: agency.agencyId, at });
    if (next !== undefined) await cases.replace(next);
    return next ?? current;
  });
}

export const handler = apiRoute({
  description: assignCaseRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { after, headers } = await runAssignCase(
      {
        caseId: parameters.caseId,
        idempotency,
        operatorId: caller.operatorId,
        agencyId: body.agencyId,
      },
      dependencies,
    );
    return { body: viewCase(after, businessDateOf(dependencies.now().getTime())), headers };
  },
});
