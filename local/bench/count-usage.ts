import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatformProcess, type PlatformProcess } from './platform-process.ts';
import { syntheticApplication } from './synthetic-applications.ts';

/** What the one-machine host counts, as far as it is paid for. */
export interface Counts {
  readonly statesEntered: number;
  readonly invocations: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly apiRequests: number;
  readonly eventsPut: number;
}

/** Sends straight-through applications to a platform of its own and answers what each of them used, from request to payout. */
export async function countPerApplication(applications: number): Promise<Counts> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-cost-'));
  const platform = await startPlatformProcess({ flags: ['--memory', '--empty'], dataDir });
  try {
    const before = await countsOf(platform);
    await sendAll(platform, applications);
    const after = await countsOf(platform);
    const each = (name: keyof Counts): number => (after[name] - before[name]) / applications;
    return {
      statesEntered: each('statesEntered'),
      invocations: each('invocations'),
      readUnits: each('readUnits'),
      writeUnits: each('writeUnits'),
      apiRequests: each('apiRequests'),
      eventsPut: each('eventsPut'),
    };
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function countsOf({ baseUrl }: PlatformProcess): Promise<Counts> {
  return (await (await fetch(`${baseUrl}/local/meter`)).json()) as Counts;
}

/** One after the other, and the bank's books say when all are paid: nobody asks the platform meanwhile. */
async function sendAll(
  { baseUrl, partnerKey }: PlatformProcess,
  applications: number,
): Promise<void> {
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
