import { dayInMonth, monthOfDay, startOfMonth } from '../shared/calendar.ts';
import { InvalidInput } from '../shared/errors.ts';
import { multiplyRounded, type Ratio } from '../shared/money.ts';
import { present } from '../shared/present.ts';
import { levelInstallment } from './level-installment.ts';
import { wholePower } from './rate-of-return.ts';

/**
 * Many loans of level monthly installments at once (30/360, half up, the residue in the last installment): columns in,
 * columns out, no object per row. To the fen the same as `buildSchedule`.
 */
export type Portfolio = {
  readonly principalFen: Float64Array;
  /** Yearly rate in parts per million: 94,822 is 9.4822 %. */
  readonly ratePpm: Int32Array;
  readonly installments: Int32Array;
};

/** Rows of all loans one after the other; the rows of loan k are `starts[k]` to `starts[k + 1]`. */
export type PortfolioSchedules = {
  readonly starts: Int32Array;
  readonly installmentFen: Float64Array;
  readonly principalFen: Float64Array;
  readonly interestFen: Float64Array;
};

/** Parts per million over twelve months. */
const DENOMINATOR = 12_000_000;
const INVERSE = 1 / DENOMINATOR;

/** Half up: half a denominator, and half a unit that keeps the product of the inverse off every whole number. */
const HALF = DENOMINATOR / 2 + 0.5;

/** Balance times rate below this is exact in a double with all that is added to it. */
const EXACT_MAX = 2 ** 49;
const UNIT_ROUNDOFF = 2 ** -53;

/** Columns for the schedules of a portfolio; pass them again to a portfolio of the same terms to reuse the memory. */
export function allocateSchedules({ installments }: Portfolio): PortfolioSchedules {
  const starts = new Int32Array(installments.length + 1);
  for (let loan = 0; loan < installments.length; loan++) {
    starts[loan + 1] = present(starts[loan]) + present(installments[loan]);
  }
  const rows = present(starts[installments.length]);
  return {
    starts,
    installmentFen: new Float64Array(installments.length),
    principalFen: new Float64Array(rows),
    interestFen: new Float64Array(rows),
  };
}

/** Fills the schedules of all loans. */
export function schedulePortfolio(
  portfolio: Portfolio,
  into: PortfolioSchedules = allocateSchedules(portfolio),
): PortfolioSchedules {
  const loans = portfolio.installments.length;
  if (into.installmentFen.length !== loans) {
    throw new InvalidInput('the columns were made for another portfolio');
  }
  let loan = 0;
  for (; loan + 3 < loans; loan += 4) fillFour(portfolio, into, loan);
  for (; loan < loans; loan++) fillOne(portfolio, into, loan);
  return into;
}

/**
 * Four loans side by side. A row depends on the one before through a product, a floor and a difference; one loan alone
 * leaves the processor waiting for each of them.
 */
function fillFour(portfolio: Portfolio, into: PortfolioSchedules, loan: number): void {
  const a = fastInstallment(portfolio, loan);
  const b = fastInstallment(portfolio, loan + 1);
  const c = fastInstallment(portfolio, loan + 2);
  const d = fastInstallment(portfolio, loan + 3);
  if (!(a + b + c + d >= 0)) {
    for (let lane = 0; lane < 4; lane++) fillOne(portfolio, into, loan + lane);
    return;
  }
  const { starts, principalFen, interestFen } = into;
  const rates = portfolio.ratePpm;
  const rateA = present(rates[loan]);
  const rateB = present(rates[loan + 1]);
  const rateC = present(rates[loan + 2]);
  const rateD = present(rates[loan + 3]);
  let balanceA = present(portfolio.principalFen[loan]);
  let balanceB = present(portfolio.principalFen[loan + 1]);
  let balanceC = present(portfolio.principalFen[loan + 2]);
  let balanceD = present(portfolio.principalFen[loan + 3]);
  const startA = present(starts[loan]);
  const startB = present(starts[loan + 1]);
  const startC = present(starts[loan + 2]);
  const startD = present(starts[loan + 3]);
  const end = present(starts[loan + 4]);
  const together = Math.min(startB - startA, startC - startB, startD - startC, end - startD) - 1;
  for (let row = 0; row < together; row++) {
    const interestA = Math.floor((balanceA * rateA + HALF) * INVERSE);
    const interestB = Math.floor((balanceB * rateB + HALF) * INVERSE);
    const interestC = Math.floor((balanceC * rateC + HALF) * INVERSE);
    const interestD = Math.floor((balanceD * rateD + HALF) * INVERSE);
    interestFen[startA + row] = interestA;
    interestFen[startB + row] = interestB;
    interestFen[startC + row] = interestC;
    interestFen[startD + row] = interestD;
    principalFen[startA + row] = a - interestA;
    principalFen[startB + row] = b - interestB;
    principalFen[startC + row] = c - interestC;
    principalFen[startD + row] = d - interestD;
    balanceA += interestA - a;
    balanceB += interestB - b;
    balanceC += interestC - c;
    balanceD += interestD - d;
  }
  into.installmentFen[loan] = a;
  into.installmentFen[loan + 1] = b;
  into.installmentFen[loan + 2] = c;
  into.installmentFen[loan + 3] = d;
  finish(into, { loan, rate: rateA, installment: a, from: startA + together, balance: balanceA });
  finish(into, {
    loan: loan + 1,
    rate: rateB,
    installment: b,
    from: startB + together,
    balance: balanceB,
  });
  finish(into, {
    loan: loan + 2,
    rate: rateC,
    installment: c,
    from: startC + together,
    balance: balanceC,
  });
  finish(into, {
    loan: loan + 3,
    rate: rateD,
    installment: d,
    from: startD + together,
    balance: balanceD,
  });
}

type Lane = {
  readonly loan: number;
  readonly rate: number;
  readonly installment: number;
  readonly from: number;
  readonly balance: number;
};

/** The rows of one loan from one on, the last of which takes what is left. */
function finish(
  { starts, principalFen, interestFen }: PortfolioSchedules,
  { loan, rate, installment, from, balance }: Lane,
): void {
  const last = present(starts[loan + 1]) - 1;
  let left = balance;
  for (let row = from; row < last; row++) {
    const interest = Math.floor((left * rate + HALF) * INVERSE);
    interestFen[row] = interest;
    principalFen[row] = installment - interest;
    left += interest - installment;
  }
  interestFen[last] = Math.floor((left * rate + HALF) * INVERSE);
  principalFen[last] = left;
}

/**
 * The level installment where doubles surely give it and every row after it: far from a rounding edge, products exact,
 * and large enough that no rounding can use the balance up before the last row. Not a number otherwise.
 */
export function fastInstallment(
  { principalFen, ratePpm, installments }: Portfolio,
  loan: number,
): number {
  const principal = present(principalFen[loan]);
  const rate = present(ratePpm[loan]);
  const n = present(installments[loan]);
  const power = wholePower(DENOMINATOR / (DENOMINATOR + rate), n);
  const repaid = 1 - power;
  const value = (principal * (rate * INVERSE)) / repaid;
  const error = value * UNIT_ROUNDOFF * ((4 * n * power) / repaid + 16);
  const nearest = Math.floor(value + 0.5);
  const isClear = 0.5 - Math.abs(value - nearest) > 2 * error;
  return isClear && principal * rate < EXACT_MAX && nearest * power > 2 * n ? nearest : Number.NaN;
}

/** Any loan, exactly, however large or small. */
function fillOne(portfolio: Portfolio, into: PortfolioSchedules, loan: number): void {
  const factor: Ratio = { numerator: present(portfolio.ratePpm[loan]), denominator: DENOMINATOR };
  const from = present(into.starts[loan]);
  const last = present(into.starts[loan + 1]) - 1;
  let balance = present(portfolio.principalFen[loan]);
  const installment = levelInstallment(
    balance,
    { length: last - from + 1, even: factor, list: [] },
    { mode: 'HalfUp', multipleFen: 1 },
  );
  into.installmentFen[loan] = installment;
  for (let row = from; row <= last; row++) {
    const interest = multiplyRounded(balance, factor, 'HalfUp');
    const paid = Math.min(Math.max(installment - interest, 0), balance);
    const principal = row === last ? balance : paid;
    into.interestFen[row] = interest;
    into.principalFen[row] = principal;
    balance -= principal;
  }
}

/** The due days of all rows, monthly from the day of disbursement, clamped to the end of short months. */
export function portfolioDueDays(
  { starts }: PortfolioSchedules,
  disbursedDays: Int32Array,
  into: Int32Array = new Int32Array(present(starts.at(-1))),
): Int32Array {
  for (let loan = 0; loan < disbursedDays.length; loan++) {
    const day = present(disbursedDays[loan]);
    const month = monthOfDay(day);
    const anchor = day - startOfMonth(month) + 1;
    const from = present(starts[loan]);
    const end = present(starts[loan + 1]);
    for (let row = from; row < end; row++) {
      into[row] = dayInMonth(month + row - from + 1, anchor, 'Clamp');
    }
  }
  return into;
}
