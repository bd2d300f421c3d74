import { describe, expect, it } from 'vitest';
import { toItem } from '#local/hosting/attribute-values.ts';
import { itemBytes, readUnits, writeUnits } from '#local/hosting/capacity-units.ts';
import { TableProperties, type Table } from '#local/hosting/tables.ts';

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
const index = (IndexName: string, names: string[], Projection: object) => ({
  IndexName,
  KeySchema: names.map((name, at) => key(name, at === 0 ? 'HASH' : 'RANGE')),
  Projection,
});
function table(...GlobalSecondaryIndexes: object[]): Table {
  const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' as const }];
  const KeySchema = [key('id', 'HASH')];
  return {
    name: 'Things',
    properties: TableProperties.parse({ KeySchema, AttributeDefinitions, GlobalSecondaryIndexes }),
  };
}

const plain = table();
const keysOnly = table(index('Due', ['shard', 'actOn'], { ProjectionType: 'KEYS_ONLY' }));
const all = table(index('Inbox', ['queue', 'dueAt'], { ProjectionType: 'ALL' }));
const some = table(
  index('ByStatus', ['owner'], { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status'] }),
);
const text = (bytes: number): string => 'x'.repeat(bytes);
const due = { id: 'a', shard: 's', actOn: '2026-01-01' };
const open = { id: 'a', queue: 'q', dueAt: '1' };
const owned = { id: 'a', owner: 'o', status: 'Open' };

describe('units of a write', () => {
  it.each<[string, Table, object | undefined, object | undefined, number, number]>([
    // what, table, before, after, units, units in a transaction
    ['a small new item', plain, undefined, { id: 'a' }, 1, 2],
    ['exactly one KB', plain, undefined, { id: 'a', t: text(1020) }, 1, 2],
    ['one byte more', plain, undefined, { id: 'a', t: text(1021 + 1) }, 2, 4],
    ['a smaller item over a larger one', plain, { id: 'a', t: text(2100) }, { id: 'a' }, 3, 6],
    ['a deletion, by what was there', plain, { id: 'a', t: text(1500) }, undefined, 2, 4],
    ['a deletion of nothing', plain, undefined, undefined, 1, 2],
    ['an item without the index key', keysOnly, undefined, { id: 'a' }, 1, 2],
    ['a new entry', keysOnly, undefined, due, 2, 3],
    ['an attribute the entry has not', keysOnly, due, { ...due, t: text(10) }, 1, 2],
    ['a key that moves', keysOnly, due, { ...due, actOn: '2026-02-01' }, 3, 4],
    ['an entry that goes', keysOnly, due, { id: 'a', shard: 's' }, 2, 3],
    ['a deletion with an entry', keysOnly, due, undefined, 2, 3],
    ['any attribute where the entry has all', all, open, { ...open, t: text(10) }, 2, 3],
    ['the very same item', all, open, { ...open }, 1, 2],
    ['a large entry', all, undefined, { ...open, t: text(2000) }, 4, 6],
    ['a projected attribute', some, owned, { ...owned, status: 'Done' }, 2, 3],
    ['another attribute', some, owned, { ...owned, other: 1 }, 1, 2],
  ])('%s', (_, of, before, after, units, inTransaction) => {
    const change = { before: before && toItem(before), after: after && toItem(after) };
    expect(writeUnits(of, change)).toBe(units);
    expect(writeUnits(of, change, { isTransaction: true })).toBe(inTransaction);
  });
});

describe('units of a read', () => {
  it.each([
    { bytes: 0, consistent: 1, eventual: 0.5, transaction: 2 },
    { bytes: 4096, consistent: 1, eventual: 0.5, transaction: 2 },
    { bytes: 4097, consistent: 2, eventual: 1, transaction: 4 },
  ])('of $bytes bytes', ({ bytes, consistent, eventual, transaction }) => {
    expect(readUnits(bytes, { isConsistent: true })).toBe(consistent);
    expect(readUnits(bytes, { isConsistent: false })).toBe(eventual);
    expect(readUnits(bytes, { isConsistent: true, isTransaction: true })).toBe(transaction);
  });
});

describe('the size of an item', () => {
  it.each<[object, number]>([
    [{ id: 'abc' }, 5],
    [{ 名: '测试' }, 9],
    [{ n: 0 }, 2],
    [{ n: 12 }, 3],
    [{ n: 123 }, 4],
    [{ n: -123 }, 5],
    [{ n: 1200 }, 3],
    [{ n: 0.05 }, 3],
    [{ b: true, z: null }, 4],
    [{ l: [] }, 4],
    [{ l: ['ab', 'c'] }, 9],
    [{ m: { k: 'v' } }, 7],
    [{ x: new Uint8Array(5) }, 6],
    [{ s: new Set(['ab', 'c']) }, 4],
    [{ s: new Set([1, 200]) }, 5],
  ])('%j', (item, bytes) => {
    expect(itemBytes(toItem(item))).toBe(bytes);
  });
});
