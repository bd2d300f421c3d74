import * as z from 'zod';
import { InvalidInput } from '../shared/errors.ts';
import { Instant, Sha256Hex } from '../shared/primitives.ts';

/** A partner's word that the borrower read a cost sheet on its screen: which one, from when on and for how long. */
export const AttestedReading = z.strictObject({
  sheetHash: Sha256Hex,
  shownAt: Instant,
  readSeconds: z.int().min(0).max(86_400),
});
export type AttestedReading = z.infer<typeof AttestedReading>;

/** How far the clock of a partner may be off. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * A sheet is read for the least time (明示综合融资成本规定), not before it existed, nor until after now. Throws `InvalidInput`.
 */
export function assertRead(
  { shownAt, readSeconds }: Pick<AttestedReading, 'shownAt' | 'readSeconds'>,
  {
    minReadSeconds,
    preparedAt,
    at,
  }: { readonly minReadSeconds: number; readonly preparedAt: string; readonly at: string },
): void {
  if (readSeconds < minReadSeconds)
    throw new InvalidInput(`the cost sheet must be read for at least ${minReadSeconds} seconds`);
  const shownMs = Date.parse(shownAt);
  const isPossible =
    shownMs >= Date.parse(preparedAt) - CLOCK_SKEW_MS &&
    shownMs + readSeconds * 1000 <= Date.parse(at) + CLOCK_SKEW_MS;
  if (!isPossible)
    throw new InvalidInput('shownAt and readSeconds do not fit between the offer and now');
}
