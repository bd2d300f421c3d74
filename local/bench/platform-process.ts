import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

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

/** A TCP port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What `npm start` gives Node: most objects of a request die young, so there is room for them to do so. */
const nodeFlags = ['--max-semi-space-size=64'];

/** Starts the platform as `npm start` does, with these flags, and waits until it says that it is ready. */
export async function startPlatformProcess(options: {
  flags: readonly string[];
  dataDir: string;
  port?: number;
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
}): Promise<PlatformProcess> {
  const port = options.port ?? (await freePort());
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
