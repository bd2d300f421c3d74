import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { PageKey } from '#domain/shared/page.ts';
import { ApiProblem } from './problem.ts';

const SealedKey = z.record(z.string(), z.union([z.string(), z.number()]));

export interface CursorScope {
  /** Who asks: a cursor of one caller is worthless to another. */
  readonly caller: string;
  /** The filter of the list: a cursor of one list does not open another. */
  readonly filter: string;
}

/** Turns a page key into an opaque cursor bound to its caller and filter. */
export function sealCursor(key: PageKey, scope: CursorScope, secret: string): string {
  const payload = Buffer.from(JSON.stringify(key)).toString('base64url');
  return `${payload}.${mark(payload, scope, secret)}`;
}

/**
 * Opens a cursor sealed with any of the secrets, two while one replaces the other; anything but one of this caller's own
 * cursors for this very list is invalid input.
 */
export function openCursor(
  cursor: string,
  scope: CursorScope,
  secrets: readonly string[],
): PageKey {
  const [payload = '', given = ''] = cursor.split('.');
  const presented = Buffer.from(given);
  const isSealedWith = (secret: string): boolean => {
    const expected = Buffer.from(mark(payload, scope, secret));
    return presented.length === expected.length && timingSafeEqual(presented, expected);
  };
  if (!secrets.some(isSealedWith))
    throw new ApiProblem('InvalidInput', 'the cursor is not one of this list', [
      { path: 'cursor', message: 'not a cursor of this list' },
    ]);
  return SealedKey.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
}

function mark(payload: string, { caller, filter }: CursorScope, secret: string): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['cursor', caller, filter, payload]))
    .digest('base64url');
}
