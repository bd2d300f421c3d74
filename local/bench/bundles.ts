/**
 * How much processor time each function's bundle takes to load in a fresh process, beside the bundle that most would write (document
 * client, middy, `{ z }`, no plugin of ours), taken in turns in one run.
 *
 *   npm run bench:bundles [-- --rounds 7] [--assert]
 *
 * With `--assert` it fails when a function is above the goal.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFunctions } from '../../lib/bundle-functions.ts';
import { bundlePath } from '../../lib/constructs/bundle-path.ts';
import { bundleBytesMax, LOAD_RATIO_MAX } from './bundle-budget.ts';

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    assert: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const directory = mkdtempSync(join(tmpdir(), 'zhudai-bench-bundles-'));
const repositoryRoot = join(import.meta.dirname, '../..');

const naiveSource = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
  import middy from '@middy/core';
  import { z } from 'zod';
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const Input = z.object({ id: z.string() });
  export const handler = middy().handler(async (event) => {
    const { id } = Input.parse(event);
    const { Item } = await documents.send(new GetCommand({ TableName: 't', Key: { id } }));
    await documents.send(new PutCommand({ TableName: 't', Item: { ...Item, seen: true } }));
  });`;

const naive = join(directory, 'naive.mjs');
const loadOnce = `
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);
  process.exit(0);`;
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
};

/** Milliseconds of processor time that the import takes in a process of its own: what others do meanwhile is left out. */
async function loadMs(file: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', loadOnce, file], {
    env: environment,
  });
  return Number(stdout.trim().split('\n').at(-1));
}

/** Fills in the times of every bundle and answers those of the reference, which takes its turn all along. */
async function measureInTurns(
  files: readonly { readonly file: string; readonly times: number[] }[],
): Promise<number[]> {
  const reference: number[] = [];
  const turns = Array.from({ length: rounds }, () => files).flat();
  for (const [turn, { file, times }] of turns.entries()) {
    times.push(await loadMs(file));
    if (turn % 8 === 0) reference.push(await loadMs(naive));
  }
  return reference;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

try {
  await build({
    stdin: { contents: naiveSource, resolveDir: repositoryRoot, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outfile: naive,
  });
  const bundles = await bundleFunctions(directory);
  const files = bundles.map(({ entry, bytes }) => ({
    entry,
    bytes,
    file: join(bundlePath(directory, entry), 'index.mjs'),
    times: [] as number[],
  }));
  const naiveTimes = await measureInTurns(files);
  const naiveMs = median(naiveTimes);
  const rows = files
    .map(({ entry, bytes, times }) => ({ entry, bytes, ratio: median(times) / naiveMs }))
    .toSorted((left, right) => right.ratio - left.ratio);
  console.log(
    `naive bundle: ${kilobytes(statSync(naive).size)} KB, ${naiveMs.toFixed(1)} ms to load`,
  );
  for (const { entry, bytes, ratio } of rows)
    console.log(`${ratio.toFixed(2)} of it  ${kilobytes(bytes).padStart(5)} KB  ${entry}`);
  judge(rows);
} finally {
  rmSync(directory, { recursive: true });
}

interface Row {
  readonly entry: string;
  readonly bytes: number;
  readonly ratio: number;
}

/** Says how the functions stand to the goal. */
function judge(rows: readonly Row[]): void {
  const slow = rows.filter(({ ratio }) => ratio > LOAD_RATIO_MAX);
  const large = rows.filter(({ entry, bytes }) => bytes > bundleBytesMax(entry));
  const ratios = rows.map(({ ratio }) => ratio);
  const worst = Math.max(...ratios);
  console.log(
    `\n${rows.length} functions: median ${median(ratios).toFixed(2)}, worst ${worst.toFixed(2)}, ` +
      `${slow.length} above ${LOAD_RATIO_MAX} and ${large.length} above their size`,
  );
  for (const { entry, ratio } of slow) console.log(`above: ${ratio.toFixed(2)}  ${entry}`);
  if (values.assert && slow.length + large.length > 0) process.exitCode = 1;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
