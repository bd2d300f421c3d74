/**
 * npm run bench [-- --applications 400 --concurrency 24 --mode memory --skip-bundles --json]
 *
 * Reports, for this machine: applications a second from request to payout over HTTP (with checkpoints and with --memory),
 * states entered, Lambda invocations, DynamoDB read and write units and milliseconds of CPU per application, and the bundle
 * size of every function. Figures depend on the machine; compare ratios, and two runs of the same machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions, type Bundle } from '#lib/bundle-functions.ts';
import { startPlatformProcess, type PlatformProcess } from './platform-process.ts';
import { syntheticApplication } from './synthetic-applications.ts';

interface Throughput {
  mode: 'checkpoints' | 'memory';
  applications: number;
  concurrency: number;
  disbursed: number;
  seconds: number;
  applicationsPerSecond: number;
  readyMs: number;
  perApplication: {
    statesEntered: number;
    invocations: number;
    readUnits: number;
    writeUnits: number;
    platformCpuMs: number;
    databaseCpuMs: number;
  };
}

interface Cpu {
  platform: number;
  database: number;
}

interface Meter {
  statesEntered: number;
  invocations: number;
  readUnits: number;
  writeUnits: number;
}

async function measureThroughput(
  mode: Throughput['mode'],
  load: { applications: number; concurrency: number },
): Promise<Throughput> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-bench-'));
  const flags = ['--empty', '--auto-operate', ...(mode === 'memory' ? ['--memory'] : [])];
  const platform = await startPlatformProcess({ flags, dataDir });
  try {
    // A first few warm the process up: modules, fonts, connections. They are not counted.
    await sendAndAwait(platform, { run: 'warm', from: 0, applications: 40, concurrency: 8 });
    const before = await readMeter(platform);
    const cpuBefore = await readCpu(platform);
    const startedAt = performance.now();
    const disbursed = await sendAndAwait(platform, { run: 'bench', from: 1000, ...load });
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await readMeter(platform);
    const cpuAfter = await readCpu(platform);
    const each = (field: keyof Meter): number =>
      round((after[field] - before[field]) / load.applications);
    return {
      mode,
      ...load,
      disbursed,
      seconds: round(seconds),
      applicationsPerSecond: round(disbursed / seconds),
      readyMs: Math.round(platform.readyMs),
      perApplication: {
        statesEntered: each('statesEntered'),
        invocations: each('invocations'),
        readUnits: each('readUnits'),
        writeUnits: each('writeUnits'),
        platformCpuMs: round((cpuAfter.platform - cpuBefore.platform) / load.applications),
        databaseCpuMs: round((cpuAfter.database - cpuBefore.database) / load.applications),
      },
    };
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Sends the applications with so many requests in flight, then waits until the bank's books show every payout. */
async function sendAndAwait(
  platform: PlatformProcess,
  load: { run: string; from: number; applications: number; concurrency: number },
): Promise<number> {
  const already = await paidSoFar(platform);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < load.applications) {
      const n = load.from + next++;
      const answer = await fetch(`${platform.baseUrl}/v1/applications`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${platform.partnerKey}`,
          'content-type': 'application/json',
          'idempotency-key': `${load.run}-${String(n)}`,
        },
        body: JSON.stringify(syntheticApplication(load.run, n)),
      });
      if (answer.status !== 202) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
      await answer.body?.cancel();
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, worker));
  const deadline = performance.now() + 300_000;
  for (;;) {
    const paid = (await paidSoFar(platform)) - already;
    if (paid >= load.applications) return paid;
    if (performance.now() > deadline) {
      console.error(`not paid: ${JSON.stringify(await unpaid(platform))}`);
      return paid;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function paidSoFar(platform: PlatformProcess): Promise<number> {
  const answer = await fetch(`${platform.baseUrl}/sandbox/bank/books`);
  return ((await answer.json()) as { totals: { payouts: number } }).totals.payouts;
}

/** Those that are not paid, as an operator sees them: what to look at when a run does not end. */
async function unpaid({
  baseUrl,
  partnerKey,
  operatorToken,
}: PlatformProcess): Promise<readonly unknown[]> {
  const get = async (path: string, key: string): Promise<unknown> =>
    (await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${key}` } })).json();
  const found: unknown[] = [];
  for (let cursor = '', page = 0; page < 20; page += 1) {
    const { items, nextCursor } = (await get(
      `/v1/applications?limit=100${cursor}`,
      partnerKey,
    )) as { items: { applicationId: string; status: string }[]; nextCursor?: string };
    for (const { applicationId, status } of items.filter((each) => each.status !== 'Disbursed'))
      found.push({
        applicationId,
        status,
        application: await get(`/ops/applications/${applicationId}`, operatorToken),
      });
    if (nextCursor === undefined) break;
    cursor = `&cursor=${nextCursor}`;
  }
  return found;
}

async function readMeter(platform: PlatformProcess): Promise<Meter> {
  return (await (await fetch(`${platform.baseUrl}/local/meter`)).json()) as Meter;
}

async function readCpu(platform: PlatformProcess): Promise<Cpu> {
  return (await (await fetch(`${platform.baseUrl}/local/cpu`)).json()) as Cpu;
}

async function measureBundles(): Promise<readonly Bundle[]> {
  const directory = await mkdtemp(join(tmpdir(), 'zhudai-bundles-'));
  try {
    return (await bundleFunctions(directory)).toSorted((a, b) => b.bytes - a.bytes);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function print(throughputs: readonly Throughput[], bundles: readonly Bundle[]): void {
  console.log(`${String(cpus().length)} cores, Node ${process.version}\n`);
  for (const t of throughputs) {
    const per = t.perApplication;
    console.log(
      `${t.mode.padEnd(12)} ${String(t.applicationsPerSecond).padStart(7)} applications/s from request to payout (${String(t.disbursed)} of ${String(t.applications)} in ${String(t.seconds)} s; ready after ${String(t.readyMs)} ms)`,
    );
    console.log(
      `             per application: ${String(per.statesEntered)} states entered, ${String(per.invocations)} invocations, ${String(per.readUnits)} read units, ${String(per.writeUnits)} write units; CPU: platform ${String(per.platformCpuMs)} ms, database ${String(per.databaseCpuMs)} ms`,
    );
  }
  console.log('\nbundle (minified)');
  for (const bundle of bundles)
    console.log(`${String(Math.round(bundle.bytes / 1024)).padStart(6)} KB  ${bundle.entry}`);
}

const { values } = parseArgs({
  options: {
    applications: { type: 'string', default: '400' },
    concurrency: { type: 'string', default: '24' },
    mode: { type: 'string' },
    json: { type: 'boolean', default: false },
    'skip-bundles': { type: 'boolean', default: false },
  },
});
const load = { applications: Number(values.applications), concurrency: Number(values.concurrency) };
const throughputs: Throughput[] = [];
for (const mode of ['checkpoints', 'memory'] as const)
  if (values.mode === undefined || values.mode === mode)
    throughputs.push(await measureThroughput(mode, load));
const bundles = values['skip-bundles'] ? [] : await measureBundles();
if (values.json) console.log(JSON.stringify({ throughputs, bundles }, null, 2));
else print(throughputs, bundles);
