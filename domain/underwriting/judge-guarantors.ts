import type { Mitigants } from '../catalog/credit-policy.ts';
import type { DecisionInputs, GuarantorFacts } from './decision-inputs.ts';

/** How many of the named guarantors were checked and taken, checked and refused, or never checked. */
export interface JudgedGuarantors {
  readonly guarantorsTaken: number;
  readonly guarantorsRefused: number;
  readonly guarantorsUnchecked: number;
}

/**
 * Holds what the bureau said of each guarantor against what the policy asks of one. Only who was checked under a consent
 * of their own and has a score can be taken: what is not known never speaks for a loan.
 */
export function judgeGuarantors(
  { facts, guarantors = [] }: Pick<DecisionInputs, 'facts' | 'guarantors'>,
  { guarantor }: Mitigants,
): JudgedGuarantors {
  const named = facts['guarantorCount'];
  const checked = guarantors.filter(({ credit }) => credit !== undefined);
  const taken = checked.filter((each) => isTaken(each, guarantor.accepted));
  return {
    guarantorsTaken: taken.length,
    guarantorsRefused: checked.length - taken.length,
    guarantorsUnchecked: (typeof named === 'number' ? named : 0) - checked.length,
  };
}

function isTaken(
  { credit }: GuarantorFacts,
  accepted: Mitigants['guarantor']['accepted'],
): boolean {
  if (credit?.score === undefined || accepted === undefined) return false;
  return (
    credit.score >= accepted.bureauScoreMin &&
    credit.overdueCount24Months <= accepted.overdueCount24MonthsMax &&
    credit.currentOverdueFen <= accepted.currentOverdueMaxFen
  );
}
