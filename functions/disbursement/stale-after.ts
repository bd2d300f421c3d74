/**
 * After how many seconds a claim belongs to an attempt that must have ended: longer than the function may run (60 s), or an
 * attempt at work could be overtaken. PAYOUT_STALE_AFTER_SECONDS sets it where functions are known to be shorter.
 */
export function staleAfterSeconds(): number {
  return Number(process.env['PAYOUT_STALE_AFTER_SECONDS'] ?? 75);
}
