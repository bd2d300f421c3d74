import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureTables, TableProperties } from '#local/hosting/tables.ts';
import { fillCatalog, type CatalogFilling } from '#local/releases/fill-catalog.ts';
import { startTestDatabase, testClient, type TestDatabase } from '../../support/dynamodb-local.ts';

let database: TestDatabase;
let client: DynamoDBClient;
let tableName: string;
let directory: string;

beforeAll(async () => {
  database = await startTestDatabase();
  client = testClient(database.endpoint);
});

afterAll(async () => {
  client.destroy();
  await database.stop();
});

beforeEach(async () => {
  tableName = `Catalog-${randomUUID()}`;
  const properties = TableProperties.parse({
    KeySchema: [
      { AttributeName: 'kind', KeyType: 'HASH' },
      { AttributeName: 'idVersion', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['kind', 'idVersion'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
  });
  await ensureTables(client, [{ name: tableName, properties }]);
  directory = mkdtempSync(join(tmpdir(), 'zhudai-catalog-'));
  cpSync(join(import.meta.dirname, '../../../catalog'), directory, { recursive: true });
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function fill(isTried = false): Promise<CatalogFilling> {
  return fillCatalog({ documents: database.documents, tableName, directory, isTried });
}

async function countItems(): Promise<number> {
  const { Count } = await database.documents.send(new ScanCommand({ TableName: tableName }));
  return Count ?? 0;
}

function change(file: string, fields: Readonly<Record<string, unknown>>): void {
  const path = join(directory, file);
  const content = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...content, ...fields }));
}

describe('filling the catalog of a deployment', () => {
  it('writes every version with its pointer, and nothing when it is done again', async () => {
    const first = await fill();
    expect(first.written).toContain('product consumer-installment#0001');
    expect(first.inForce).toContain('product consumer-installment#0001');
    expect(first.written).toContain('credit-policy person#0001');
    expect(first.inForce.filter((key) => key.startsWith('credit-policy person#'))).toEqual([
      'credit-policy person#0002',
    ]);
    expect(await countItems()).toBe(first.written.length + first.inForce.length);
    expect(await fill()).toEqual({
      written: [],
      inForce: [],
      behind: [],
      unchanged: first.written.length,
    });
  });

  it('only says what it would do when it is tried', async () => {
    const { written } = await fill(true);
    expect(written.length).toBeGreaterThan(10);
    expect(await countItems()).toBe(0);
  });

  it('writes the next version and puts it in force, and keeps the one before', async () => {
    await fill();
    change('partners/other-partner.json', { version: 2 });
    const { written, inForce } = await fill();
    expect({ written, inForce }).toEqual({
      written: ['partner other-partner#0002'],
      inForce: ['partner other-partner#0002'],
    });
    const { Item } = await database.documents.send(
      new GetCommand({
        TableName: tableName,
        Key: { kind: 'partner', idVersion: 'other-partner#0001' },
      }),
    );
    expect(Item).toBeDefined();
  });

  it('writes nothing at all when a version differs from the one in the table, and names it', async () => {
    await fill();
    const before = await countItems();
    change('partners/other-partner.json', { name: 'another name' });
    change('funders/zhudai-lending.json', { version: 2 });
    await expect(fill()).rejects.toThrow(/never changes.*partner other-partner#0001/);
    expect(await countItems()).toBe(before);
  });

  it('leaves in force what operators have published meanwhile', async () => {
    await fill();
    await database.documents.send(
      new PutCommand({
        TableName: tableName,
        Item: { kind: 'credit-policy', idVersion: 'person#latest', version: 9 },
      }),
    );
    const { behind, inForce } = await fill();
    expect(behind).toEqual(['credit-policy person (9)']);
    expect(inForce).toEqual([]);
  });

  it('names the file and the field that is wrong, and writes nothing', async () => {
    change('partners/other-partner.json', { colour: 'green' });
    await expect(fill()).rejects.toThrow(/partners\/other-partner\.json: [^]*colour/);
    expect(await countItems()).toBe(0);
  });

  it('refuses a folder without any file of a catalog', async () => {
    rmSync(directory, { recursive: true });
    directory = mkdtempSync(join(tmpdir(), 'zhudai-catalog-'));
    await expect(fill()).rejects.toThrow(/holds no file of a catalog/);
  });
});
