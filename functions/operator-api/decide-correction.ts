import * as z from 'zod';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { correctApplication, decideCorrection } from '#domain/privacy/answer-request.ts';
import { correctPersonalData, CorrectionRequest } from '#domain/privacy/correct-personal-data.ts';
import {
  CorrectionRecord,
  type PersonalDataRequest,
} from '#domain/privacy/personal-data-request.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { canonicalJson } from '#domain/shared/canonical-json.ts';
import { InvalidInput, InvalidTransition } from '#domain/shared/errors.ts';
import { PersonalDataRequestId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import {
  correctionDependencies,
  digestOf,
  type CorrectionDependencies,
} from './correction-dependencies.ts';
import { RequestView, viewRequest } from './request-view.ts';

const Approval = CorrectionRequest.extend({ outcome: z.literal('Approve') });
const Refusal = z.strictObject({
  outcome: z.literal('Refuse'),
  because: CorrectionRecord.shape.because.unwrap(),
});

export const decideCorrectionRoute = describeRoute({
  operationId: 'decidePersonalDataCorrection',
  summary:
    'Approve a correction that somebody else has entered by entering the same, or refuse it; nothing of it is ever shown',
  method: 'POST',
  path: '/ops/personal-data-corrections/{requestId}/decision',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: z.object({ requestId: PersonalDataRequestId }),
  query: Nothing,
  body: z.discriminatedUnion('outcome', [Approval, Refusal]),
  status: 200,
  answer: RequestView,
  problems: ['NotFound', 'Forbidden', 'InvalidInput', 'InvalidTransition', 'ApplicationErased'],
});

type Verdict = z.infer<typeof decideCorrectionRoute.body>;

export const handler = apiRoute({
  description: decideCorrectionRoute,
  dependencies: correctionDependencies,
  run: ({ caller, parameters, body }, dependencies) =>
    retryOnConflict(async () => {
      const request = existing(
        await dependencies.requests.find(parameters.requestId),
        'such request',
      );
      if (isDoneBefore(request, body, caller.operatorId)) return { body: viewRequest(request) };
      const done = await decide(request, body, { ...dependencies, ...caller });
      return { body: viewRequest(done) };
    }),
});

/** A repeat whose first answer was lost finds its own work done. */
function isDoneBefore(
  { correction }: PersonalDataRequest,
  { outcome }: Verdict,
  operatorId: string,
): boolean {
  const wanted = outcome === 'Approve' ? 'Approved' : 'Refused';
  return correction?.outcome === wanted && correction.decidedBy === operatorId;
}

async function decide(
  request: PersonalDataRequest,
  verdict: Verdict,
  { operatorId, ...dependencies }: CorrectionDependencies & { readonly operatorId: string },
): Promise<PersonalDataRequest> {
  const { requests, now } = dependencies;
  const at = now().toISOString();
  if (verdict.outcome === 'Refuse') {
    const { because } = verdict;
    const refused = decideCorrection(request, { outcome: 'Refused', because, operatorId, at });
    await requests.replace(refused);
    return refused;
  }
  const approved = decideCorrection(request, { outcome: 'Approved', operatorId, at });
  const application = await correctedApplication(request, verdict, { ...dependencies, at });
  await requests.replaceWith(approved, application);
  return approved;
}

/** Throws when the second person has entered something else, or the data have changed since. */
async function correctedApplication(
  { requestId, applicationId = '', correction, decidedAt }: PersonalDataRequest,
  wish: Extract<Verdict, { outcome: 'Approve' }>,
  { applications, readProposal, vault, at }: CorrectionDependencies & { readonly at: string },
) {
  const { objectKey, basedOn, fields } = existing(correction, 'a correction');
  const application = existing(await applications.find(applicationId), 'such application');
  if (digestOf(application.pii) !== basedOn)
    throw new InvalidTransition('the data have changed since: refuse it and enter it again');
  const subject = sealedSubjectOf(application);
  const pii = await readProposal(objectKey);
  const [held, first] = await Promise.all([
    vault.open(application.pii, subject),
    vault.open(pii, subject),
  ]);
  const second = correctPersonalData(held, wish, businessDateOf(Date.parse(decidedAt)));
  if (canonicalJson(second.data) !== canonicalJson(first))
    throw new InvalidInput('this is not what was entered first');
  return correctApplication(application, { data: first, pii }, { requestId, fields, at });
}
