import * as z from 'zod';
import { Partner } from '#domain/catalog/partner.ts';
import { Product } from '#domain/catalog/product.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { partnerDependencies } from './partner-dependencies.ts';
import { ProductView } from './product-view.ts';

export const listProductsRoute = describeRoute({
  operationId: 'listProducts',
  summary: 'What may be sold',
  method: 'GET',
  path: '/v1/products',
  caller: 'Partner',
  parameters: Nothing,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ProductView) }),
  problems: [],
});

export const handler = apiRoute({
  description: listProductsRoute,
  dependencies: partnerDependencies,
  run: async ({ caller }, { catalog }) => {
    const partner = await catalog.find({ kind: 'partner', id: caller.partnerId }, Partner);
    const products = await catalog.list('product', Product);
    return {
      body: { items: products.filter(({ productId }) => partner?.productIds.includes(productId)) },
    };
  },
});
