import type { RouteDescription } from '#platform/route-description.ts';
import { getOpenapiRoute } from './get-openapi-route.ts';
import { openapiDocument } from './openapi-document.ts';
import { partnerRoutes } from './partner-routes.ts';

/** Every route of the partner API, that of its description included. */
export function describedRoutes(): readonly RouteDescription[] {
  return [...partnerRoutes, getOpenapiRoute];
}

/** The description of the partner API. A bundle carries what this answers, not what it takes to compute it. */
export function describedOpenapi(): object {
  return openapiDocument(describedRoutes());
}
