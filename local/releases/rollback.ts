/**
 * Points the aliases of machines, and of the functions they call, back at an earlier version. Nothing is built or
 * deployed; what runs goes on with the definition it began with.
 *
 *   npm run rollback -- --dry-run                                  what would be done with every machine
 *   npm run rollback -- --to 0.1.0                                 everything back to a release
 *   npm run rollback -- --machine originate-loan --to 3            one machine, to one of its versions
 *
 * At AWS with the credentials of the environment; elsewhere at AWS_ENDPOINT_URL.
 */
import { parseArgs } from 'node:util';
import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishedFunctions } from './published-functions.ts';
import { PublishedMachines } from './published-machines.ts';
import { moveOfFunction, moveOfMachine, type Move } from './versions-of-release.ts';

const ALIAS = 'live';

const { values: flags } = parseArgs({
  options: {
    to: { type: 'string' },
    machine: { type: 'string' },
    stage: { type: 'string', default: process.env['ZHUDAI_STAGE'] ?? 'production' },
    region: { type: 'string', default: process.env['AWS_REGION'] ?? 'us-east-1' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const { to, machine, stage, region } = flags;
const isTried = flags['dry-run'];
if (to !== undefined && /^\d+$/.test(to) && machine === undefined)
  fail('--to NUMBER is a version of one machine: say which by --machine, or name a release');

const machines = new PublishedMachines(new SFNClient({ region }), ALIAS);
const functions = new PublishedFunctions({ region, stage, alias: ALIAS });

try {
  await rollBack();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

async function rollBack(): Promise<void> {
  const all = await machines.list();
  const chosen = all.filter(({ name }) => machine === undefined || name === machine);
  if (chosen.length === 0)
    throw new Error(
      machine === undefined
        ? 'no machine here has the alias live'
        : `no machine ${machine}; there are ${all.map(({ name }) => name).join(', ')}`,
    );
  // Everything is looked up before anything is changed: a rollback half done is worse than none.
  const moves = await Promise.all(
    chosen.map(async (each) => {
      const current = await machines.current(each);
      return { each, move: moveOfMachine(await machines.versions(each), current, to) };
    }),
  );
  const releases = new Set(moves.map(({ move }) => move.release));
  const [release] = releases;
  if (releases.size > 1)
    throw new Error(
      `the versions before are of several releases (${[...releases].join(', ')}): name one by --to`,
    );
  const names = await functionsToMove(moves, release);
  const functionMoves = await Promise.all(
    names.map(async (name) => {
      const current = await functions.current(name);
      return { name, move: moveOfFunction(await functions.versions(name), current, release) };
    }),
  );
  // Machines first: what starts from now on sends the payloads that the code of that release knows.
  for (const { each, move } of moves) {
    if (move.to !== undefined && !isTried) await machines.point(each, move.to);
    const goingOn = move.to === undefined ? 0 : await machines.running(each, move.from);
    tell(each.name, move, goingOn > 0 ? `${goingOn} executions go on with ${move.from}` : '');
  }
  for (const { name, move } of functionMoves) {
    if (move.to !== undefined && !isTried) await functions.point(name, move.to);
    if (move.to !== undefined) tell(name, move, '');
  }
  const still = functionMoves.filter(({ move }) => move.to === undefined).length;
  if (still > 0) console.log(`${still} functions stay where they are`);
  const lost = functionMoves.find(({ move }) => move.because?.startsWith('no version') === true);
  if (lost) console.log(`${lost.name}: ${lost.move.because ?? ''}`);
}

/** The functions of one machine, or all of the stage; none when the release stays the same. */
async function functionsToMove(
  moves: readonly { each: Parameters<PublishedMachines['functionsOf']>[0]; move: Move }[],
  release: string | undefined,
): Promise<readonly string[]> {
  if (release === undefined) return [];
  if (machine === undefined) return functions.list();
  const [first] = moves;
  return first ? machines.functionsOf(first.each, first.move.to ?? first.move.from) : [];
}

function tell(name: string, { from, to: target, because }: Move, note: string): void {
  const what = target === undefined ? `stays at ${from}: ${because ?? ''}` : `${from} -> ${target}`;
  const words = [`${name}: ${what}`, ...(note === '' ? [] : [note])].join('; ');
  console.log(isTried && target !== undefined ? `would point ${words}` : words);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
