import { changeAggregate } from '../shared/change-aggregate.ts';
import type { Payout } from './payout.ts';

export type Claim =
  /** The payout is ours to send; `mustQuery` when an earlier attempt may have reached the bank. */
  | { readonly outcome: 'Claimed'; readonly payout: Payout; readonly mustQuery: boolean }
  /** Another attempt is with the bank and may still be alive. */
  | { readonly outcome: 'Busy' }
  | { readonly outcome: 'Settled'; readonly payout: Payout };

/**
 * Takes a payout for one attempt. The attempt number is the fence: every later write of the attempt is conditional on the
 * version written here, so an older attempt that wakes up late can change nothing.
 */
export function claimPayout(
  payout: Payout,
  claim: { readonly at: string; readonly staleAfterSeconds: number },
): Claim {
  switch (payout.state) {
    case 'Paid':
    case 'Refused':
      return { outcome: 'Settled', payout };
    case 'Sending':
      if (!isStale(payout, claim)) return { outcome: 'Busy' };
      return take(payout, claim.at);
    case 'Intent':
    case 'Unknown':
      return take(payout, claim.at);
  }
}

/** A claim this old belongs to an attempt that has ended: nobody knows how. Unknown is not failed. */
export function markStalePayoutUnknown(
  payout: Payout,
  claim: { readonly at: string; readonly staleAfterSeconds: number },
): Payout | undefined {
  if (payout.state !== 'Sending' || !isStale(payout, claim)) return undefined;
  return markPayoutUnknown(payout, { at: claim.at, because: 'AttemptEnded' });
}

/** The bank gave no definite answer to this attempt. */
export function markPayoutUnknown(
  payout: Payout,
  unknown: { readonly at: string; readonly because: string },
): Payout {
  return changeAggregate(payout, {
    subjectId: payout.payoutRef,
    patch: { state: 'Unknown' },
    event: {
      type: 'PayoutUnknown',
      at: unknown.at,
      actor: 'workflow',
      facts: { payoutRef: payout.payoutRef, attempt: payout.attempt, because: unknown.because },
    },
  });
}

function take(payout: Payout, at: string): Claim {
  const attempt = payout.attempt + 1;
  const claimed = changeAggregate(payout, {
    subjectId: payout.payoutRef,
    patch: { state: 'Sending', attempt, claimedAt: at },
    event: {
      type: 'PayoutClaimed',
      at,
      actor: 'workflow',
      facts: { payoutRef: payout.payoutRef, attempt },
    },
  });
  return { outcome: 'Claimed', payout: claimed, mustQuery: payout.state !== 'Intent' };
}

function isStale(
  payout: Payout,
  claim: { readonly at: string; readonly staleAfterSeconds: number },
): boolean {
  if (payout.claimedAt === undefined) return true;
  return Date.parse(claim.at) - Date.parse(payout.claimedAt) >= claim.staleAfterSeconds * 1000;
}
