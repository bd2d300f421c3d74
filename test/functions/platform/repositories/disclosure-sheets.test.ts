import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { pricedSheet } from '#test/domain/contracts/priced-sheet.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryDisclosureSheets } from '#test/support/in-memory-disclosure-sheets.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const kinds: readonly [string, () => DisclosureSheets][] = [
  ['DynamoDisclosureSheets', () => new DynamoDisclosureSheets(database.documents, 'Applications')],
  ['InMemoryDisclosureSheets', () => new InMemoryDisclosureSheets()],
];

describe.each(kinds)('%s', (_name, make) => {
  it('finds a sheet under its hash as it was kept, however often it was', async () => {
    const sheets = make();
    const { sheet, sheetHash } = pricedSheet();
    await sheets.keep(sheetHash, sheet);
    await sheets.keep(sheetHash, sheet);
    expect(await sheets.find(sheetHash)).toEqual(sheet);
    expect(await sheets.find(pricedSheet(10_000_00).sheetHash)).toBeUndefined();
  });

  it('keeps no sheet under the hash of another', async () => {
    const sheets = make();
    await expect(
      sheets.keep(pricedSheet(10_000_00).sheetHash, pricedSheet().sheet),
    ).rejects.toThrow('hash');
    expect(await sheets.find(pricedSheet(20_000_00).sheetHash)).toBeUndefined();
  });
});

describe('DynamoDisclosureSheets', () => {
  it('shows nobody a sheet that was changed behind its back', async () => {
    const sheets = new DynamoDisclosureSheets(database.documents, 'Applications');
    const { sheet, sheetHash } = pricedSheet(12_000_00);
    await database.documents.send(
      new PutCommand({
        TableName: 'Applications',
        Item: {
          applicationId: `sheet#${sheetHash}`,
          sheet: JSON.stringify({ ...sheet, annualRate: '0.0100' }),
        },
      }),
    );
    await expect(sheets.find(sheetHash)).rejects.toThrow('another hash');
  });
});
