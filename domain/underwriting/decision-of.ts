import type { Decision } from '../applications/application.ts';
import type { PolicyDecision } from './decide-by-policy.ts';
import type { DecisionInputs } from './decision-inputs.ts';

/**
 * A decision as its application keeps it: the outcome, and of the trace what a person has to look at. The whole trace is
 * kept beside the inputs, where it is not written again with every later change of the application.
 */
export function decisionOf(inputs: DecisionInputs, decided: PolicyDecision): Decision {
  const { outcome, reasonCodes, score, grade, segment, offer, approversRequired } = decided;
  return {
    outcome,
    reasonCodes: [...reasonCodes],
    score,
    grade,
    ...(segment === undefined ? {} : { segment }),
    ...(offer === undefined ? {} : { offer }),
    approversRequired,
    creditPolicy: decided.creditPolicy,
    policyPack: inputs.policyPack,
    scorecard: inputs.scorecard,
    rulesTrace: decided.trace
      .filter(
        ({ result, family }) =>
          result === 'NotEvaluated' ||
          (result === 'Hit' && family !== 'Table' && family !== 'Score'),
      )
      .map(({ ruleId, result, read }) => ({ ruleId, result, read })),
    decidedAt: inputs.decidedAt,
    decidedBy: 'workflow',
  };
}
