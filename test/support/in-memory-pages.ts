import type { Page, PageRequest } from '#domain/shared/page.ts';

/** One page of a sorted list; the key of a page is the position it begins at. */
export function pageOf<Item>(items: readonly Item[], { limit, after }: PageRequest): Page<Item> {
  const from = Number(after?.['position'] ?? 0);
  const to = from + limit;
  const page = items.slice(from, to);
  return to < items.length ? { items: page, next: { position: to } } : { items: page };
}
