import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isBlocked } from '#platform/block-list.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

it('knows who is blocked by the entry as it is stored, from the moment it is', async () => {
  const catalog = new DynamoCatalog(database.documents, 'Catalog');
  expect(await isBlocked(catalog, 'somebody')).toBe(false);
  const Item = { kind: 'blocked-borrower', idVersion: 'somebody#0001', version: 1 };
  await database.documents.send(new PutCommand({ TableName: 'Catalog', Item }));
  expect(await isBlocked(catalog, 'somebody')).toBe(true);
  expect(await isBlocked(catalog, 'somebody else')).toBe(false);
});
