import { type FormatCheck, invalid, valid } from './format-check.ts';

/** The number as it is stored: digits only. */
export function normaliseBankCard(text: string): string {
  return text.replace(/[\s-]/g, '');
}

/** Checks the length and the Luhn digit of a bank card number. */
export function checkBankCard(text: string): FormatCheck {
  const value = normaliseBankCard(text);
  if (!/^\d{13,19}$/.test(value)) return invalid('must have 13 to 19 digits');
  return luhnSumOf(value) % 10 === 0 ? valid(value) : invalid('has a wrong check digit');
}

function luhnSumOf(digits: string): number {
  return Array.from(digits)
    .reverse()
    .reduce((sum, digit, place) => {
      const doubled = Number(digit) * (1 + (place % 2));
      return sum + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
}
