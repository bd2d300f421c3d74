import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enterBlock } from '#domain/blocks/block.ts';
import { isBlocked } from '#platform/block-list.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { aBlockEntry, anAct } from '../../domain/blocks/block-builders.ts';

const today = '2026-11-26';
let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

/** As one function keeps it while it lives. */
function blockList() {
  return {
    blocks: new DynamoBlocks(database.documents, 'Blocks'),
    catalog: new DynamoCatalog(database.documents, 'Catalog'),
  };
}

async function listByHand(name: string): Promise<void> {
  const Item = { kind: 'blocked-borrower', idVersion: `${name}#0001`, version: 1 };
  await database.documents.send(new PutCommand({ TableName: 'Catalog', Item }));
}

it('knows who is blocked by an entry of the catalog, from the moment it is stored', async () => {
  const list = blockList();
  expect(await isBlocked('somebody', today, list)).toBe(false);
  await listByHand('somebody');
  expect(await isBlocked('somebody', today, list)).toBe(true);
  expect(await isBlocked('somebody else', today, list)).toBe(false);
});

it('knows who is blocked by a record, from the moment it is stored to its last day', async () => {
  const list = blockList();
  expect(await isBlocked('borrower', today, list)).toBe(false);
  const entry = aBlockEntry({ borrowerKey: 'borrower', blockedUntilOn: '2026-12-01' });
  await list.blocks.replace(enterBlock(undefined, entry, anAct()));
  expect(await isBlocked('borrower', '2026-12-01', list)).toBe(true);
  expect(await isBlocked('borrower', '2026-12-02', list)).toBe(false);
});

it('goes by the record where there is one: an entry of the catalog can be lifted by way of it', async () => {
  const list = blockList();
  await listByHand('both');
  expect(await isBlocked('both', today, list)).toBe(true);
  const entry = aBlockEntry({ borrowerKey: 'both', blockedUntilOn: today });
  await list.blocks.replace(enterBlock(undefined, entry, anAct()));
  expect(await isBlocked('both', today, list)).toBe(true);
  expect(await isBlocked('both', '2026-11-27', list)).toBe(false);
});
