/** Where the next page of a list begins; only the store that gave it understands it. */
export type PageKey = Readonly<Record<string, string | number>>;

/** One page of a list. Without `next` it was the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: PageKey;
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: PageKey | undefined;
}
