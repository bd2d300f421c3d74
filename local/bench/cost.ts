/**
 * What a thousand straight-through applications, a thousand repayments and the close of a business date of a million loans
 * cost: counted on a platform of this machine, priced by the dated prices beside this file.
 *
 *   npm run cost [-- --loans 40]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { costOf, Prices, usageOf } from './cost-of.ts';
import { countMonth, type Counts } from './count-usage.ts';

const { values } = parseArgs({ options: { loans: { type: 'string', default: '40' } } });
/** Of a million loans: 33,333 due on a date and 1,700 that change their bucket. */
const DUE_PER_MILLION = 33_333;
const MARKED_PER_MILLION = 1_700;

const prices = Prices.parse(
  JSON.parse(await readFile(join(import.meta.dirname, 'prices/us-east-1.json'), 'utf8')),
);
console.log(`in ${prices.region}, prices of ${prices.asOf}`);
const counts = await countMonth(Number(values.loans));
print('1,000 applications, from request to payout', counts.application, 1000);
print('1,000 repayments the bank tells of', counts.noticedRepayment, 1000);
print('1,000 repayments the partner reports', counts.reportedRepayment, 1000);
print('1,000 repayments by debit on the due date', counts.debitedLoan, 1000);
const marked = DUE_PER_MILLION + MARKED_PER_MILLION;
const date = dollarsOf(counts.closedDate, 1);
const loans = print(`${marked} loans a close changes`, counts.closedLoan, marked);
console.log(`\nthe date itself $${date.toFixed(4)}, together $${(date + loans).toFixed(4)}`);

/** Prints what `times` pieces of work use, and answers what that costs. */
function print(what: string, count: Counts, times: number): number {
  console.log(`\n${what}`);
  for (const line of costOf(usageOf(count), prices, times))
    console.log(
      `${line.what.padEnd(16)} ${line.used.toFixed(0).padStart(8)}  $${line.dollars.toFixed(4)}`,
    );
  const dollars = dollarsOf(count, times);
  console.log(`${'together'.padEnd(25)}  $${dollars.toFixed(4)}`);
  return dollars;
}

function dollarsOf(count: Counts, times: number): number {
  return costOf(usageOf(count), prices, times).reduce((sum, { dollars }) => sum + dollars, 0);
}
