import { InvalidInput } from './errors.ts';
import type { Fen } from './primitives.ts';

/**
 * Money is integer fen; this file is the only place that rounds. Every mode is symmetric about zero (half-up is away
 * from zero), so that a reversal is always exactly the negative of what it reverses.
 */
export type RoundingMode = 'HalfUp' | 'HalfEven' | 'Up' | 'Down';

/**
 * Below this a product and the half of a denominator added to it are exact in a double. Their quotient is at least a
 * quarter of 1/denominator away from every whole number, and twice rounded in the product with the inverse it is off by
 * less than half of that: the floor is right.
 */
const EXACT_MAX = 2 ** 48;

function isFen(value: number): value is Fen {
  return Number.isSafeInteger(value);
}

/** Takes a whole number of fen; anything else is a bug of the caller or an amount beyond 90 trillion yuan. */
export function toFen(value: number | bigint): Fen {
  const amount = Number(value);
  if (!isFen(amount)) throw new InvalidInput(`not a whole number of fen: ${String(value)}`);
  return amount;
}

/** Rounds a rational to an integer by the mode named. */
export function roundRational(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  if (denominator === 0n) throw new InvalidInput('division by zero');
  // Stryker disable next-line EqualityOperator: a denominator of zero is refused above, and minus zero is zero in big integers
  const isNegative = numerator < 0n !== denominator < 0n;
  // Stryker disable next-line EqualityOperator: minus zero is zero in big integers
  const n = numerator < 0n ? -numerator : numerator;
  // Stryker disable next-line EqualityOperator: a denominator of zero is refused above
  const d = denominator < 0n ? -denominator : denominator;
  const floor = n / d;
  const rest = n % d;
  const rounded = floor + (isAwayFromZero(mode, { floor, rest, d }) ? 1n : 0n);
  return isNegative ? -rounded : rounded;
}

function isAwayFromZero(
  mode: RoundingMode,
  { floor, rest, d }: { readonly floor: bigint; readonly rest: bigint; readonly d: bigint },
): boolean {
  switch (mode) {
    case 'Up':
      return rest > 0n;
    // Stryker disable next-line StringLiteral: no other case is left, and no answer means no as well
    case 'Down':
      return false;
    case 'HalfUp':
      return 2n * rest >= d;
    case 'HalfEven':
      return 2n * rest > d || (2n * rest === d && floor % 2n === 1n);
  }
}

/** Rounds numerator / denominator half away from zero. */
export function roundHalfUp(numerator: bigint, denominator: bigint): Fen {
  return toFen(roundRational(numerator, denominator, 'HalfUp'));
}

/** Rounds numerator / denominator to the nearest, ties to the even neighbour. */
export function roundHalfEven(numerator: bigint, denominator: bigint): Fen {
  return toFen(roundRational(numerator, denominator, 'HalfEven'));
}

/** Rounds numerator / denominator away from zero. */
export function roundUp(numerator: bigint, denominator: bigint): Fen {
  return toFen(roundRational(numerator, denominator, 'Up'));
}

/** Rounds numerator / denominator towards zero. */
export function roundDown(numerator: bigint, denominator: bigint): Fen {
  // Stryker disable next-line StringLiteral: a mode of no name never leaves the floor either
  return toFen(roundRational(numerator, denominator, 'Down'));
}

/** A non-negative fraction whose parts are exact in a double. */
export type Ratio = { readonly numerator: number; readonly denominator: number };

/**
 * amount × ratio, rounded, for a whole amount of at least zero. Doubles while every step is exact in one, big integers
 * beyond; both give the same answer.
 */
export function multiplyRounded(amount: number, ratio: Ratio, mode: RoundingMode): number {
  const product = amount * ratio.numerator;
  const { denominator } = ratio;
  // Stryker disable next-line ConditionalExpression,EqualityOperator,BlockStatement: both ways give the same answer, one is faster
  if (product < EXACT_MAX && denominator < EXACT_MAX) {
    return divideExactly(product, denominator, mode);
  }
  const exact = BigInt(amount) * BigInt(ratio.numerator);
  return Number(roundRational(exact, BigInt(denominator), mode));
}

/** numerator / denominator, rounded, for two non-negative safe integers. */
export function divideRounded(numerator: number, denominator: number, mode: RoundingMode): number {
  return multiplyRounded(numerator, { numerator: 1, denominator }, mode);
}

function divideExactly(numerator: number, denominator: number, mode: RoundingMode): number {
  if (mode === 'HalfUp') return floorHalfUp(numerator, denominator);
  if (mode === 'HalfEven') {
    const nearest = floorHalfUp(numerator, denominator);
    const isTie = (nearest * denominator - numerator) * 2 === denominator;
    return isTie && nearest % 2 === 1 ? nearest - 1 : nearest;
  }
  const floor = Math.floor((numerator + 0.25) * (1 / denominator));
  return mode === 'Up' && floor * denominator < numerator ? floor + 1 : floor;
}

/**
 * No branch on the remainder, which no processor can predict: half a denominator and a quarter decide. The compiler
 * takes the inverse out of loops that keep their denominator.
 */
function floorHalfUp(numerator: number, denominator: number): number {
  return Math.floor((numerator + (denominator * 0.5 + 0.25)) * (1 / denominator));
}

/** The nearest multiple of `multiple`, by the mode named. */
export function roundToMultiple(amount: number, multiple: number, mode: RoundingMode): number {
  return multiple === 1 ? amount : divideRounded(amount, multiple, mode) * multiple;
}

/** A running total of fractions of fen, exact however long it runs; rounded only when it is read. */
export class ExactSum {
  #numerator = 0n;
  #denominator = 1n;

  /** Adds amount × ratio. */
  add(amount: number | bigint, ratio: Ratio): void {
    const denominator = BigInt(ratio.denominator);
    const numerator = BigInt(amount) * BigInt(ratio.numerator);
    // Stryker disable next-line ConditionalExpression,BlockStatement: only keeps the denominator small
    if (denominator === this.#denominator) {
      this.#numerator += numerator;
      return;
    }
    this.#numerator = this.#numerator * denominator + numerator * this.#denominator;
    this.#denominator *= denominator;
  }

  rounded(mode: RoundingMode): number {
    return Number(roundRational(this.#numerator, this.#denominator, mode));
  }

  /** The total × ratio, rounded once. */
  multiplied({ numerator, denominator }: Ratio, mode: RoundingMode): number {
    const total = this.#numerator * BigInt(numerator);
    return Number(roundRational(total, this.#denominator * BigInt(denominator), mode));
  }
}

/**
 * Splits an amount over whole-number weights so that the parts sum to it to the fen: every part gets its floor, the
 * fen left over go to the largest remainders, ties to the one named first. Negative amounts split as their mirror image.
 */
export function allocateByLargestRemainder(
  amountFen: number,
  weights: readonly number[],
): readonly Fen[] {
  return splitByLargestRemainder(amountFen, weights, (weight) => weight).map(
    ({ partFen }) => partFen,
  );
}

/** The same over things that have a weight; every part comes with the thing it belongs to, in their order. */
export function splitByLargestRemainder<Item>(
  amountFen: number,
  items: readonly Item[],
  weightOf: (item: Item) => number,
): readonly { readonly item: Item; readonly partFen: Fen }[] {
  const weighed = items.map((item) => ({ item, weight: checkedWeight(weightOf(item)) }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0n);
  if (total === 0n) throw new InvalidInput('cannot split an amount over weights that sum to zero');
  const amount = BigInt(Math.abs(toFen(amountFen)));
  const parts = weighed.map(({ item, weight }) => {
    const share = amount * weight;
    return { item, floor: Number(share / total), remainder: share % total };
  });
  const left = Number(amount) - parts.reduce((sum, part) => sum + part.floor, 0);
  // The sort is stable: of equal remainders the one named first stays first.
  const byRemainder = parts.toSorted((a, b) => Number(b.remainder - a.remainder));
  const lucky = new Set(byRemainder.slice(0, left));
  // Stryker disable next-line EqualityOperator: nothing split is nothing, whichever its sign
  const sign = amountFen < 0 ? -1 : 1;
  return parts.map((part) => ({
    item: part.item,
    // `+ 0` keeps minus zero out of the books.
    partFen: toFen(sign * (part.floor + (lucky.has(part) ? 1 : 0)) + 0),
  }));
}

function checkedWeight(weight: number): bigint {
  if (!Number.isSafeInteger(weight) || weight < 0) {
    throw new InvalidInput(`a weight is a whole number of at least zero, not ${weight}`);
  }
  return BigInt(weight);
}
