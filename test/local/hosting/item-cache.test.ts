import { beforeEach, describe, expect, it } from 'vitest';
import { ItemCache } from '#local/hosting/item-cache.ts';
import { TableProperties } from '#local/hosting/tables.ts';

const properties = TableProperties.parse({
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
});
const tableName = 'Things';
const key = { id: { S: 'a' } };
const version = (number: number) => ({ item: { ...key, version: { N: String(number) } } });

let cache: ItemCache;
const write = (number: number) => cache.write([{ tableName, key, after: version(number) }]);
const known = () => cache.find(tableName, key);

beforeEach(() => {
  cache = new ItemCache([{ name: tableName, properties }]);
  write(1).done(true);
});

describe('the cache of items', () => {
  it('knows what was written last, and nothing while a write is under way', () => {
    expect(known()).toEqual(version(1));
    const second = write(2);
    expect(known()).toBeUndefined();
    second.done(true);
    expect(known()).toEqual(version(2));
  });

  it('does not believe a read sent before a write and answered after it', () => {
    const remember = cache.read(tableName, key);
    write(2).done(true);
    remember(version(1));
    expect(known()).toEqual(version(2));
  });

  it('does not believe a read sent while a write was under way and answered after it', () => {
    const second = write(2);
    const remember = cache.read(tableName, key);
    second.done(true);
    remember(version(1));
    expect(known()).toEqual(version(2));
  });

  it('takes what a read finds when no write came near it', () => {
    write(2).done(false);
    expect(known()).toBeUndefined();
    cache.read(tableName, key)(version(1));
    expect(known()).toEqual(version(1));
  });

  it('knows nothing of two writes under way together', () => {
    const [first, second] = [write(2), write(3)];
    second.done(true);
    first.done(true);
    expect(known()).toBeUndefined();
  });
});
