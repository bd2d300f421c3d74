import { describe, expect, it } from 'vitest';
import { routes, type Authoriser } from '#lib/routes.ts';

interface Description {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly caller: string;
  readonly roles?: readonly string[];
}

function isDescription(value: unknown): value is Description {
  return typeof value === 'object' && value !== null && 'operationId' in value;
}

/** What a handler says of itself. */
async function describedBy(entry: string): Promise<Description | undefined> {
  const exports = (await import(`../../${entry}`)) as Record<string, unknown>;
  return Object.values(exports).find(isDescription);
}

const callers: Readonly<Record<Authoriser, string>> = {
  Partner: 'Partner',
  Operator: 'Operator',
  None: 'Anybody',
  Callback: 'Anybody',
};
const described = routes.filter(({ authoriser }) => authoriser !== 'Callback');

describe('routes', () => {
  it.each(described)('$method $path is what $entry says it is', async (route) => {
    const description = await describedBy(route.entry);
    expect(description).toMatchObject({
      method: route.method,
      path: route.path,
      caller: callers[route.authoriser],
    });
  });

  it.each(routes.filter(({ authoriser }) => authoriser === 'Operator'))(
    '$method $path is for named roles',
    async ({ entry }) => {
      const description = await describedBy(entry);
      expect(description?.roles?.length).toBeGreaterThan(0);
    },
  );

  it('are told apart by method and path, and by operation', async () => {
    const descriptions = await Promise.all(described.map(({ entry }) => describedBy(entry)));
    const operations = descriptions.map((each) => `${each?.caller} ${each?.operationId}`);
    expect(new Set(operations).size).toBe(described.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
  });
});
