import { divideRounded, roundRational, type Ratio, type RoundingMode } from '../shared/money.ts';
import type { PeriodFactors } from './period-factors.ts';
import { wholePower } from './rate-of-return.ts';

export type InstallmentRounding = { readonly mode: RoundingMode; readonly multipleFen: number };

/** Half the distance between neighbouring doubles near one: the relative error of one operation. */
const UNIT_ROUNDOFF = 2 ** -53;

/** A double near a value, and how far off it can be. */
export type Estimate = { readonly value: number; readonly error: number };

/**
 * The level installment that pays an amount off over periods with these interest factors, rounded once from its exact
 * value. A double decides when its error bound stays clear of the rounding edge, big integers otherwise.
 */
export function levelInstallment(
  amountFen: number,
  factors: PeriodFactors,
  rounding: InstallmentRounding,
): number {
  const { even, length } = factors;
  if (even?.numerator === 0) {
    const { mode, multipleFen } = rounding;
    return divideRounded(amountFen, length * multipleFen, mode) * multipleFen;
  }
  const sure = roundIfSure(estimateInstallment(amountFen, factors), rounding);
  if (sure !== undefined) return sure;
  const list = even ? new Array<Ratio>(length).fill(even) : factors.list;
  return exactInstallment(amountFen, list, rounding);
}

/** The unrounded installment by doubles, at a rate above zero. */
export function estimateInstallment(
  amountFen: number,
  { even, length, list }: PeriodFactors,
): Estimate {
  return even ? estimateEven(amountFen, even, length) : estimateUneven(amountFen, list);
}

/** The rounded value where the error of the estimate stays clear of the rounding edge; undefined where it may not. */
export function roundIfSure(
  { value, error }: Estimate,
  { mode, multipleFen }: InstallmentRounding,
): number | undefined {
  const multiples = value / multipleFen;
  // Twice the bound: the division by the multiple and the sums below round too.
  const isSure = distanceToEdge(multiples, mode) * multipleFen > 2 * error + value * UNIT_ROUNDOFF;
  return isSure ? roundNearby(multiples, mode) * multipleFen : undefined;
}

/** P·i / (1 - v^n). Errors: two roundings a power of v, blown up where v^n is close to one; a few more around it. */
function estimateEven(amountFen: number, { numerator, denominator }: Ratio, n: number): Estimate {
  const v = denominator / (denominator + numerator);
  const power = wholePower(v, n);
  const repaid = 1 - power;
  const value = (amountFen * (numerator / denominator)) / repaid;
  return { value, error: value * UNIT_ROUNDOFF * ((4 * n * power) / repaid + 16) };
}

/** P / Σ v_k, a sum of positive parts: at most three roundings a factor and one a sum. */
function estimateUneven(amountFen: number, factors: readonly Ratio[]): Estimate {
  let discount = 1;
  let annuity = 0;
  for (const { numerator, denominator } of factors) {
    discount *= denominator / (denominator + numerator);
    annuity += discount;
  }
  const value = amountFen / annuity;
  return { value, error: value * UNIT_ROUNDOFF * (4 * factors.length + 8) };
}

function distanceToEdge(value: number, mode: RoundingMode): number {
  const fraction = value - Math.floor(value);
  return mode === 'Up' || mode === 'Down'
    ? Math.min(fraction, 1 - fraction)
    : Math.abs(fraction - 0.5);
}

function roundNearby(value: number, mode: RoundingMode): number {
  if (mode === 'Up') return Math.ceil(value);
  return mode === 'Down' ? Math.floor(value) : Math.floor(value + 0.5);
}

/**
 * P·Π(1+r) / (1 + (1+r_n)·(1 + (1+r_{n-1})·(...))), as one quotient of integers. With r = p/q every step of the sum is
 * brought over the denominators met so far.
 */
function exactInstallment(
  amountFen: number,
  factors: readonly Ratio[],
  { mode, multipleFen }: InstallmentRounding,
): number {
  let growth = 1n;
  let sum = 0n;
  for (const { numerator, denominator } of factors.toReversed()) {
    const q = BigInt(denominator);
    sum = (sum + growth) * q;
    growth *= q + BigInt(numerator);
  }
  const multiples = roundRational(BigInt(amountFen) * growth, sum * BigInt(multipleFen), mode);
  return Number(multiples) * multipleFen;
}
