import * as z from 'zod';
import { catalogKinds } from '#domain/catalog/load-catalog.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';

const Kind = z.enum([
  'product',
  'policy-pack',
  'scorecard',
  'credit-policy',
  'funder',
  'partner',
  'collection-strategy',
  'collection-script',
  'collection-agency',
  'reason-texts',
]);

export const listCatalogRoute = describeRoute({
  operationId: 'listCatalog',
  summary: 'What is in force of one kind: products, policy packs, scorecards, funders, partners',
  method: 'GET',
  path: '/ops/catalog',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({ kind: Kind.default('product') }),
  body: Nothing,
  status: 200,
  answer: z.object({ kind: Kind, items: z.array(z.looseObject({})) }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listCatalogRoute,
  dependencies: () => ({
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: async ({ query }, { catalog }) => {
    const items = await catalog.list(query.kind, catalogKinds[query.kind].schema);
    return { body: { kind: query.kind, items: [...items] } };
  },
});
