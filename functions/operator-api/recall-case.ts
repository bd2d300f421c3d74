import * as z from 'zod';
import { recallCase } from '#domain/collections/agency.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';
import { changeCaseOnce } from './change-case-once.ts';

export const recallCaseRoute = describeRoute({
  operationId: 'recallCase',
  summary: 'Take a case back from its agency; it may do nothing more from this moment',
  method: 'POST',
  path: '/ops/cases/{caseId}/recall',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  body: z.strictObject({ because: z.enum(['Complaint', 'Conduct', 'Performance', 'Expired']) }),
  status: 200,
  answer: CaseView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: recallCaseRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const at = dependencies.now().toISOString();
    const actor = `operator:${caller.operatorId}`;
    const { after, headers } = await changeCaseOnce(
      { caseId: parameters.caseId, idempotency },
      (current) => recallCase(current, { because: body.because, at, actor }),
      dependencies,
    );
    return { body: viewCase(after, businessDateOf(Date.parse(at))), headers };
  },
});
