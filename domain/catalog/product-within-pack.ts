import { InvalidInput } from '../shared/errors.ts';
import {
  findPolicyInt,
  policyInt,
  policyWords,
  type PolicyPack,
  type PolicyScope,
} from './policy-pack.ts';
import type { Product } from './product.ts';

type Bounded = Pick<Product, 'segment' | 'term' | 'age' | 'minReadSeconds' | 'penalty'>;

/** What a product asks for that the policy pack does not allow its lender on a date; nothing when all is within it. */
export function productObstacles(
  product: Bounded,
  pack: PolicyPack,
  scope: PolicyScope,
): readonly string[] {
  const { segment, term, age, minReadSeconds, penalty } = product;
  const termPath = segment === 'SmallBusiness' ? 'limits.businessMonths' : 'limits.consumerMonths';
  const longest = findPolicyInt(pack, termPath, scope) ?? Number.POSITIVE_INFINITY;
  const shortestReading = policyInt(pack, 'disclosure.minReadSeconds', scope);
  const youngest = policyInt(pack, 'age.min', scope);
  return [
    ...outside(
      'overdueUplift',
      penalty.overdueUplift,
      policyWords(pack, 'penalty.overdueUplift', scope),
    ),
    ...outside(
      'misuseUplift',
      penalty.misuseUplift,
      policyWords(pack, 'penalty.misuseUplift', scope),
    ),
    ...messageIf(
      minReadSeconds < shortestReading,
      `the cost sheet is read for ${shortestReading} seconds at least`,
    ),
    ...messageIf(age.min < youngest, `nobody below ${youngest} may borrow`),
    ...messageIf(
      term.maxMonths > longest,
      `nobody of the segment may owe for more than ${longest} months`,
    ),
  ];
}

/** @throws InvalidInput when a product is not within the pack, with every reason */
export function assertWithinPack(product: Bounded, pack: PolicyPack, scope: PolicyScope): void {
  const obstacles = productObstacles(product, pack, scope);
  if (obstacles.length > 0) throw new InvalidInput(obstacles.join('; '));
}

/** 银发〔2003〕251号 art. 3: from the least to the most uplift, both allowed. */
function outside(
  name: string,
  uplift: string,
  [least = '', most = '']: readonly string[],
): string[] {
  const isOutside = Number(uplift) < Number(least) || Number(uplift) > Number(most);
  return messageIf(isOutside, `${name} is between ${least} and ${most}, not ${uplift}`);
}

function messageIf(isFault: boolean, message: string): string[] {
  return isFault ? [message] : [];
}
