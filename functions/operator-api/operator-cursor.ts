import * as z from 'zod';
import type { PageKey } from '#domain/shared/page.ts';
import { ApiProblem } from '#platform/problem.ts';

/** The page of a list that an operator asks for: from where on, and at most how many of its items. */
export function pageQuery({ size, atMost }: { readonly size: number; readonly atMost: number }) {
  return {
    cursor: z.base64url().max(2000).optional(),
    limit: z.coerce.number().int().min(1).max(atMost).default(size),
  };
}

/** Operators may see every partner, so a cursor opens nothing they could not list anyway: it needs no seal. */
export function operatorCursor(key: PageKey | undefined): { readonly nextCursor?: string } {
  if (key === undefined) return {};
  return { nextCursor: Buffer.from(JSON.stringify(key)).toString('base64url') };
}

/** The key of the index in a cursor: one made up by hand either is one of these or is refused. */
export function pageKeyIn<Key extends z.ZodType>(
  cursor: string | undefined,
  schema: Key,
): z.infer<Key> | undefined {
  if (cursor === undefined) return undefined;
  const key = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!key.success)
    throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
      { path: 'cursor', message: 'not a cursor of this list' },
    ]);
  return key.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
