import type * as z from 'zod';

export interface CatalogKey {
  /** `product`, `policy-pack`, `scorecard`, `funder`, `partner`, `partner-key`, `reason` … */
  readonly kind: string;
  readonly id: string;
  /** Without it, the version in force. */
  readonly version?: number | undefined;
}

/** Versioned reference data. A version never changes once it is published, so whoever pins one always reads the same. */
export interface Catalog {
  find<Schema extends z.ZodType>(
    key: CatalogKey,
    schema: Schema,
  ): Promise<z.infer<Schema> | undefined>;
  /** Every published version of one item, in any order. */
  versions<Schema extends z.ZodType>(
    key: Omit<CatalogKey, 'version'>,
    schema: Schema,
  ): Promise<readonly z.infer<Schema>[]>;
  /** The version in force of every item of a kind. */
  list<Schema extends z.ZodType>(kind: string, schema: Schema): Promise<readonly z.infer<Schema>[]>;
}
