import * as z from 'zod';
import { decideRetention } from '#domain/privacy/decide-retention.ts';
import {
  ErasureKind,
  startRequest,
  Verification,
  type PersonalDataRequest,
} from '#domain/privacy/personal-data-request.ts';
import type { RetentionPolicy } from '#domain/privacy/retention-policy.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { ApplicationId, BusinessDate } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { enterRequest } from './enter-request.ts';
import { requestDependencies, type RequestDependencies } from './request-dependencies.ts';
import { RequestView, viewRequest } from './request-view.ts';

export const enterDataRequestRoute = describeRoute({
  operationId: 'enterPersonalDataRequest',
  summary:
    'A borrower asks that their data is erased, found by one of their applications, or a restore has brought back what was erased; decided at once by what the law has kept',
  method: 'POST',
  path: '/ops/personal-data-requests',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: Nothing,
  query: Nothing,
  body: z.strictObject({
    applicationId: ApplicationId,
    kind: ErasureKind,
    /** How it was made sure that it is the person who asks. */
    verification: Verification,
    receivedOn: BusinessDate,
  }),
  status: 202,
  answer: RequestView,
  problems: ['NotFound', 'ApplicationErased', 'InvalidInput', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: enterDataRequestRoute,
  dependencies: requestDependencies,
  run: async (asked, dependencies) => {
    const { kind, verification, receivedOn } = asked.body;
    const { request, headers } = await enterRequest(
      asked,
      dependencies,
      async ({ facts, date }) => {
        assertFits(asked.body);
        const today = { policy: facts.policy, date };
        const decisions = await decide(asked.body, today, dependencies);
        return startRequest({ kind, verification, receivedOn, ...facts, decisions });
      },
    );
    return { body: viewRequest(request), headers };
  },
});

/** A person is verified, a line of the register is not; neither stands for the other. */
function assertFits({ kind, verification }: Pick<PersonalDataRequest, 'kind' | 'verification'>) {
  if ((kind === 'RepeatedErasure') !== (verification === 'ErasureRegister'))
    throw new InvalidInput(`${kind} does not go with the verification ${verification}`);
}

/** About everything the borrower has sent, by whichever partner: one application is how they were found. */
async function decide(
  { applicationId, kind }: { readonly applicationId: string; readonly kind: string },
  today: { readonly policy: RetentionPolicy; readonly date: string },
  { applications, loans, retention }: RequestDependencies,
): Promise<PersonalDataRequest['decisions']> {
  const found = existing(await applications.find(applicationId), 'such application');
  const ids = kind === 'Deletion' ? await retention.listOfBorrower(found.borrowerKey) : [];
  // The index may be a moment behind: the one that was named is always among them.
  return Promise.all(
    [...new Set([applicationId, ...ids])].map(async (id) => {
      const application = id === applicationId ? found : await applications.find(id);
      const loan = await loans.find(loanIdOf(id));
      return {
        applicationId: id,
        ...decideRetention(
          { application: existing(application, `application ${id}`), loan },
          { ...today, isRequested: true },
        ),
      };
    }),
  );
}
