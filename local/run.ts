import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_DATA_FOLDER } from './hosting/data-folder.ts';
import { adviceWithoutJava, CannotStart, requireJava } from './hosting/database-process.ts';

const usage = `npm start -- [flags]

  --port N            where the platform listens (default 4000); the AWS endpoint takes the next port
  --data DIR          where everything is kept (default .zhudai)
  --memory            keep nothing
  --dynamodb-local    keep the tables of a new data folder in Amazon's DynamoDB Local, which needs Java 17
  --empty             do not replay the first 50 sample applications into an empty data folder
  --auto-operate      let the sandbox staff work the tasks
  --manual-borrower   leave contracts unsigned
  --isolate           every function with modules, access key and KMS calls of its own; needs --memory
  --help              this text`;

const REPLAYED_FIRST = 50;
/** The platform works long before the first replay is through: on a slow machine nobody waits for it longer than this. */
const READY_AT_LATEST_MS = 24_000;

/** Starts the platform and leaves it running until it is told to stop. */
export async function main(argv: readonly string[]): Promise<void> {
  const flags = readFlags(argv);
  if (flags.help) {
    console.log(usage);
    return;
  }
  // Every module compiled once: the next start reads machine-ready code.
  enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/zhudai/compiled'));
  const { startPlatform } = await import('./hosting/platform.ts');
  const stopping = new AbortController();
  onSignals(() => {
    stopping.abort();
  });
  const platform = await startPlatform({
    port: flags.port,
    dataDir: flags.data,
    isInMemory: flags.memory,
    isAutoOperated: flags.isAutoOperated,
    isManualBorrower: flags.isManualBorrower,
    // Tests run on DynamoDB Local, but for those of the tables that run without it.
    isOnDynamoDbLocal: flags.isOnDynamoDbLocal || process.env['ZHUDAI_TABLES'] === 'dynamodb-local',
    isIsolated: flags.isIsolated,
    onError: (error) => {
      if (!stopping.signal.aborted) console.error(describe(error));
    },
    onDatabaseLost: (reason) => {
      console.error(`${reason}\nStart the platform again.`);
      process.exit(1);
    },
  });
  const ended = new Promise<void>((resolve) => {
    const stop = (): void => {
      void platform.stop().then(resolve);
    };
    if (stopping.signal.aborted) stop();
    else stopping.signal.addEventListener('abort', stop, { once: true });
  });
  const { describeReady, describeNext } = await import('./hosting/greeting.ts');
  let replay = Promise.resolve('');
  if (!flags.empty && !(await platform.wasReplayed())) {
    const { replayFirst } = await import('./hosting/first-replay.ts');
    const { signal } = stopping;
    replay = replayFirst(platform, { ...flags, count: REPLAYED_FIRST, signal });
    await Promise.race([
      replay,
      sleep(READY_AT_LATEST_MS - performance.now(), undefined, { ref: false }),
    ]);
  }
  if (!stopping.signal.aborted) console.log(describeReady(platform));
  const summary = await replay;
  if (!stopping.signal.aborted) {
    console.log(
      `${summary}${describeNext(platform, { dataFolder: flags.data, isKept: !flags.memory })}`,
    );
    const advice = adviceWithoutJava();
    if (advice !== undefined) console.log(`\n${advice}`);
  }
  await ended;
}

interface Flags {
  readonly port: number;
  readonly data: string;
  readonly memory: boolean;
  readonly isOnDynamoDbLocal: boolean;
  readonly empty: boolean;
  readonly isAutoOperated: boolean;
  readonly isManualBorrower: boolean;
  readonly isIsolated: boolean;
  readonly help: boolean;
}

const PORT_MAX = 65_533;

function readFlags(argv: readonly string[]): Flags {
  const { values } = parseFlags(argv);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX)
    throw new CannotStart(`--port must be a number up to ${PORT_MAX}, not "${values.port}"`);
  if (values.isolate && !values.memory)
    throw new CannotStart('--isolate seals with a KMS that forgets its keys: it needs --memory');
  return {
    port,
    data: values.data,
    memory: values.memory,
    isOnDynamoDbLocal: values['dynamodb-local'],
    empty: values.empty,
    isAutoOperated: values['auto-operate'],
    isManualBorrower: values['manual-borrower'],
    isIsolated: values.isolate,
    help: values.help,
  };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '4000' },
        data: { type: 'string', default: DEFAULT_DATA_FOLDER },
        memory: { type: 'boolean', default: false },
        'dynamodb-local': { type: 'boolean', default: false },
        empty: { type: 'boolean', default: false },
        'auto-operate': { type: 'boolean', default: false },
        'manual-borrower': { type: 'boolean', default: false },
        isolate: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new CannotStart(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
  }
}

/** The first signal stops in order; a second one does not wait. */
function onSignals(stop: () => void): void {
  let count = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      count += 1;
      if (count > 1) process.exit(130);
      console.log('Stopping ...');
      stop();
    });
}

function describe(error: unknown): string {
  if (error instanceof CannotStart) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What could not start for want of Java says so, whatever it stumbled over. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof CannotStart)) return error;
  try {
    requireJava();
    return error;
  } catch (missing) {
    return missing;
  }
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  try {
    await main(process.argv.slice(2));
    process.exit(0);
  } catch (error) {
    console.error(describe(reasonOf(error)));
    process.exit(1);
  }
}
