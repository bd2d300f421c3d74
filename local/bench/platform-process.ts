import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../hosting/ports.ts';

/** A platform running as a process of its own, as a user would start it; benches and kill tests talk HTTP to it. */
export interface PlatformProcess {
  readonly baseUrl: string;
  readonly awsEndpoint: string;
  readonly partnerKey: string;
  readonly operatorToken: string;
  readonly readyMs: number;
  readonly output: () => string;
  stop(): Promise<void>;
  /** SIGKILL to the platform process alone: the database is a process of its own and is stopped gently. */
  kill(): Promise<void>;
}

/** What `npm start` gives Node: most objects of a request die young, so there is room for them to do so. */
const nodeFlags = ['--max-semi-space-size=64'];

export interface PlatformProcessOptions {
  readonly flags: readonly string[];
  readonly dataDir: string;
  readonly port?: number;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const STARTS_MAX = 3;

/**
 * Starts the platform as `npm start` does, with these flags, and waits until it says that it is ready. A port that nobody
 * asked for and that was taken between the look and the start is another one.
 */
export async function startPlatformProcess(
  options: PlatformProcessOptions,
): Promise<PlatformProcess> {
  for (let start = 1; ; start += 1)
    try {
      return await startAt(options.port ?? (await freePort()), options);
    } catch (error) {
      const isTaken =
        error instanceof Error && error.message.includes('is taken by another program');
      if (!isTaken || options.port !== undefined || start >= STARTS_MAX) throw error;
    }
}

async function startAt(port: number, options: PlatformProcessOptions): Promise<PlatformProcess> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...nodeFlags,
      'local/run.ts',
      '--port',
      String(port),
      '--data',
      options.dataDir,
      ...options.flags,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: join(import.meta.dirname, '../..'),
      env: options.env ?? process.env,
    },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await untilReady(child, () => output, options.timeoutMs ?? 120_000);
  const readyMs = performance.now() - startedAt;
  const credentials = await readCredentials(options.dataDir, output);
  return {
    ...credentials,
    readyMs,
    output: () => output,
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
  };
}

async function untilReady(
  child: ChildProcess,
  output: () => string,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!/^Zhudai is ready at /m.test(output())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the platform ended before it was ready:\n${output()}`);
    if (performance.now() > deadline) {
      child.kill('SIGTERM');
      throw new Error(`the platform was not ready after ${timeoutMs} ms:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function readCredentials(
  dataDir: string,
  output: string,
): Promise<Pick<PlatformProcess, 'baseUrl' | 'awsEndpoint' | 'partnerKey' | 'operatorToken'>> {
  const printed = (label: string): string | undefined =>
    new RegExp(`^${label} (.+)$`, 'm').exec(output)?.[1]?.trim();
  const fromOutput = {
    baseUrl: printed('Zhudai is ready at'),
    awsEndpoint: printed('AWS endpoint:'),
    partnerKey: printed('Partner key:'),
    operatorToken: printed('Operator token:'),
  };
  const { baseUrl, awsEndpoint, partnerKey, operatorToken } = fromOutput;
  if (baseUrl && awsEndpoint && partnerKey && operatorToken)
    return { baseUrl, awsEndpoint, partnerKey, operatorToken };
  return JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as PlatformProcess;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
