import { readFileSync } from 'node:fs';
import { quote } from '../../domain/lending/quote.ts';
import { parseTerms } from '../../domain/lending/terms.ts';

/** Prices the terms in a file, one object or an array, and answers JSON in the same order and shape. */
export function quoteFile(file: string): string {
  return quoteText(readFileSync(file === '-' ? 0 : file, 'utf8'));
}

/** The same for the text itself. An array is answered with one line a loan, so that long answers stay readable. */
export function quoteText(text: string): string {
  const input = readJson(text);
  if (!Array.isArray(input)) return JSON.stringify(quote(parseTerms(input)), undefined, 2);
  // Everything is read before anything is priced: a bad record means no answer at all.
  const terms = input.map((record, i) => parseTerms(record, i + 1));
  return `[\n${terms.map((one) => JSON.stringify(quote(one))).join(',\n')}\n]`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the file is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
