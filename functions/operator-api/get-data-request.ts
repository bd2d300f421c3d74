import * as z from 'zod';
import { PersonalDataRequestId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { requestDependencies } from './request-dependencies.ts';
import { RequestView, viewRequest } from './request-view.ts';

export const getDataRequestRoute = describeRoute({
  operationId: 'getPersonalDataRequest',
  summary: 'What a borrower asked about their own data, what was decided and whether it is done',
  method: 'GET',
  path: '/ops/personal-data-requests/{requestId}',
  caller: 'Operator',
  roles: ['Supervisor', 'Auditor'],
  parameters: z.object({ requestId: PersonalDataRequestId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: RequestView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getDataRequestRoute,
  dependencies: requestDependencies,
  run: async ({ parameters }, { requests }) => ({
    body: viewRequest(existing(await requests.find(parameters.requestId), 'such request')),
  }),
});
