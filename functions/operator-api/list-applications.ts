import * as z from 'zod';
import { ApplicationSummary } from '#domain/applications/ports.ts';
import { ApplicationStatus } from '#domain/applications/application.ts';
import { ApplicationId, Instant, PartnerId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { ApiProblem } from '#platform/problem.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 100;

/** The key of the index: a cursor made up by hand either is one of these or is refused. */
const Cursor = z.strictObject({
  applicationId: ApplicationId,
  partnerId: PartnerId,
  submittedAt: Instant,
});

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
    cursor: z.base64url().max(2000).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
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
    const after = cursor === undefined ? undefined : pageKeyOf(cursor, partnerId);
    const page = await applications.listByPartner({ partnerId, status }, { limit, after });
    return {
      body: {
        items: [...page.items],
        ...(page.next === undefined
          ? {}
          : { nextCursor: Buffer.from(JSON.stringify(page.next)).toString('base64url') }),
      },
    };
  },
});

/** Operators may see every partner, so a cursor opens nothing they could not list anyway: it needs no seal. */
function pageKeyOf(cursor: string, partnerId: string): z.infer<typeof Cursor> {
  const key = Cursor.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (key.data?.partnerId !== partnerId)
    throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
      { path: 'cursor', message: 'not a cursor of this list' },
    ]);
  return key.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
