import type { Limit, Mitigants } from '../catalog/credit-policy.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { multiplyRounded } from '../shared/money.ts';
import type { DecisionInputs } from './decision-inputs.ts';

type Backing = Pick<DecisionInputs, 'facts' | 'pledges'>;

const WHOLE = 10_000;

function share(amountFen: number, basisPoints: number): number {
  return multiplyRounded(amountFen, { numerator: basisPoints, denominator: WHOLE }, 'Down');
}

function guarantorsOf({ facts }: Backing, { guarantor }: Mitigants): number {
  const count = facts['guarantorCount'];
  return typeof count === 'number' ? Math.min(count, guarantor.countMax) : 0;
}

/**
 * The most a borrower may owe: the limit of the matrix, more with guarantors, and the lendable part of what is pledged;
 * never beyond the multiple of the confirmed income. A limit of nothing stays nothing: backing never replaces credit.
 */
export function mitigatedLimitFen(limit: Limit, backing: Backing, mitigants: Mitigants): number {
  if (limit.amountMaxFen === 0) return 0;
  const uplift = guarantorsOf(backing, mitigants) * mitigants.guarantor.limitUpliftBasisPoints;
  const pledgedFen = backing.pledges.reduce((sum, { kind, valueFen }) => {
    const terms = mitigants.pledges.find((pledge) => pledge.kind === kind);
    return sum + share(valueFen, terms?.loanToValueMaxBasisPoints ?? 0);
  }, 0);
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

/** The price of the grid less what guarantors and pledges take off it. */
export function mitigatedRate(annualRate: string, backing: Backing, mitigants: Mitigants): string {
  const kinds = new Set(backing.pledges.map(({ kind }) => kind));
  const forPledges = mitigants.pledges
    .filter(({ kind }) => kinds.has(kind))
    .reduce((sum, { priceReductionBasisPoints }) => sum + priceReductionBasisPoints, 0);
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
