import { readFileSync } from 'node:fs';
import { quote, type Quote } from '../../domain/lending/quote.ts';
import { parseTerms, recordName, type Terms } from '../../domain/lending/terms.ts';
import { InvalidInput } from '../../domain/shared/errors.ts';

/** Prices the terms in a file, one object or an array, and answers JSON in the same order and shape. */
export function quoteFile(file: string): string {
  return quoteText(readFileSync(file === '-' ? 0 : file, 'utf8'));
}

/** The same for the text itself. An array is answered with one line a loan, so that long answers stay readable. */
export function quoteText(text: string): string {
  const input = readJson(text);
  if (!Array.isArray(input)) return JSON.stringify(price(parseTerms(input), 1), undefined, 2);
  // Everything is read before anything is priced: a bad record means no answer at all.
  const terms = input.map((record, i) => parseTerms(record, i + 1));
  return `[\n${terms.map((one, i) => JSON.stringify(price(one, i + 1))).join(',\n')}\n]`;
}

/** Terms may be read and still not be priced, for one when their last due date is beyond the calendar. */
function price(terms: Terms, record: number): Quote {
  try {
    return quote(terms);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(`${recordName(terms, record)}: ${error.message}`, { cause: error });
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the file is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
