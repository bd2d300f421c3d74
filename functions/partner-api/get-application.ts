import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ApplicationView, viewApplication } from './application-view.ts';
import { ownApplication } from './own-application.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const getApplicationRoute = describeRoute({
  operationId: 'getApplication',
  summary: 'Follow an application',
  method: 'GET',
  path: '/v1/applications/{applicationId}',
  caller: 'Partner',
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: ApplicationView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getApplicationRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, { applications, catalog, sheets }) => {
    const { applicationId } = parameters;
    const application = await ownApplication(applications, applicationId, caller.partnerId);
    return { body: await viewApplication(application, { catalog, sheets }) };
  },
});
