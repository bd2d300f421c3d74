import { apiRoute } from '#platform/api-route.ts';
import { describedOpenapi } from './described-openapi.ts';
import { getOpenapiRoute } from './get-openapi-route.ts';

// Where every route's description is looked for: beside its handler.
export { getOpenapiRoute };

export const handler = apiRoute({
  description: getOpenapiRoute,
  dependencies: () => ({ document: describedOpenapi() }),
  run: (_request, { document }) => Promise.resolve({ body: { ...document } }),
});
