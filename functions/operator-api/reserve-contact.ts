import * as z from 'zod';
import type { PersonalDataVault } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import type { ContactRequest } from '#domain/collections/reserve-contact.ts';
import { checkMobile } from '#domain/identity/mobile.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { Forbidden, InvalidInput } from '#domain/shared/errors.ts';
import { contactIdOf } from '#domain/shared/ids.ts';
import { apiRoute } from '#platform/api-route.ts';
import { agencyOf, conductLimits, soundScript } from '#platform/collection-catalog.ts';
import { assertSameContact, refusalText, reserve } from '#platform/contact-conduct.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters } from './case-view.ts';
import { ContactView } from './get-case.ts';

const Body = z.strictObject({
  channel: z.enum(['Call', 'Visit']),
  scriptId: z.string().min(1).max(80),
  /** Of a third person, whose number is not ours to keep: it is recognised, never stored. */
  mobile: z.string().max(30).optional(),
  purpose: z.enum(['Collect', 'FindDebtor', 'PassMessage']).default('Collect'),
  staff: z.array(z.string().min(1).max(100)).max(10).optional(),
  hasConsent: z.boolean().optional(),
});

export const reserveContactRoute = describeRoute({
  operationId: 'reserveContact',
  summary: 'Ask whether a call or visit may be made now; without a reservation nobody is contacted',
  method: 'POST',
  path: '/ops/cases/{caseId}/contacts',
  caller: 'Operator',
  roles: ['Collector', 'Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  body: Body,
  status: 201,
  answer: ContactView,
  problems: ['NotFound', 'Forbidden'],
});

export interface ContactAsked {
  readonly caseId: string;
  readonly mark: string;
  readonly operatorId: string;
  readonly body: z.infer<typeof Body>;
}

export interface ReserveDependencies {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly vault: Pick<PersonalDataVault, 'fingerprints'>;
  readonly now: () => Date;
}

/** Reserves one contact of a person, under every limit that holds, or says which stands in the way. */
export async function runReserveContact(asked: ContactAsked, dependencies: ReserveDependencies) {
  const { cases, catalog, now } = dependencies;
  const found = existing(await cases.findById(asked.caseId), 'such case');
  const limits = await conductLimits(catalog, found, businessDateOf(now().getTime()));
  const script = await soundScript(catalog, asked.body.scriptId, limits);
  if (!script.channels.includes(asked.body.channel))
    throw new InvalidInput(`script ${script.scriptId} is not for a ${asked.body.channel}`);
  const request: ContactRequest = {
    ...asked.body,
    contactId: contactIdOf(asked.caseId, asked.mark),
    audience: script.audience,
    ...(await numberKeysIn(script.audience, asked, dependencies)),
    speaker: speakerOf(found),
    actor: `operator:${asked.operatorId}`,
    stepId: found.pending?.stepId,
    isIntroduced: script.isOpening,
    staff: asked.body.staff ?? [],
    hasConsent: asked.body.hasConsent ?? false,
  };
  const agency = await agencyOf(catalog, found);
  const reserved = await reserve(found, request, { cases, now, limits, agency });
  if (reserved.outcome === 'Refused') throw new Forbidden(refusalText(reserved));
  assertSameContact(reserved.contact, request);
  return reserved.contact;
}

/** The agency that has the case speaks, once the debtor was told of it. */
function speakerOf({ assignment }: CollectionCase): string {
  return assignment?.noticedAt === undefined ? 'lender' : assignment.agencyId;
}

async function numberKeysIn(
  audience: string,
  { body }: ContactAsked,
  { vault }: ReserveDependencies,
): Promise<Pick<ContactRequest, 'numberKey' | 'formerNumberKeys'>> {
  if (audience !== 'ThirdPerson') return { numberKey: 'registered' };
  const mobile = checkMobile(body.mobile ?? '');
  if (!mobile.isValid) throw new InvalidInput('say which number of the third person in mobile');
  const [numberKey, ...formerNumberKeys] = await vault.fingerprints(mobile.value);
  return { numberKey, formerNumberKeys };
}

export const handler = apiRoute({
  description: reserveContactRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => ({
    body: await runReserveContact(
      {
        caseId: parameters.caseId,
        mark: idempotency.mark,
        operatorId: caller.operatorId,
        body,
      },
      dependencies,
    ),
  }),
});
