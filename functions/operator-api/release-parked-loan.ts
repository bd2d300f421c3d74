import * as z from 'zod';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { DynamoParkedLoans } from '#platform/repositories/parked-loans.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { now } from '#platform/time.ts';

export const releaseParkedLoanRoute = describeRoute({
  operationId: 'releaseParkedLoan',
  summary: 'Put a parked loan back: the next day close takes it up and catches up what it missed',
  method: 'POST',
  path: '/ops/loans/{loanId}/day-close-release',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ loanId: LoanId, releasedAt: z.string() }),
  problems: ['InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: releaseParkedLoanRoute,
  dependencies: () => ({
    parkedLoans: new DynamoParkedLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
    keys: rememberedRequests(),
  }),
  run: ({ caller, parameters, idempotency }, { parkedLoans, keys }) =>
    answerOnce(
      {
        keys,
        callerId: caller.operatorId,
        idempotency,
        at: now(),
        answer: releaseParkedLoanRoute.answer,
      },
      async () => {
        const { loanId } = parameters;
        const at = now().toISOString();
        const { operatorId } = caller;
        if (!(await parkedLoans.release(loanId, { operatorId, at })))
          throw new InvalidTransition(`loan ${loanId} is not parked`);
        return { loanId, releasedAt: at };
      },
    ),
});
