import { decideByPolicy, type DecisionSetting } from './decide-by-policy.ts';
import type { DecisionInputs } from './decision-inputs.ts';

/**
 * Whether anything about the guarantors could still change the answer: it is given as if every one of them were as good as
 * the policy asks. A borrower who is declined even so (a knock-out, fraud, a score too low) is declined whoever stands
 * behind them, and nobody else's data may be asked for.
 */
export function guarantorsMatter(inputs: DecisionInputs, setting: DecisionSetting): boolean {
  const score = setting.policy.mitigants.guarantor.accepted?.bureauScoreMin ?? 0;
  const flawless = { credit: { score, overdueCount24Months: 0, currentOverdueFen: 0 } };
  const guarantors = (inputs.guarantors ?? []).map(() => flawless);
  return decideByPolicy({ ...inputs, guarantors }, setting).outcome !== 'Declined';
}
