import { type FormatCheck, invalid, valid } from './format-check.ts';

/** No I, O, S, V or Z: they look like digits. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const shape = new RegExp(`^[${alphabet}]{18}$`);

/** The code as it is stored: trimmed, in upper case. */
export function normaliseSocialCreditCode(text: string): string {
  return text.trim().replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** Checks a unified social credit code (GB 32100-2015). */
export function checkSocialCreditCode(text: string): FormatCheck {
  const value = normaliseSocialCreditCode(text);
  if (!shape.test(value)) return invalid('must have 18 characters of GB 32100');
  const sum = weights.reduce(
    (total, weight, at) => total + weight * alphabet.indexOf(value.charAt(at)),
    0,
  );
  return alphabet.charAt((31 - (sum % 31)) % 31) === value.at(-1)
    ? valid(value)
    : invalid('has a wrong check character');
}
