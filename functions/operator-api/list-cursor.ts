import type * as z from 'zod';
import type { PageKey } from '#domain/shared/page.ts';
import { ApiProblem } from '#platform/problem.ts';

/** Where an operator's list goes on. Operators may see every item, so a cursor opens nothing and needs no seal. */
export function pageKeyIn(
  cursor: string | undefined,
  schema: z.ZodType<Readonly<Record<string, string | undefined>>>,
): PageKey | undefined {
  if (cursor === undefined) return undefined;
  const key = schema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!key.success)
    throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
      { path: 'cursor', message: 'not a cursor of this list' },
    ]);
  const parts = Object.entries(key.data).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(parts);
}

/** The cursor of the next page, as the field of an answer. */
export function nextCursorOf(next: PageKey | undefined): { readonly nextCursor?: string } {
  if (next === undefined) return {};
  return { nextCursor: Buffer.from(JSON.stringify(next)).toString('base64url') };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
