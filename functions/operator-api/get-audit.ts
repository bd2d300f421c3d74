import * as z from 'zod';
import { DomainEvent } from '#domain/shared/domain-event.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { queryPage } from '#platform/repositories/queries.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';

const LINKS_MAX = 1000;

const Link = z.object({
  sequence: z.int(),
  previousHash: z.string(),
  hash: z.string(),
  event: DomainEvent,
});

export const getAuditRoute = describeRoute({
  operationId: 'getAudit',
  summary: 'The audit chain of one application, loan, payout or task',
  method: 'GET',
  path: '/ops/audit/{subjectId}',
  caller: 'Operator',
  roles: ['Supervisor', 'Auditor'],
  parameters: z.object({ subjectId: z.string().regex(/^[A-Za-z0-9_]{1,80}$/) }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(Link) }),
  problems: [],
});

export const handler = apiRoute({
  description: getAuditRoute,
  dependencies: () => ({
    documents: documentClient(),
    auditTable: requireEnvironment('AUDIT_TABLE'),
  }),
  run: async ({ parameters }, { documents, auditTable }) => {
    const { items } = await queryPage(
      documents,
      {
        TableName: auditTable,
        KeyConditionExpression: 'subjectId = :subjectId',
        ExpressionAttributeValues: { ':subjectId': parameters.subjectId },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { limit: LINKS_MAX, schema: Link },
    );
    return { body: { items: [...items] } };
  },
});
