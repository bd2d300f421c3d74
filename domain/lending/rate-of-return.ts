import { present } from '../shared/present.ts';

/**
 * Rates of return on cash flows. Rates are ratios, not money, so doubles serve here; amounts stay whole fen.
 */

/** A value with its first and second derivative. */
export type Jet = { readonly value: number; readonly slope: number; readonly curve: number };

const MAX_STEPS = 60;

/** Steps converge cubically: after one this small the next would be lost in rounding. */
const LAST_STEP = 2e-6;

/**
 * The rate per period at which the payments, one a period and none negative, are worth `basis` today.
 */
export function ratePerPeriod(basis: number, payments: readonly number[]): number {
  return solvePeriodic({ basis, payments, start: 0, total: sumFrom(payments, 0) });
}

/** Payments from `start` on, none negative, and what they come to. */
export type Periodic = {
  readonly basis: number;
  readonly payments: readonly number[];
  readonly start: number;
  readonly total: number;
};

/** Solved in the discount factor x = 1/(1+i), where the worth of the payments is rising and convex. */
export function solvePeriodic(flows: Periodic): number {
  const { basis, payments, start } = flows;
  let x = 1 / (1 + guessRate(flows));
  for (let step = 0; step < MAX_STEPS; step++) {
    const worth = worthOf(payments, start, x);
    const change = cubicStep({ ...worth, value: worth.value - basis });
    x -= change;
    if (Math.abs(change) <= LAST_STEP * x && Number.isFinite(x)) return 1 / x - 1;
  }
  return solveSurely(flows);
}

/** Slow and sure, for flows so far from level ones that the steps wander off. */
function solveSurely({ basis, payments, start }: Periodic): number {
  const excess = (x: number): number => worthOf(payments, start, x).value - basis;
  let high = 1;
  while (excess(high) < 0) high *= 2;
  return 1 / present(bisect(excess, 0, high)) - 1;
}

/**
 * Σ c_k·x^k and its derivatives by Horner's rule, the even and the odd places apart: two chains of half the length,
 * which the processor follows at the same time.
 */
export function worthOf(payments: readonly number[], start: number, x: number): Jet {
  const y = x * x;
  let even = 0;
  let evenSlope = 0;
  let evenCurve = 0;
  let odd = 0;
  let oddSlope = 0;
  let oddCurve = 0;
  for (let index = start + ((payments.length - start - 1) & ~1); index >= start; index -= 2) {
    evenCurve = evenCurve * y + evenSlope;
    oddCurve = oddCurve * y + oddSlope;
    evenSlope = evenSlope * y + even;
    oddSlope = oddSlope * y + odd;
    even = even * y + amountAt(payments, index);
    odd = odd * y + amountAt(payments, index + 1);
  }
  // g(x) = E(x²) + x·O(x²) discounts the first payment by nothing; the worth is x·g(x).
  const g = even + x * odd;
  const gSlope = 2 * x * evenSlope + odd + 2 * y * oddSlope;
  const gCurve = 2 * evenSlope + 8 * y * evenCurve + 6 * x * oddSlope + 8 * x * y * oddCurve;
  return { value: x * g, slope: g + x * gSlope, curve: 2 * gSlope + x * gCurve };
}

/** Below this the closed form of an annuity loses too many digits, and the expansion is as good. */
const SMALL_RATE = 1e-4;

/** The rate of level payments of the same total: its expansion to the second order, then one step on the closed form. */
export function guessRate({ basis, payments, start, total }: Periodic): number {
  const n = payments.length - start;
  const share = total / basis - 1;
  const expanded = ((2 * share) / (n + 1)) * (1 - (share * (n - 1)) / (3 * (n + 1)));
  if (!(expanded > 0)) return share / n;
  return expanded < SMALL_RATE ? expanded : expanded - levelStep(expanded, n, (basis * n) / total);
}

/** A cubic step towards the rate at which n payments of one are worth `worth`. */
function levelStep(rate: number, n: number, worth: number): number {
  const x = 1 / (1 + rate);
  const inverse = 1 / rate;
  const power = wholePower(x, n);
  const annuity = (1 - power) * inverse;
  const slope = (n * power * x - annuity) * inverse;
  const curve = -(n * (n + 1) * power * x * x + 2 * slope) * inverse;
  return cubicStep({ value: annuity - worth, slope, curve });
}

/** base^exponent for a whole exponent. */
export function wholePower(base: number, exponent: number): number {
  let power = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if ((rest & 1) === 1) power *= square;
    square *= square;
  }
  return power;
}

/** Beyond the end nothing is paid. */
function amountAt(amounts: readonly number[], index: number): number {
  return amounts[index] ?? 0;
}

/** In two lanes: a single running sum would wait for every addition in turn. Not a number when one is negative. */
export function sumFrom(amounts: readonly number[], start: number): number {
  let a = 0;
  let b = 0;
  for (let index = start; index < amounts.length; index += 2) {
    const left = amountAt(amounts, index);
    const right = amountAt(amounts, index + 1);
    if (left < 0 || right < 0) return Number.NaN;
    a += left;
    b += right;
  }
  return a + b;
}

/** Chebyshev's step while the curve is gentle, Newton's else, which from its far side never overshoots. */
export function cubicStep({ value, slope, curve }: Jet): number {
  const inverse = 1 / slope;
  const newton = value * inverse;
  const bend = newton * curve * inverse * 0.5;
  return Math.abs(bend) < 0.5 ? newton + newton * bend : newton;
}

/** A payment so many days after day zero. */
export type DatedAmount = { readonly days: number; readonly amount: number };

/**
 * The yearly effective rate at which payments after day zero, none negative, are worth `basis` on day zero; years of 365
 * days. Solved in the continuous rate, where their worth is falling and convex.
 */
export function effectiveRateByDate(basis: number, payments: readonly DatedAmount[]): number {
  let rate = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const { value, slope, curve } = worthAt(rate, payments);
    const change = cubicStep({ value: value - basis, slope, curve });
    rate -= change;
    if (Math.abs(change) <= LAST_STEP) break;
  }
  return Math.expm1(rate);
}

function worthAt(rate: number, payments: readonly DatedAmount[]): Jet {
  let value = 0;
  let slope = 0;
  let curve = 0;
  for (const { days, amount } of payments) {
    const years = days / 365;
    const worth = amount * Math.exp(-rate * years);
    value += worth;
    slope -= worth * years;
    curve += worth * years * years;
  }
  return { value, slope, curve };
}

/**
 * The internal rate per period of any flows, the first of them today: the rate nearest zero when several fit,
 * undefined when none does. Money out once, then only money in, always has exactly one.
 */
export function internalRate(flows: readonly number[]): number | undefined {
  const basis = -amountAt(flows, 0);
  const total = sumFrom(flows, 1);
  if (basis > 0 && total > 0) return solvePeriodic({ basis, payments: flows, start: 1, total });
  const root = rootNearestZero((z) => {
    const x = Math.exp(-z);
    return flows.reduceRight((worth, flow) => worth * x + flow, 0);
  });
  return root === undefined ? undefined : Math.expm1(root);
}

/** The yearly effective rate of any dated flows, years of 365 days; undefined when none fits. */
export function internalRateByDate(flows: readonly DatedAmount[]): number | undefined {
  const [first, ...later] = flows;
  if (first === undefined) return undefined;
  const isConventional = first.amount < 0 && later.every((flow) => flow.amount >= 0);
  if (isConventional && first.days === 0 && later.some((flow) => flow.amount > 0)) {
    return effectiveRateByDate(-first.amount, later);
  }
  const root = rootNearestZero((z) => worthAt(z, flows).value);
  return root === undefined ? undefined : Math.expm1(root);
}

/** Continuous rates are searched outward from zero in steps of 1 % as far as ±400 %. */
const SEARCH_STEP = 0.01;
const SEARCH_STEPS = 400;

function rootNearestZero(worth: (z: number) => number): number | undefined {
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const near = step * SEARCH_STEP;
    const far = near + SEARCH_STEP;
    const roots = [bisect(worth, near, far), bisect(worth, -far, -near)];
    const found = roots.filter((root) => root !== undefined);
    if (found.length > 0) return found.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
  }
  return undefined;
}

function bisect(worth: (z: number) => number, from: number, to: number): number | undefined {
  let low = from;
  let high = to;
  const sign = Math.sign(worth(low));
  if (sign === 0) return low;
  const signAtEnd = Math.sign(worth(high));
  if (signAtEnd === 0) return high;
  if (signAtEnd === sign) return undefined;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (Math.sign(worth(middle)) === sign) low = middle;
    else high = middle;
  }
}
