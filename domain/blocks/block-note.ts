import * as z from 'zod';

/** Eleven digits or more in a row, however they are spaced: an identity card, a mobile, a bank card. Dates are none. */
const LONG_NUMBER = /\d(?:[ \-.]?\d){10,}/;
const DATE = /\d{4}-\d{2}-\d{2}/g;
const ADDRESS = /\S@\S/;

/** Whether a text holds what a person is found by. Digits of full width count as well. */
export function holdsPersonalData(text: string): boolean {
  const plain = text.normalize('NFKC').replaceAll(DATE, ' / ');
  return LONG_NUMBER.test(plain) || ADDRESS.test(plain);
}

/** What somebody adds in their own words. It outlives the person's data, so nothing in it may say who they are. */
export const BlockNote = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => !holdsPersonalData(text), {
    message: 'holds a number or an address that a person is found by: leave it out',
  });
