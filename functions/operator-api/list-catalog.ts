import * as z from 'zod';
import { CatalogKindName } from '#domain/catalog/draft.ts';
import { catalogKinds } from '#domain/catalog/load-catalog.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';

export const listCatalogRoute = describeRoute({
  operationId: 'listCatalog',
  summary: 'What is in force of one kind: products, policy packs, scorecards, funders, partners',
  method: 'GET',
  path: '/ops/catalog',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    kind: CatalogKindName.default('product'),
    /** One item only, in the version in force or in the one named. */
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,60}$/)
      .optional(),
    version: z.coerce.number().int().min(1).optional(),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ kind: CatalogKindName, items: z.array(z.looseObject({})) }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listCatalogRoute,
  dependencies: () => ({
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: async ({ query }, { catalog }) => {
    const { kind, id, version } = query;
    const { schema } = catalogKinds[kind];
    if (id === undefined) return { body: { kind, items: [...(await catalog.list(kind, schema))] } };
    const item = await catalog.find({ kind, id, version }, schema);
    return { body: { kind, items: item === undefined ? [] : [item] } };
  },
});
