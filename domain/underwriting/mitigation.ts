import type { Limit, Mitigants } from '../catalog/credit-policy.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { multiplyRounded } from '../shared/money.ts';
import type { DecisionInputs } from './decision-inputs.ts';

/** What backs a loan, as far as it counts. */
export interface Backing extends Pick<DecisionInputs, 'facts' | 'pledges'> {
  /** Guarantors whom the policy takes. */
  readonly guarantorsTaken: number;
}

const WHOLE = 10_000;

function share(amountFen: number, basisPoints: number): number {
  return multiplyRounded(amountFen, { numerator: basisPoints, denominator: WHOLE }, 'Down');
}

function guarantorsOf({ guarantorsTaken }: Backing, { guarantor }: Mitigants): number {
  return Math.min(guarantorsTaken, guarantor.countMax);
}

/**
 * The most a borrower may owe: the limit of the matrix, more with guarantors, and the lendable part of what is pledged;
 * never beyond the multiple of the confirmed income. A limit of nothing stays nothing: backing never replaces credit.
 */
export function mitigatedLimitFen(limit: Limit, backing: Backing, mitigants: Mitigants): number {
  if (limit.amountMaxFen === 0) return 0;
  const uplift = guarantorsOf(backing, mitigants) * mitigants.guarantor.limitUpliftBasisPoints;
  const pledgedFen = mitigants.pledges.reduce((sum, terms) => sum + lendableFen(terms, backing), 0);
  const backedFen = limit.amountMaxFen + share(limit.amountMaxFen, uplift) + pledgedFen;
  const incomeFen = backing.facts['monthlyIncomeFen'];
  if (limit.incomeMonthsHundredths === undefined || typeof incomeFen !== 'number') return backedFen;
  const bearableFen = multiplyRounded(
    incomeFen,
    { numerator: limit.incomeMonthsHundredths, denominator: 100 },
    'Down',
  );
  return Math.min(backedFen, bearableFen + pledgedFen);
}

/** What may be lent against everything of one kind that is pledged. */
function lendableFen(
  { kind, loanToValueMaxBasisPoints }: Mitigants['pledges'][number],
  { pledges }: Backing,
): number {
  return pledges
    .filter((pledge) => pledge.kind === kind)
    .reduce((sum, { valueFen }) => sum + share(valueFen, loanToValueMaxBasisPoints), 0);
}

/**
 * The price of the grid less what guarantors and pledges take off it. A pledge takes off in proportion to the part of the
 * loan that may be lent against it: something worth a fen buys nothing.
 */
export function mitigatedRate(
  { annualRate, principalFen }: { readonly annualRate: string; readonly principalFen: number },
  backing: Backing,
  mitigants: Mitigants,
): string {
  const forPledges = mitigants.pledges.reduce((sum, terms) => {
    const coveredFen = Math.min(lendableFen(terms, backing), principalFen);
    const part = { numerator: coveredFen, denominator: principalFen };
    return sum + multiplyRounded(terms.priceReductionBasisPoints, part, 'Down');
  }, 0);
  const forGuarantors =
    guarantorsOf(backing, mitigants) * mitigants.guarantor.priceReductionBasisPoints;
  return lowered(
    annualRate,
    Math.min(forPledges + forGuarantors, mitigants.priceReductionMaxBasisPoints),
  );
}

const DECIMALS = 8;
const UNIT = 10 ** DECIMALS;

/** A rate less so many basis points, never below nothing; the same text when nothing is taken off. */
function lowered(annualRate: string, basisPoints: number): string {
  if (basisPoints === 0) return annualRate;
  const { numerator, denominator } = parseRate(annualRate);
  const units = Math.max(0, numerator * (UNIT / denominator) - basisPoints * (UNIT / WHOLE));
  const digits = String(units).padStart(DECIMALS + 1, '0');
  const decimals = digits.slice(-DECIMALS).replace(/0{1,4}$/, '');
  return `${digits.slice(0, -DECIMALS)}.${decimals}`;
}
