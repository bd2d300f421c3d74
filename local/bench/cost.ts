/**
 * What a thousand straight-through applications cost, from request to payout: counted on a platform of this machine,
 * priced by the dated prices beside this file.
 *
 *   npm run cost [-- --applications 40]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { costOf, Prices, type Usage } from './cost-of.ts';
import { startPlatformProcess, type PlatformProcess } from './platform-process.ts';
import { syntheticApplication } from './synthetic-applications.ts';

const { values } = parseArgs({ options: { applications: { type: 'string', default: '40' } } });
const applications = Number(values.applications);
/** Billed time of a warm step: 20 ms measured on one machine without the network, taken four times for it. */
const MILLISECONDS_PER_INVOCATION = 80;
const MEGABYTES = 512;
/** START, END, REPORT and the state machine's lines without data. */
const LOG_KILOBYTES_PER_INVOCATION = 0.5;
const LOG_KILOBYTES_PER_STATE = 0.4;

interface Meter {
  readonly statesEntered: number;
  readonly invocations: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly apiRequests: number;
  readonly eventsPut: number;
}

const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-cost-'));
const platform = await startPlatformProcess({ flags: ['--memory', '--empty'], dataDir });
try {
  const prices = Prices.parse(
    JSON.parse(await readFile(join(import.meta.dirname, 'prices/us-east-1.json'), 'utf8')),
  );
  const before = await meterOf(platform);
  await sendAll(platform);
  const after = await meterOf(platform);
  const each = (name: keyof Meter): number => (after[name] - before[name]) / applications;
  const usage: Usage = {
    statesEntered: each('statesEntered'),
    invocations: each('invocations'),
    gigabyteSeconds: (each('invocations') * MILLISECONDS_PER_INVOCATION * MEGABYTES) / 1000 / 1024,
    readUnits: each('readUnits'),
    writeUnits: each('writeUnits'),
    apiRequests: each('apiRequests'),
    eventsPut: each('eventsPut'),
    logKilobytes:
      each('invocations') * LOG_KILOBYTES_PER_INVOCATION +
      each('statesEntered') * LOG_KILOBYTES_PER_STATE,
  };
  const lines = costOf(usage, prices, 1000);
  console.log(`1,000 applications in ${prices.region}, prices of ${prices.asOf}`);
  for (const { what, used, dollars } of lines)
    console.log(`${what.padEnd(16)} ${used.toFixed(0).padStart(8)}  $${dollars.toFixed(4)}`);
  if (usage.writeUnits === 0)
    console.log('the meter of this version counts no read and write units');
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  console.log(`${'together'.padEnd(25)}  $${total.toFixed(4)}`);
} finally {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function meterOf({ baseUrl }: PlatformProcess): Promise<Meter> {
  return (await (await fetch(`${baseUrl}/local/meter`)).json()) as Meter;
}

/** One after the other, and the bank's books say when all are paid: nobody asks the platform meanwhile. */
async function sendAll({ baseUrl, partnerKey }: PlatformProcess): Promise<void> {
  for (let n = 0; n < applications; n += 1) {
    const answer = await fetch(`${baseUrl}/v1/applications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${partnerKey}`,
        'content-type': 'application/json',
        'idempotency-key': `cost-${n}`,
      },
      body: JSON.stringify(syntheticApplication('cost', n)),
    });
    if (answer.status !== 202) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
  }
  const deadline = performance.now() + 180_000;
  for (;;) {
    const books = (await (await fetch(`${baseUrl}/sandbox/bank/books`)).json()) as {
      totals: { payouts: number };
    };
    if (books.totals.payouts >= applications) break;
    if (performance.now() > deadline)
      throw new Error(`${books.totals.payouts} of ${applications} were paid out`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  // The last ones are still activated and told of.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}
