import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedTables, KeptTables } from '../memory-tables/kept-tables.ts';
import { MemoryTables, type TableAnswer } from '../memory-tables/memory-tables.ts';
import type { WireItem } from './attribute-values.ts';
import { DATABASE_FILE } from './database-file.ts';
import { CannotStart, claimFolder, DatabaseProcess } from './database-process.ts';
import { DynamoError, DynamoWire, messageOf } from './dynamo-wire.ts';
import { routeSdkRequests } from './sdk-transport.ts';

/** Where a platform's tables are. */
export interface PlatformDatabase {
  readonly endpoint: string;
  readonly port: number;
  /** The process of its own, where there is one. */
  readonly pid: number | undefined;
  /** Speaks DynamoDB's own JSON with it. */
  readonly wire: Pick<DynamoWire, 'call' | 'forward'>;
  /** The tables themselves, where they are in this process. */
  readonly memory: TablesInProcess | undefined;
  /** Lets go of what was deleted or overwritten, where it is kept in files of ours. */
  compact(): Promise<void>;
  stop(): Promise<void>;
  /** Calls back, with what happened in words, when the database ends by itself. */
  onUnexpectedExit(work: (reason: string) => void): void;
}

/** Tables that answer by themselves. */
export interface TablesInProcess {
  send(target: string, request: Fields): Promise<TableAnswer>;
  find(tableName: string, attributes: Fields): WireItem | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const TABLES_FOLDER = 'tables';

/** DynamoDB Local beside this process. */
export async function startDatabaseProcess(given: {
  readonly dataDir: string | undefined;
  readonly preferredPort: number;
}): Promise<PlatformDatabase> {
  const database = await DatabaseProcess.start(given);
  const wire = new DynamoWire(database.port);
  return {
    endpoint: database.endpoint,
    port: database.port,
    pid: database.pid,
    wire,
    memory: undefined,
    compact: () => Promise.resolve(),
    stop: () => {
      wire.close();
      return database.stop();
    },
    onUnexpectedExit: (work) => {
      database.onUnexpectedExit(() => {
        work('The database ended by itself.');
      });
    },
  };
}

/** Tables in this process, at the port where it answers for AWS: nothing to start, nothing that is kept. */
export function openMemoryDatabase(port: number): PlatformDatabase {
  const tables = new MemoryTables();
  const memory = {
    send: (target: string, request: Fields) => Promise.resolve(tables.send(target, request)),
    find: (tableName: string, attributes: Fields) => tables.find(tableName, attributes),
  };
  return inThisProcess(port, memory, {
    compact: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    onUnexpectedExit: () => undefined,
  });
}

/** Whether the tables of a data folder are files of this process; those of DynamoDB Local stay what they are. */
export function isKeptHere(
  dataDir: string,
  given: { readonly prefersDynamoDbLocal: boolean },
): boolean {
  if (existsSync(join(dataDir, DATABASE_FILE))) return false;
  return existsSync(join(dataDir, TABLES_FOLDER)) || !given.prefersDynamoDbLocal;
}

/** Tables in this process that a data folder keeps. */
export async function openKeptDatabase(given: {
  readonly dataDir: string;
  readonly port: number;
  readonly onError: (error: unknown) => void;
}): Promise<PlatformDatabase> {
  const { dataDir, port, onError } = given;
  const release = await claimFolder(dataDir, port);
  const directory = join(dataDir, TABLES_FOLDER);
  const tables = await KeptTables.open({ directory, onError }).catch((error: unknown) => {
    release();
    if (!(error instanceof DamagedTables)) throw error;
    throw new CannotStart(
      `${error.message}. What is whole is untouched: put a backup back (npm run zhudai -- restore), or choose another folder: npm start -- --data DIR`,
    );
  });
  return inThisProcess(port, tables, {
    compact: () => tables.compact(),
    stop: async () => {
      await tables.close();
      release();
    },
    onUnexpectedExit: (work) => {
      tables.onBroken((error) => {
        const reason = error instanceof Error ? error.message : String(error);
        work(`${directory} can no longer be written: ${reason}. What was answered is kept.`);
      });
    },
  });
}

function inThisProcess(
  port: number,
  memory: TablesInProcess,
  life: Pick<PlatformDatabase, 'compact' | 'stop' | 'onUnexpectedExit'>,
): PlatformDatabase {
  const forward = async (
    target: string,
    text: string,
  ): Promise<{ status: number; body: Buffer }> => {
    const request = JSON.parse(text === '' ? '{}' : text) as Fields;
    const { status, answer } = await memory.send(target, request);
    return { status, body: Buffer.from(JSON.stringify(answer)) };
  };
  // Until the platform answers at this port itself.
  const stopRouting = routeSdkRequests(port, async ({ headers, body }) => ({
    ...(await forward(headers['x-amz-target'] ?? '', body.toString('utf8'))),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  }));
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    pid: undefined,
    wire: { call: (target, body) => callOf(memory, target, body), forward },
    memory,
    compact: life.compact,
    stop: () => {
      stopRouting();
      return life.stop();
    },
    onUnexpectedExit: life.onUnexpectedExit,
  };
}

async function callOf(memory: TablesInProcess, target: string, body: unknown): Promise<unknown> {
  const { status, answer } = await memory.send(target, body as Fields);
  if (status === 200) return answer;
  const type = String(answer['__type']).split('#').at(-1) ?? 'Error';
  throw new DynamoError(type, messageOf(answer, type));
}
