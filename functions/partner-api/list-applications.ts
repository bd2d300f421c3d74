import * as z from 'zod';
import { ApplicationStatus } from '#domain/applications/application.ts';
import { apiRoute } from '#platform/api-route.ts';
import { openCursor, sealCursor } from '#platform/cursor.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { indexingKeys, providerSecret } from '#platform/secrets.ts';
import { partnerDependencies } from './partner-dependencies.ts';

const PAGE_SIZE = 20;
const PAGE_SIZE_MAX = 100;

export const listApplicationsRoute = describeRoute({
  operationId: 'listApplications',
  summary: 'List applications, newest first',
  method: 'GET',
  path: '/v1/applications',
  caller: 'Partner',
  parameters: Nothing,
  query: z.strictObject({
    status: ApplicationStatus.optional(),
    cursor: z.string().max(2000).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({
    items: z.array(
      z.object({
        applicationId: z.string(),
        externalId: z.string(),
        status: ApplicationStatus,
        submittedAt: z.string(),
        productId: z.string(),
        amountFen: z.int(),
        termMonths: z.int(),
        reasonCodes: z.array(z.string()),
        loanId: z.string().optional(),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listApplicationsRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, query }, { applications }) => {
    const { partnerId } = caller;
    const { status, cursor, limit } = query;
    const scope = { caller: partnerId, filter: `applications ${status ?? ''}` };
    const keys = indexingKeys(await providerSecret());
    const page = await applications.listByPartner(
      { partnerId, status },
      {
        limit,
        after: cursor === undefined ? undefined : openCursor(cursor, scope, keys),
      },
    );
    return {
      body: {
        items: page.items.map(({ requested, ...item }) => ({
          ...item,
          amountFen: requested.amountFen,
          termMonths: requested.termMonths,
        })),
        ...(page.next === undefined ? {} : { nextCursor: sealCursor(page.next, scope, keys[0]) }),
      },
    };
  },
});
