import { type FormatCheck, invalid, valid } from './format-check.ts';

/** The code as it is stored: digits only. */
export function normaliseCnapsCode(text: string): string {
  return text.replace(/[\s-]/g, '');
}

/** Checks a CNAPS bank code of 12 digits; the last is the check digit of ISO 7064 MOD 11,10. */
export function checkCnapsCode(text: string): FormatCheck {
  const value = normaliseCnapsCode(text);
  if (!/^\d{12}$/.test(value)) return invalid('must have 12 digits');
  return checkDigitOf(value.slice(0, 11)) === Number(value.at(-1))
    ? valid(value)
    : invalid('has a wrong check digit');
}

function checkDigitOf(digits: string): number {
  const product = Array.from(digits).reduce((carried, digit) => {
    const sum = (carried + Number(digit)) % 10;
    return ((sum === 0 ? 10 : sum) * 2) % 11;
  }, 10);
  return (11 - product) % 10;
}
