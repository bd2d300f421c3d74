import * as z from 'zod';
import { CatalogKindName, draftItem } from '#domain/catalog/draft.ts';
import { Funder } from '#domain/catalog/funder.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Product } from '#domain/catalog/product.ts';
import { assertWithinPack } from '#domain/catalog/product-within-pack.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { DraftView, draftWriting, viewDraft } from './draft-view.ts';

export const draftCatalogItemRoute = describeRoute({
  operationId: 'draftCatalogItem',
  summary:
    'Write a version of a catalog item that is not published yet; checked as it would be loaded',
  method: 'POST',
  path: '/ops/catalog/drafts',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Administrator'],
  parameters: Nothing,
  query: Nothing,
  body: z.strictObject({ kind: CatalogKindName, content: z.record(z.string(), z.unknown()) }),
  status: 201,
  answer: DraftView,
  problems: ['IdempotencyKeyReused'],
});

/** A product that the policy pack does not allow the platform's lender is refused before anybody reads it. */
async function checkProduct(content: unknown, catalog: Catalog, at: Date): Promise<void> {
  const [pack, funders] = await Promise.all([
    policyInForce(catalog),
    catalog.list('funder', Funder),
  ]);
  const funder = existing(
    funders.find(({ isPlatformOwned }) => isPlatformOwned),
    'funder owned by the platform',
  );
  const date = businessDateOf(at.getTime());
  assertWithinPack(Product.parse(content), pack, { lenderType: funder.lenderType, date });
}

export const handler = apiRoute({
  description: draftCatalogItemRoute,
  dependencies: () => ({
    ...draftWriting(),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: ({ caller, body, idempotency }, { drafts, catalog, keys, now }) => {
    const at = now();
    const { operatorId } = caller;
    const call = { keys, callerId: operatorId, idempotency, at, answer: DraftView };
    return answerOnce(call, async () => {
      const draft = draftItem({
        ...body,
        operatorId,
        at: at.toISOString(),
        today: businessDateOf(at.getTime()),
      });
      if (body.kind === 'product') await checkProduct(draft.content, catalog, at);
      const known = await drafts.find(draft.draftId);
      if (known === undefined) await drafts.create(draft);
      return viewDraft(known ?? draft);
    });
  },
});
