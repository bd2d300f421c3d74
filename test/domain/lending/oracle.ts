/**
 * The schedule computed the long way: exact fractions of big integers, no doubles, no shortcuts, nothing shared with
 * the code it checks. Slow on purpose.
 */
export type Fraction = { readonly n: bigint; readonly d: bigint };
export type Mode = 'HalfUp' | 'HalfEven' | 'Up' | 'Down';

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
export const fraction = (n: bigint, d = 1n): Fraction => {
  const divisor = gcd(n < 0n ? -n : n, d);
  return { n: n / divisor, d: d / divisor };
};
const add = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
const over = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);

export function round({ n, d }: Fraction, mode: Mode): bigint {
  const floor = n / d;
  const twice = 2n * (n - floor * d);
  const up: Record<Mode, boolean> = {
    Up: twice > 0n,
    Down: false,
    HalfUp: twice >= d,
    HalfEven: twice > d || (twice === d && floor % 2n === 1n),
  };
  return floor + (up[mode] ? 1n : 0n);
}

/** The factor per period as a fraction: parts per million of the yearly rate over the periods in a year. */
export function monthlyFactor(ratePpm: number): Fraction {
  return fraction(BigInt(ratePpm), 12_000_000n);
}

export type OracleRow = readonly [principal: number, interest: number, outstanding: number];

/** Equal installments: annuity rounded once, interest rounded each period, the residue in the last. */
export function equalInstallments(
  principal: number,
  factors: readonly Fraction[],
  mode: Mode,
): { installment: number; rows: OracleRow[] } {
  const one = fraction(1n);
  let discount = one;
  let annuity = fraction(0n);
  for (const factor of factors) {
    discount = over(discount, add(one, factor));
    annuity = add(annuity, discount);
  }
  const installment = round(over(fraction(BigInt(principal)), annuity), mode);
  const interestMode = mode === 'HalfEven' ? 'HalfEven' : 'HalfUp';
  let balance = BigInt(principal);
  const rows = factors.map((factor, index): OracleRow => {
    const interest = round(times(fraction(balance), factor), interestMode);
    const wanted = installment - interest < 0n ? 0n : installment - interest;
    const paid = index === factors.length - 1 || wanted > balance ? balance : wanted;
    balance -= paid;
    return [Number(paid), Number(interest), Number(balance)];
  });
  return { installment: Number(installment), rows };
}
