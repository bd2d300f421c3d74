import { fraction, round, type Fraction, type Mode } from './oracle.ts';

/** Terms as the oracle takes them: no defaults left to fill in. */
export type OracleTerms = {
  principalFen: number;
  annualRate: string;
  disbursedOn: string;
  installments: number;
  every: number;
  unit: 'Day' | 'Week' | 'Month';
  firstDueOn?: string;
  monthEnd: 'Clamp' | 'Roll';
  method: 'EqualInstallment' | 'EqualPrincipal' | 'InterestOnly' | 'FlatRate' | 'Bullet';
  accrual: 'Thirty360' | 'Actual360' | 'Actual365' | 'ActualActual';
  rounding: Mode;
  interestRounding: 'EachPeriod' | 'Cumulative';
  installmentMultipleFen: number;
  principalGraceInstallments: number;
  downPaymentFen: number;
};

export type OracleRow = readonly [
  dueOn: string,
  principal: number,
  interest: number,
  outstanding: number,
];

const DAY_MS = 86_400_000;
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

const add = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
const times = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
const share = (n: number, d: number): Fraction => fraction(BigInt(n), BigInt(d));
const sum = (all: readonly Fraction[]): Fraction => all.reduce(add, fraction(0n));

/** By the calendar of the platform: the day of the month that many months later, clamped or rolled. */
export function monthsAfter(date: string, months: number, monthEnd: 'Clamp' | 'Roll'): string {
  const from = new Date(`${date}T00:00:00Z`);
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  if (from.getUTCDate() <= lastDay) {
    return new Date(Date.UTC(year, month, from.getUTCDate())).toISOString().slice(0, 10);
  }
  const day = monthEnd === 'Clamp' ? Date.UTC(year, month + 1, 0) : Date.UTC(year, month + 1, 1);
  return new Date(day).toISOString().slice(0, 10);
}

function wholeMonths(terms: OracleTerms): number | undefined {
  const { firstDueOn, disbursedOn, monthEnd, every } = terms;
  if (firstDueOn === undefined) return every;
  for (let months = 1; months <= 1300; months++) {
    const date = monthsAfter(disbursedOn, months, monthEnd);
    if (date === firstDueOn) return months;
    if (date > firstDueOn) return undefined;
  }
  return undefined;
}

export function oracleDueDates(terms: OracleTerms): string[] {
  const { disbursedOn, firstDueOn, every, unit, monthEnd, installments } = terms;
  const index = Array.from({ length: installments }, (_, k) => k);
  if (unit !== 'Month') {
    const step = every * (unit === 'Week' ? 7 : 1);
    const first = firstDueOn === undefined ? dayOf(disbursedOn) + step : dayOf(firstDueOn);
    return index.map((k) => dateOf(first + k * step));
  }
  const months = wholeMonths(terms);
  return months === undefined
    ? index.map((k) => monthsAfter(firstDueOn ?? '', k * every, monthEnd))
    : index.map((k) => monthsAfter(disbursedOn, months + k * every, monthEnd));
}

const daysOfYear = (year: number): number =>
  (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY_MS;

/** Night by night: each belongs to the year of the day it ends on. */
function nights(from: string, to: string): Fraction {
  const byYear = new Map<number, number>();
  for (let day = dayOf(from) + 1; day <= dayOf(to); day++) {
    const year = new Date(day * DAY_MS).getUTCFullYear();
    byYear.set(year, (byYear.get(year) ?? 0) + 1);
  }
  return sum([...byYear].map(([year, days]) => share(days, daysOfYear(year))));
}

function yearsBetween(accrual: OracleTerms['accrual'], from: string, to: string): Fraction {
  const days = dayOf(to) - dayOf(from);
  if (accrual === 'Actual360') return share(days, 360);
  if (accrual === 'Actual365') return share(days, 365);
  return nights(from, to);
}

/** The share of a year of every period. */
function yearsOf(terms: OracleTerms, due: readonly string[]): Fraction[] {
  const { accrual, unit, every, disbursedOn } = terms;
  return due.map((date, k) => {
    const from = due[k - 1] ?? disbursedOn;
    if (accrual !== 'Thirty360') return yearsBetween(accrual, from, date);
    if (unit !== 'Month')
      return share(k > 0 ? every * (unit === 'Week' ? 7 : 1) : dayOf(date) - dayOf(from), 360);
    if (k > 0) return share(every, 12);
    const months = wholeMonths(terms);
    return months === undefined ? monthsAndDays(from, date) : share(months, 12);
  });
}

/** Whole months, then the odd days as a share of the month they are in. */
function monthsAndDays(from: string, to: string): Fraction {
  let months = 0;
  while (monthsAfter(from, months + 1, 'Clamp') <= to) months++;
  const start = dayOf(monthsAfter(from, months, 'Clamp'));
  const length = dayOf(monthsAfter(from, months + 1, 'Clamp')) - start;
  return add(share(months, 12), share(dayOf(to) - start, 12 * length));
}

function rateOf(annualRate: string): Fraction {
  const [whole = '0', decimals = ''] = annualRate.split('.');
  return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

const clipped = (wanted: bigint, balance: bigint): bigint =>
  wanted < 0n ? 0n : wanted > balance ? balance : wanted;

/** Rounds to a multiple, once, straight from the exact value. */
function toMultiple(exact: Fraction, multiple: number, mode: Mode): bigint {
  return round(times(exact, share(1, multiple)), mode) * BigInt(multiple);
}

/** P divided by the sum of the discounts. */
function annuityOf(amount: bigint, factors: readonly Fraction[]): Fraction {
  let discount = fraction(1n);
  let worth = fraction(0n);
  for (const factor of factors) {
    discount = fraction(discount.n * factor.d, discount.d * (factor.d + factor.n));
    worth = add(worth, discount);
  }
  return fraction(amount * worth.d, worth.n);
}

/** The whole schedule the long way: the level installment or undefined where nothing is level, and the rows. */
export function oracleSchedule(terms: OracleTerms): { level: number; rows: OracleRow[] } {
  const { method, rounding, installmentMultipleFen: multiple } = terms;
  const all = oracleDueDates(terms);
  const rate = rateOf(terms.annualRate);
  const years = yearsOf(terms, all);
  const isBullet = method === 'Bullet';
  const whole =
    terms.accrual === 'Thirty360'
      ? sum(years)
      : yearsBetween(terms.accrual, terms.disbursedOn, all.at(-1) ?? '');
  const due = isBullet ? all.slice(-1) : all;
  const factors = (isBullet ? [whole] : years).map((part) => times(rate, part));
  const grace = terms.principalGraceInstallments;
  const financed = BigInt(terms.principalFen - terms.downPaymentFen);
  const charge = charger(terms);
  const parts = BigInt(due.length - grace);

  const flat = method === 'FlatRate' ? factors.map((factor) => charge(financed, factor)) : [];
  const payable = flat.slice(grace).reduce((total, interest) => total + interest, financed);
  const level: Record<OracleTerms['method'], () => bigint> = {
    EqualInstallment: () =>
      toMultiple(annuityOf(financed, factors.slice(grace)), multiple, rounding),
    EqualPrincipal: () => toMultiple(fraction(financed, parts), multiple, rounding),
    FlatRate: () => toMultiple(fraction(payable, parts), multiple, rounding),
    InterestOnly: () => 0n,
    Bullet: () => 0n,
  };
  const fen = level[method]();
  let balance = financed;
  const rows = due.map((date, k): OracleRow => {
    const interest = flat[k] ?? charge(balance, factors[k] ?? fraction(0n));
    const wanted = method === 'EqualInstallment' || method === 'FlatRate' ? fen - interest : fen;
    const paid = k === due.length - 1 ? balance : k < grace ? 0n : clipped(wanted, balance);
    balance -= paid;
    return [date, Number(paid), Number(interest), Number(balance)];
  });
  const down: OracleRow[] =
    terms.downPaymentFen > 0
      ? [[terms.disbursedOn, terms.downPaymentFen, 0, Number(financed)]]
      : [];
  return { level: Number(fen), rows: [...down, ...rows] };
}

function charger(terms: OracleTerms): (balance: bigint, factor: Fraction) => bigint {
  const mode = terms.rounding === 'HalfEven' ? 'HalfEven' : 'HalfUp';
  let exact = fraction(0n);
  let charged = 0n;
  return (balance, factor) => {
    const interest = times(fraction(balance), factor);
    if (terms.interestRounding === 'EachPeriod') return round(interest, mode);
    exact = add(exact, interest);
    const now = round(exact, mode) - charged;
    charged += now;
    return now;
  };
}
