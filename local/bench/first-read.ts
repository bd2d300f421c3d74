/**
 * What a function pays to read the first application it is sent, and each later one: with zod as bundles carry it, and as it
 * is published (which writes and compiles a parser for every object as it first reads one). Processor time, fresh processes
 * in turns.
 *
 *   npm run bench:first-read [-- --rounds 9]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFunctions } from '../../lib/bundle-functions.ts';
import { bundlePath } from '../../lib/constructs/bundle-path.ts';
import { syntheticApplication } from './synthetic-applications.ts';

const run = promisify(execFile);
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const directory = mkdtempSync(join(tmpdir(), 'zhudai-bench-first-read-'));
const repositoryRoot = join(import.meta.dirname, '../..');
const entry = 'domain/applications/application.ts';
const LATER = 20_000;

const readAgain = `
  const { ApplicationRequest } = await import(process.argv[1]);
  const body = JSON.parse(process.argv[2]);
  const microsecondsOf = (reads) => {
    const before = process.cpuUsage();
    for (let read = 0; read < reads; read += 1) ApplicationRequest.parse(body);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / reads;
  };
  console.log(JSON.stringify({ first: microsecondsOf(1), later: microsecondsOf(${LATER}) }));`;

interface Reads {
  readonly first: number;
  readonly later: number;
}

async function microsecondsOf(file: string): Promise<Reads> {
  const body = JSON.stringify(syntheticApplication('first-read', 1));
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    ...['-e', readAgain, file, body],
  ]);
  return JSON.parse(stdout) as Reads;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}

try {
  const published = join(directory, 'published.mjs');
  await build({
    entryPoints: [join(repositoryRoot, entry)],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    outfile: published,
  });
  await bundleFunctions(directory, [entry]);
  const bundles = [
    { name: 'as it is published', file: published, reads: [] as Reads[] },
    {
      name: 'as bundles carry it',
      file: join(bundlePath(directory, entry), 'index.mjs'),
      reads: [] as Reads[],
    },
  ];
  for (let round = 0; round < Number(values.rounds); round += 1)
    for (const { file, reads } of bundles) reads.push(await microsecondsOf(file));
  for (const { name, reads } of bundles) {
    const first = median(reads.map((each) => each.first)) / 1000;
    const later = median(reads.map((each) => each.later));
    console.log(
      `zod ${name}: the first application ${first.toFixed(1)} ms, each of ${LATER} later ones ${later.toFixed(1)} µs`,
    );
  }
} finally {
  rmSync(directory, { recursive: true });
}
