import * as z from 'zod';
import { agreeHours, type Debtor } from '#domain/collections/debtor.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { wakeCase } from '#platform/case-work.ts';
import { conductLimits } from '#platform/collection-catalog.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { assertSaid, SaidEvidence } from './case-evidence.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters } from './case-view.ts';

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 18:30');
const AgreedHours = z.strictObject({ kind: z.enum(['Only', 'Also']), from: Time, to: Time });

export const agreeContactHoursRoute = describeRoute({
  operationId: 'agreeContactHours',
  summary: 'Record the hours the debtor wishes to be contacted in, or allows besides the ordinary',
  method: 'POST',
  path: '/ops/cases/{caseId}/contact-hours',
  caller: 'Operator',
  roles: ['Collector', 'Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  /** What was agreed stays with the person, over all cases. */
  body: AgreedHours.extend({ evidence: SaidEvidence }),
  status: 200,
  answer: AgreedHours.extend({ agreedOn: z.string() }).meta({ id: 'ContactHours' }),
  problems: ['NotFound', 'InvalidInput'],
});

export const handler = apiRoute({
  description: agreeContactHoursRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body }, dependencies) => {
    const { cases, catalog, now } = dependencies;
    const found = existing(await cases.findById(parameters.caseId), 'such case');
    const { borrowerKey } = found;
    await assertSaid(body.evidence, found, dependencies);
    const at = now().toISOString();
    const agreedOn = businessDateOf(Date.parse(at));
    const limits = await conductLimits(catalog, found, agreedOn);
    const actor = `operator:${caller.operatorId}`;
    const debtor = await retryOnConflict(async (): Promise<Debtor | undefined> => {
      const known = await cases.findDebtor(borrowerKey);
      const hours = { ...body, agreedOn };
      const next = agreeHours(known, { borrowerKey, hours, at, actor, limits });
      if (next !== undefined) await cases.replaceDebtor(next);
      return next ?? known;
    });
    // What waits for an hour that is no longer one waits anew.
    await wakeCase(found, 'HoursAgreed', dependencies);
    const { kind, from, to, agreedOn: since } = existing(debtor?.agreedHours, 'such hours');
    return { body: { kind, from, to, agreedOn: since } };
  },
});
