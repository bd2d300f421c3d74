import * as z from 'zod';
import { ApplicationSummary } from '#domain/applications/ports.ts';
import { ApplicationStatus } from '#domain/applications/application.ts';
import { ApplicationId, Instant, PartnerId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const listPartnerApplicationsRoute = describeRoute({
  operationId: 'listPartnerApplications',
  summary: 'Applications of one partner, newest first',
  method: 'GET',
  path: '/ops/applications',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    partnerId: PartnerId,
    status: ApplicationStatus.optional(),
    ...pageQuery({ size: 50, atMost: 100 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ApplicationSummary), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listPartnerApplicationsRoute,
  dependencies: operatorDependencies,
  run: async ({ query }, { applications }) => {
    const { partnerId, status, cursor, limit } = query;
    const Key = z.strictObject({
      applicationId: ApplicationId,
      partnerId: z.literal(partnerId),
      submittedAt: Instant,
    });
    const after = pageKeyIn(cursor, Key);
    const page = await applications.listByPartner({ partnerId, status }, { limit, after });
    return {
      body: {
        items: [...page.items],
        ...operatorCursor(page.next),
      },
    };
  },
});
