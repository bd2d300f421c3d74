import * as z from 'zod';
import { Partner } from '#domain/catalog/partner.ts';
import { Product } from '#domain/catalog/product.ts';
import { NotFound } from '#domain/shared/errors.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { partnerDependencies } from './partner-dependencies.ts';
import { ProductView } from './product-view.ts';

export const getProductRoute = describeRoute({
  operationId: 'getProduct',
  summary: 'The terms of one product',
  method: 'GET',
  path: '/v1/products/{productId}',
  caller: 'Partner',
  parameters: z.object({ productId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/) }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: ProductView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getProductRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, { catalog }) => {
    const partner = await catalog.find({ kind: 'partner', id: caller.partnerId }, Partner);
    const product = await catalog.find({ kind: 'product', id: parameters.productId }, Product);
    // A product this partner may not sell does not exist for it.
    if (product === undefined || partner?.productIds.includes(product.productId) !== true)
      throw new NotFound('not found');
    return { body: product };
  },
});
