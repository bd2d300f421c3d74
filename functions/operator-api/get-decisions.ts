import * as z from 'zod';
import { parseCatalogKey } from '#domain/catalog/catalog-key.ts';
import { CreditPolicy } from '#domain/catalog/credit-policy.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Text } from '#domain/catalog/texts.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { DecisionRecord, TraceLine } from '#domain/underwriting/decision-record.ts';
import { explainTrace } from '#domain/underwriting/explain-decision.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';

const ExplainedDecision = DecisionRecord.omit({ creditPolicyId: true }).extend({
  trace: z.array(TraceLine.extend({ text: Text })),
});

export const getDecisionsRoute = describeRoute({
  operationId: 'getDecisions',
  summary:
    'The decision of an application with its inputs and its whole trace, and the shadows beside it',
  method: 'GET',
  path: '/ops/applications/{applicationId}/decisions',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ applicationId: z.string(), decisions: z.array(ExplainedDecision) }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getDecisionsRoute,
  dependencies: () => ({
    decisions: new DynamoDecisions(documentClient(), requireEnvironment('DECISIONS_TABLE')),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: async ({ parameters }, { decisions, catalog }) => {
    const { applicationId } = parameters;
    const records = await decisions.listByApplication(applicationId);
    existing(records.at(0), 'decision of such an application');
    const explained = await Promise.all(records.map((record) => explain(record, catalog)));
    return { body: { applicationId, decisions: explained } };
  },
});

async function explain(record: DecisionRecord, catalog: Catalog) {
  const { id, version } = parseCatalogKey(record.creditPolicy);
  const policy = await catalog.find({ kind: 'credit-policy', id, version }, CreditPolicy);
  const trace = explainTrace(record.trace, existing(policy, record.creditPolicy));
  return { ...record, trace: trace.map((line) => ({ ...line })) };
}
