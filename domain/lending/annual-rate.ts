import { InvalidInput } from '../shared/errors.ts';
import type { Ratio } from '../shared/money.ts';

const ZERO = 48;
const WHOLE_DIGITS_MAX = 2;
const DECIMALS_MAX = 10;

/** Reads a decimal string as the exact ratio it says, without trailing zeros: "0.1200" is 12/100. */
export function parseRate(decimal: string): Ratio {
  const dot = decimal.indexOf('.');
  const whole = dot === -1 ? decimal.length : dot;
  const decimals = dot === -1 ? 0 : decimal.length - dot - 1;
  const isShaped = whole >= 1 && whole <= WHOLE_DIGITS_MAX && decimals <= DECIMALS_MAX;
  if (!isShaped || (dot !== -1 && decimals === 0)) throw notARate(decimal);
  let numerator = 0;
  let denominator = 1;
  let pending = 1;
  for (let place = 0; place < decimal.length; place++) {
    if (place === dot) continue;
    const digit = decimal.charCodeAt(place) - ZERO;
    if (!(digit >= 0 && digit <= 9)) throw notARate(decimal);
    pending *= 10;
    if (place < whole || digit > 0) {
      numerator = numerator * pending + digit;
      denominator *= place < whole ? 1 : pending;
      pending = 1;
    }
  }
  return { numerator, denominator };
}

function notARate(decimal: string): InvalidInput {
  return new InvalidInput(`not a rate: ${decimal}`);
}

/** The ratio in lowest terms. */
export function reduce(numerator: number, denominator: number): Ratio {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function greatestCommonDivisor(numerator: number, denominator: number): number {
  let a = numerator;
  let b = denominator;
  while (b > 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** Reduced products matter only near the exact range of a double. */
const SMALL_DENOMINATOR = 2 ** 31;

/** rate × years; of two ratios in lowest terms again one, when the parts are large. */
export function multiplyRatios(rate: Ratio, years: Ratio): Ratio {
  const denominator = rate.denominator * years.denominator;
  if (denominator < SMALL_DENOMINATOR) {
    return { numerator: rate.numerator * years.numerator, denominator };
  }
  // Crosswise first, so that no product leaves the exact range on the way.
  const a = reduce(rate.numerator, years.denominator);
  const b = reduce(years.numerator, rate.denominator);
  return checked({
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
  });
}

/** The exact sum, in lowest terms. Over the least common denominator, so that no product leaves the exact range early. */
export function addRatios(a: Ratio, b: Ratio): Ratio {
  const common = greatestCommonDivisor(a.denominator, b.denominator);
  const times = b.denominator / common;
  const sum = a.numerator * times + b.numerator * (a.denominator / common);
  return reduce(checkedWhole(sum), checkedWhole(a.denominator * times));
}

function checked({ numerator, denominator }: Ratio): Ratio {
  return { numerator: checkedWhole(numerator), denominator: checkedWhole(denominator) };
}

function checkedWhole(value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidInput(
    'the rate has more decimals than can be charged exactly for such a period',
  );
}
