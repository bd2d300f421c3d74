import * as z from 'zod';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing, type RouteDescription } from '#platform/route-description.ts';
import { openapiDocument } from './openapi-document.ts';
import { partnerRoutes } from './partner-routes.ts';

export const getOpenapiRoute = describeRoute({
  operationId: 'getOpenapi',
  summary: 'This document',
  method: 'GET',
  path: '/v1/openapi.json',
  caller: 'Anybody',
  parameters: Nothing,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z.looseObject({}),
  problems: [],
});

/** Every route of the partner API, this one included. */
export function describedRoutes(): readonly RouteDescription[] {
  return [...partnerRoutes, getOpenapiRoute];
}

export const handler = apiRoute({
  description: getOpenapiRoute,
  dependencies: () => ({ document: openapiDocument(describedRoutes()) }),
  run: (_request, { document }) => Promise.resolve({ body: { ...document } }),
});
