import * as z from 'zod';
import { withdrawRequest } from '#domain/collections/withdraw-request.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { wakeCase, withdrawQuestion } from '#platform/case-work.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { assertSaid, SaidEvidence } from './case-evidence.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';
import { changeCaseOnce } from './change-case-once.ts';

export const withdrawCaseRequestRoute = describeRoute({
  operationId: 'withdrawCaseRequest',
  summary:
    'Take back a request at the wish of the debtor: it is answered no more, and the case goes on',
  method: 'POST',
  path: '/ops/cases/{caseId}/requests/{pauseId}/withdrawal',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: CaseParameters.extend({ pauseId: z.string().regex(/^pause-\d{1,9}$/) }),
  query: Nothing,
  body: z.strictObject({ evidence: SaidEvidence }),
  status: 200,
  answer: CaseView,
  problems: ['NotFound', 'InvalidInput', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: withdrawCaseRequestRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { cases, now } = dependencies;
    const { caseId, pauseId } = parameters;
    const { evidence } = body;
    const at = now().toISOString();
    const found = existing(await cases.findById(caseId), 'such case');
    if (found.applied[idempotency.mark] === undefined)
      await assertSaid(evidence, found, dependencies);
    const actor = `operator:${caller.operatorId}`;
    const { before, after, headers } = await changeCaseOnce(
      { caseId, idempotency },
      (current) => withdrawRequest(current, { pauseId, evidence, at, actor }),
      dependencies,
    );
    const pause = before.pauses.find((each) => each.pauseId === pauseId);
    if (pause !== undefined) await withdrawQuestion(after, pause, dependencies);
    await wakeCase(after, 'RequestWithdrawn', dependencies);
    return { body: viewCase(after, businessDateOf(Date.parse(at))), headers };
  },
});
