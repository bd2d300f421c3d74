import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { DATABASE_FILE } from '#local/hosting/database-file.ts';
import { DatabaseProcess } from '#local/hosting/database-process.ts';
import { HostTable } from '#local/hosting/host-table.ts';
import { testClient } from '../../support/dynamodb-local.ts';

it('is taken by DynamoDB Local as it is laid out, and kept over a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zhudai-file-'));
  try {
    const first = await DatabaseProcess.start({ dataDir });
    const client = testClient(first.endpoint);
    await new HostTable(client).ensure();
    const Item = { kind: { S: 'host' }, id: { S: 'x' }, value: { S: '1' } };
    await client.send(new PutItemCommand({ TableName: 'zhudai-host', Item }));
    expect(existsSync(join(dataDir, `${DATABASE_FILE}-wal`))).toBe(true);
    expect(existsSync(join(dataDir, `${DATABASE_FILE}-journal`))).toBe(false);
    await first.stop();

    const second = await DatabaseProcess.start({ dataDir });
    const Key = { kind: { S: 'host' }, id: { S: 'x' } };
    const again = testClient(second.endpoint);
    const found = await again.send(new GetItemCommand({ TableName: 'zhudai-host', Key }));
    expect(found.Item?.['value']).toEqual({ S: '1' });
    await second.stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);
