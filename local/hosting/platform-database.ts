import { MemoryTables } from '../memory-tables/memory-tables.ts';
import { DatabaseProcess } from './database-process.ts';
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
  readonly memory: MemoryTables | undefined;
  stop(): Promise<void>;
  /** Calls back when the database ends by itself. */
  onUnexpectedExit(work: () => void): void;
}

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
    stop: () => {
      wire.close();
      return database.stop();
    },
    onUnexpectedExit: (work) => {
      database.onUnexpectedExit(work);
    },
  };
}

/** Tables in this process, at the port where it answers for AWS: nothing to start, nothing that is kept. */
export function openMemoryDatabase(port: number): PlatformDatabase {
  const memory = new MemoryTables();
  const answer = (target: string, text: string): { status: number; body: Buffer } => {
    const { status, answer } = memory.send(
      target,
      JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>,
    );
    return { status, body: Buffer.from(JSON.stringify(answer)) };
  };
  // Until the platform answers at this port itself.
  const stopRouting = routeSdkRequests(port, ({ headers, body }) => {
    const answered = answer(headers['x-amz-target'] ?? '', body.toString('utf8'));
    return Promise.resolve({
      ...answered,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
    });
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    pid: undefined,
    wire: {
      call: (target, body) => callOf(memory, target, body),
      forward: (target, text) => Promise.resolve(answer(target, text)),
    },
    memory,
    stop: () => {
      stopRouting();
      return Promise.resolve();
    },
    onUnexpectedExit: () => undefined,
  };
}

async function callOf(memory: MemoryTables, target: string, body: unknown): Promise<unknown> {
  const { status, answer } = memory.send(target, body as Record<string, unknown>);
  if (status === 200) return Promise.resolve(answer);
  const type = String(answer['__type']).split('#').at(-1) ?? 'Error';
  throw new DynamoError(type, messageOf(answer, type));
}
