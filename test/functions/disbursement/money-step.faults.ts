import { pathToFileURL } from 'node:url';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MoneyDriver, type Steps } from './money-driver.ts';
import { faultsOf } from './money-judge.ts';
import {
  installCrashPoints,
  installStoreFaults,
  MoneyRun,
  removeCrashPoints,
  undisturbed,
} from './money-run.ts';
import { startMoneyDatabase } from './money-tables.ts';
import { createWorld, type Abilities, type MoneyWorld } from './money-world.ts';

/** A bug planted to see whether the suite finds it. */
export interface Canary {
  readonly name: string;
  readonly breakWorld?: (
    world: MoneyWorld,
    run: MoneyRun,
    documents: DynamoDBDocumentClient,
  ) => MoneyWorld;
  readonly breakSteps?: (world: MoneyWorld, documents: DynamoDBDocumentClient) => Partial<Steps>;
}

export interface RunReport {
  readonly seed: number;
  readonly abilities: Abilities;
  readonly faults: readonly string[];
  readonly trace: readonly string[];
  readonly ended: string;
}

const levels: readonly Abilities[] = ['Both', 'Both', 'DedupOnly', 'QueryOnly', 'None'];

/** The bank of a seed: half of the runs meet a good one. */
export function abilitiesOf(seed: number): Abilities {
  return levels[seed % levels.length] ?? 'Both';
}

/** One life of one loan under faults, then healing, then judgement. */
export async function runSeed(
  seed: number,
  documents: DynamoDBDocumentClient,
  canary?: Canary,
): Promise<RunReport> {
  const run = new MoneyRun(seed);
  const abilities = abilitiesOf(seed);
  const sound = await createWorld(run, documents, { abilities, label: canary?.name ?? 'sound' });
  const world = canary?.breakWorld?.(sound, run, documents) ?? sound;
  const driver = new MoneyDriver(run, world, canary?.breakSteps?.(world, documents));
  try {
    const ended = await driver.disburse();
    run.isCalm = true;
    await run.wakeAll();
    run.advance(3_600);
    const faults = await undisturbed(() => faultsOf(run, world, ended));
    return { seed, abilities, faults, trace: run.trace, ended };
  } catch (error) {
    run.isCalm = true;
    await run.wakeAll();
    const stopped = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { seed, abilities, faults: [`I12: ${stopped}`], trace: run.trace, ended: 'Stopped' };
  }
}

/** Runs many seeds, several at a time: they share nothing but the database. */
export async function runSeeds(
  seeds: readonly number[],
  documents: DynamoDBDocumentClient,
  options: { readonly canary?: Canary; readonly onReport?: (report: RunReport) => boolean } = {},
): Promise<readonly RunReport[]> {
  installCrashPoints();
  const reports: RunReport[] = [];
  let next = 0;
  let isEnough = false;
  const worker = async (): Promise<void> => {
    for (let seed = seeds[next++]; seed !== undefined && !isEnough; seed = seeds[next++]) {
      const report = await runSeed(seed, documents, options.canary);
      reports.push(report);
      isEnough ||= options.onReport?.(report) ?? false;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  removeCrashPoints();
  return reports;
}

/** The program: `node test/functions/disbursement/money-step.faults.ts [runs]`; SEED=n replays one run with its trace. */
async function main(): Promise<void> {
  const single = process.env['SEED'];
  const count = Number(process.argv[2] ?? 2_000);
  const first = Number(process.env['FIRST_SEED'] ?? 1);
  const seeds =
    single === undefined
      ? Array.from({ length: count }, (_, index) => first + index)
      : [Number(single)];
  const database = await startMoneyDatabase();
  installStoreFaults(database.documents);
  const startedMs = performance.now();
  const reports = await runSeeds(seeds, database.documents);
  await database.stop();
  const bad = reports.filter(({ faults }) => faults.length > 0);
  for (const { seed, abilities, faults, trace } of bad.slice(0, 5))
    console.log(`seed ${seed} (${abilities}): ${faults.join('; ')}\n  ${trace.join('\n  ')}`);
  if (single !== undefined) for (const { trace } of reports) console.log(trace.join('\n'));
  const endings = Object.groupBy(reports, ({ abilities, ended }) => `${abilities} ${ended}`);
  for (const [ending, { length } = []] of Object.entries(endings).sort())
    console.log(ending, length);
  const struck = reports.flatMap(({ trace }) => trace.filter((line) => line.includes('fault:')));
  const kinds = Object.groupBy(struck, (line) => line.slice('00:00:00 fault: '.length));
  for (const [kind, { length } = []] of Object.entries(kinds).sort())
    console.log(`  ${kind}`, length);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${reports.length} runs (seeds ${seeds[0]} to ${seeds.at(-1)}), ${struck.length} faults, ${bad.length} bad, ${seconds.toFixed(1)} s`,
  );
  process.exitCode = bad.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
