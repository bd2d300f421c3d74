import type { DecisionSetting } from '../../../domain/underwriting/decide-by-policy.ts';
import { sampleCase, type SampleCase } from '../../../local/samples/sample-decision.ts';
import {
  consumerProduct,
  funder,
  partner,
  personPolicy,
  personScorecard,
  policyPack,
} from '../catalog-files.ts';

/** What the shipped catalog decides persons by. */
export const personSetting: DecisionSetting = {
  policy: personPolicy,
  product: consumerProduct,
  scorecard: personScorecard,
  policyPack,
};

/** One of the 1,000 German applications as it stands before the decision. */
export function germanCase(position: number): SampleCase {
  return sampleCase(position, { ...personSetting, funder, partner });
}
