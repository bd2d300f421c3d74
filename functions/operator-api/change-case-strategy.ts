import * as z from 'zod';
import { changeStrategy } from '#domain/collections/change-strategy.ts';
import { CollectionStrategy } from '#domain/collections/strategy.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { wakeCase } from '#platform/case-work.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';
import { changeCaseOnce } from './change-case-once.ts';

export const changeCaseStrategyRoute = describeRoute({
  operationId: 'changeCaseStrategy',
  summary: 'Put a running case on another strategy or version; new cases take the one in force',
  method: 'POST',
  path: '/ops/cases/{caseId}/strategy',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  body: z.strictObject({
    strategyId: z.string().min(1).max(80),
    version: z.int().min(1).optional(),
  }),
  status: 200,
  answer: CaseView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: changeCaseStrategyRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { strategyId: id, version } = body;
    const found = await dependencies.catalog.find(
      { kind: 'collection-strategy', id, version },
      CollectionStrategy,
    );
    const strategy = existing(found, 'such strategy');
    const at = dependencies.now().toISOString();
    const actor = `operator:${caller.operatorId}`;
    const { after, headers } = await changeCaseOnce(
      { caseId: parameters.caseId, idempotency },
      (current) => changeStrategy(current, { strategy, at, actor }),
      dependencies,
    );
    await wakeCase(after, 'StrategyChanged', dependencies);
    return { body: viewCase(after, businessDateOf(Date.parse(at))), headers };
  },
});
