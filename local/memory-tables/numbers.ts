import { invalid } from './refusal.ts';

/** A number as digits and a power of ten: 12.5 is 125 and -1. */
interface Scaled {
  readonly digits: bigint;
  readonly exponent: number;
}

const DIGITS_MAX = 38;
const MAGNITUDE_MAX = 125;
const MAGNITUDE_MIN = -130;
/** So long an integer is exact as a JavaScript number, and so is its sum with another. */
const SAFE_LENGTH = 15;
const plainInteger = /^(?:0|-?[1-9]\d{0,37})$/;
const smallInteger = /^(?:0|-?[1-9]\d{0,13})$/;
const anyNumber = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;

/** The text DynamoDB answers for a number: no exponent, no zeros that say nothing. Refuses what it cannot keep. */
export function normalNumber(text: string): string {
  return plainInteger.test(text) ? text : textOf(scaled(text));
}

/** Which number is larger, exactly; both as texts. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  // Rounding keeps the order: where doubles differ, they differ the right way.
  const rough = Number(left) - Number(right);
  if (rough !== 0 && !Number.isNaN(rough)) return rough;
  if (left.length <= SAFE_LENGTH && right.length <= SAFE_LENGTH && !/[.eE]/.test(left + right))
    return 0;
  const [a, b] = aligned(scaled(left), scaled(right));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The sum, or with `sign` -1 the difference. */
export function addNumbers(left: string, right: string, sign: 1 | -1): string {
  if (smallInteger.test(left) && smallInteger.test(right))
    return String(Number(left) + sign * Number(right));
  const a = scaled(left);
  const b = scaled(right);
  const [first, second] = aligned(a, b);
  const exponent = Math.min(a.exponent, b.exponent);
  return textOf(checked(trimmed(first + BigInt(sign) * second, exponent)));
}

function scaled(text: string): Scaled {
  const [, sign, whole = '', fraction = '', power = '0'] = anyNumber.exec(text) ?? [];
  const digits = whole + fraction;
  if (digits === '') throw invalid('A value provided cannot be converted into a number');
  const amount = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return checked(trimmed(amount, Number(power) - fraction.length));
}

function trimmed(digits: bigint, exponent: number): Scaled {
  if (digits === 0n) return { digits, exponent: 0 };
  const text = digits.toString();
  const kept = text.replace(/0+$/, '');
  return { digits: BigInt(kept), exponent: exponent + text.length - kept.length };
}

function checked(number: Scaled): Scaled {
  const length = number.digits.toString().replace('-', '').length;
  const magnitude = number.exponent + length - 1;
  if (number.digits === 0n) return number;
  if (magnitude > MAGNITUDE_MAX)
    throw invalid(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  if (magnitude < MAGNITUDE_MIN)
    throw invalid(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  if (length > DIGITS_MAX) throw invalid('DynamoDB only supports precision up to 38 digits');
  return number;
}

function aligned(left: Scaled, right: Scaled): readonly [bigint, bigint] {
  const exponent = Math.min(left.exponent, right.exponent);
  return [
    left.digits * 10n ** BigInt(left.exponent - exponent),
    right.digits * 10n ** BigInt(right.exponent - exponent),
  ];
}

function textOf({ digits, exponent }: Scaled): string {
  if (exponent >= 0) return (digits * 10n ** BigInt(exponent)).toString();
  const isNegative = digits < 0n;
  const text = (isNegative ? -digits : digits).toString().padStart(1 - exponent, '0');
  const at = text.length + exponent;
  return `${isNegative ? '-' : ''}${text.slice(0, at)}.${text.slice(at)}`;
}
