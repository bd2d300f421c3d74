import type { PlatformClient } from './platform-client.ts';

const PAGE_SIZE = 100;

/** Every row of a paged list, page after page. The path has its query already, or none. */
export async function* everyItem(
  platform: PlatformClient,
  path: string,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const start = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE_SIZE}`;
  for (let next: string | undefined = start; next !== undefined;) {
    const page: Readonly<Record<string, unknown>> = await platform.get(next);
    const { items, nextCursor } = page;
    yield* (Array.isArray(items) ? items : []) as Record<string, unknown>[];
    next =
      typeof nextCursor === 'string'
        ? `${start}&cursor=${encodeURIComponent(nextCursor)}`
        : undefined;
  }
}
