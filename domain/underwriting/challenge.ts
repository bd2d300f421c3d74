import type { CreditPolicy } from '../catalog/credit-policy.ts';
import { sha256Hex } from '../shared/digest.ts';

export interface Contest {
  /** Which of the two decides; the other's decision is only noted, when it is made at all. */
  readonly decidesBy: 'Champion' | 'Challenger';
  readonly isShadowed: boolean;
}

const WHOLE = 10_000;

/**
 * Whether the challenger of a policy takes part in an application, and who decides. By a hash of the application and of
 * the challenger: the same application always falls on the same side, and another challenger draws anew.
 */
export function contestOf(
  { challenger }: Pick<CreditPolicy, 'challenger'>,
  applicationId: string,
): Contest {
  if (challenger === undefined) return { decidesBy: 'Champion', isShadowed: false };
  const { creditPolicyId, version, shareBasisPoints, mode } = challenger;
  const lot = sha256Hex(`${creditPolicyId}#${version}\n${applicationId}`).slice(0, 12);
  const isDrawn = Number.parseInt(lot, 16) % WHOLE < shareBasisPoints;
  return {
    decidesBy: isDrawn && mode === 'Live' ? 'Challenger' : 'Champion',
    isShadowed: isDrawn,
  };
}
