import { type FormatCheck, invalid, valid } from './format-check.ts';

/** The number as it is stored: no blanks, hyphens or country code. */
export function normaliseMobile(text: string): string {
  return text.replace(/[\s-]/g, '').replace(/^(?:\+86|0086)+/, '');
}

/** Checks the shape of a mainland mobile number. Numbers are portable: the prefix says nothing about the operator. */
export function checkMobile(text: string): FormatCheck {
  const value = normaliseMobile(text);
  return /^1[3-9]\d{9}$/.test(value)
    ? valid(value)
    : invalid('must be a mainland mobile number of 11 digits');
}
