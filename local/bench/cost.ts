/**
 * What a thousand straight-through applications cost, from request to payout: counted on a platform of this machine,
 * priced by the dated prices beside this file.
 *
 *   npm run cost [-- --applications 40]
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { costOf, Prices, type Usage } from './cost-of.ts';
import { countPerApplication } from './count-usage.ts';

const { values } = parseArgs({ options: { applications: { type: 'string', default: '40' } } });
/** Billed time of a warm step: 20 ms measured on one machine without the network, taken four times for it. */
const MILLISECONDS_PER_INVOCATION = 80;
const MEGABYTES = 512;
/** START, END, REPORT and the state machine's lines without data. */
const LOG_KILOBYTES_PER_INVOCATION = 0.5;
const LOG_KILOBYTES_PER_STATE = 0.4;

const prices = Prices.parse(
  JSON.parse(await readFile(join(import.meta.dirname, 'prices/us-east-1.json'), 'utf8')),
);
const counts = await countPerApplication(Number(values.applications));
const usage: Usage = {
  ...counts,
  gigabyteSeconds: (counts.invocations * MILLISECONDS_PER_INVOCATION * MEGABYTES) / 1000 / 1024,
  logKilobytes:
    counts.invocations * LOG_KILOBYTES_PER_INVOCATION +
    counts.statesEntered * LOG_KILOBYTES_PER_STATE,
};
const lines = costOf(usage, prices, 1000);
console.log(`1,000 applications in ${prices.region}, prices of ${prices.asOf}`);
for (const { what, used, dollars } of lines)
  console.log(`${what.padEnd(16)} ${used.toFixed(0).padStart(8)}  $${dollars.toFixed(4)}`);
const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
console.log(`${'together'.padEnd(25)}  $${total.toFixed(4)}`);
