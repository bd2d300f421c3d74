import { itemBytes } from '../hosting/capacity-units.ts';
import { localArn } from '../hosting/identity.ts';
import type { Table, TableProperties } from '../hosting/tables.ts';
import { checkedItem, kindOf, scalarOrder, type Attribute, type Item } from './attributes.ts';
import { ChangeStream } from './change-stream.ts';
import { ItemIndex, type KeyPart } from './item-index.ts';
import type { QueriedKeys } from './key-conditions.ts';
import { invalid } from './refusal.ts';

type IndexProperties = TableProperties['GlobalSecondaryIndexes'][number];

/** A secondary index of a table. */
export interface SecondaryIndex {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly projection: IndexProperties['Projection'];
  readonly keys: QueriedKeys;
  readonly keyParts: readonly KeyPart[];
  readonly items: ItemIndex;
}

const ITEM_BYTES_MAX = 400 * 1024;
const keyTooLong =
  'Hash primary key values must be under 2048 bytes, and range primary key values must be under 1024 bytes';
const KEY_BYTES_MAX = [2048, 1024] as const;

/** One table: its items, their entries in its indexes, and what happened to them. */
export class MemoryTable implements Table {
  readonly name: string;
  readonly properties: TableProperties;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly keys: QueriedKeys;
  readonly keyParts: readonly KeyPart[];
  readonly items: ItemIndex;
  readonly indexes = new Map<string, SecondaryIndex>();
  readonly stream: ChangeStream | undefined;
  ttlAttribute: string | undefined;
  #count = 0;

  constructor(name: string, properties: TableProperties, createdAtMs = Date.now()) {
    this.name = name;
    this.properties = properties;
    this.createdAtMs = createdAtMs;
    this.arn = localArn('dynamodb', `table/${name}`);
    this.keyParts = partsOf(properties.KeySchema, properties);
    this.keys = queriedKeys(this.keyParts);
    const [partition] = this.keyParts;
    if (!partition) throw invalid('No Hash Key specified in schema');
    this.items = new ItemIndex(partition, this.keyParts.slice(1));
    for (const index of properties.LocalSecondaryIndexes) this.#addIndex(index, false);
    for (const index of properties.GlobalSecondaryIndexes) this.#addIndex(index, true);
    this.stream = this.#makeStream();
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a global index that did not exist, with its entries. */
  withIndex(properties: TableProperties): void {
    for (const index of properties.GlobalSecondaryIndexes)
      if (!this.indexes.has(index.IndexName)) {
        this.properties.AttributeDefinitions.push(...properties.AttributeDefinitions);
        this.properties.GlobalSecondaryIndexes.push(index);
        this.#addIndex(index, true);
      }
  }

  /** The key as it is kept; refuses anything but the key's attributes. */
  checkedKey(key: Item): Item {
    if (Object.keys(key).length !== this.keyParts.length)
      throw invalid('The number of conditions on the keys is invalid');
    const kept = checkedItem(key);
    this.#checkKeyParts(kept);
    return kept;
  }

  /** An item as it is kept. */
  checkedItem(item: Item): Item {
    const kept = checkedItem(item);
    this.#checkKeyParts(kept);
    if (itemBytes(kept) > ITEM_BYTES_MAX)
      throw invalid('Item size has exceeded the maximum allowed size');
    return kept;
  }

  /** Refuses an item with attributes of a kind that is no key at all where indexes have theirs. */
  refuseIndexKinds(item: Item): void {
    for (const { keyParts } of this.indexes.values())
      for (const { name } of keyParts) {
        const attribute = item[name];
        if (attribute && !scalarOrder(kindOf(attribute)))
          throw invalid('Invalid attribute value type');
      }
  }

  /** Refuses an item whose attributes cannot be keys of the indexes they are keys of. */
  checkIndexKeys(item: Item, isUpdate: boolean): void {
    for (const { name: indexName, keyParts } of this.indexes.values())
      for (const { name, type } of keyParts) {
        const attribute = item[name];
        if (!attribute) continue;
        const value = attribute[type];
        if (value === undefined)
          throw invalid('One or more parameter values were invalid: Type mismatch for Index Key');
        if (value === '')
          throw invalid(
            'One or more parameter values are not valid. ' +
              (isUpdate
                ? 'The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.'
                : `A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${indexName}, IndexKey: ${name}`),
          );
      }
  }

  /** Puts one version of an item in the place of another, everywhere. */
  change(before: Item | undefined, after: Item | undefined, atMs = Date.now()): void {
    if (after) this.items.put(after);
    else if (before) this.items.remove(before);
    this.#count += Number(after !== undefined) - Number(before !== undefined);
    for (const index of this.indexes.values()) changeEntry(index, before, after);
    this.stream?.append(before, after, atMs);
  }

  /** Puts back an item that a snapshot holds: nothing happened to it. */
  recall(item: Item): void {
    this.items.put(item);
    this.#count += 1;
    for (const index of this.indexes.values()) changeEntry(index, undefined, item);
  }

  /** Every item, in no order. */
  all(): Iterable<Item> {
    return this.items.scan({ after: undefined, segment: 0, totalSegments: 1 });
  }

  /** The key attributes of an item. */
  keyOf(item: Item, parts: readonly KeyPart[] = this.keyParts): Item {
    const key: Record<string, Attribute> = {};
    for (const { name } of parts) if (item[name]) key[name] = item[name];
    return key;
  }

  #checkKeyParts(item: Item): void {
    for (const [at, { name, type }] of this.keyParts.entries()) {
      const attribute = item[name];
      if (!attribute) throw invalid('One of the required keys was not given a value');
      const value = attribute[type] as string | undefined;
      if (value === undefined)
        throw invalid('One or more parameter values were invalid: Type mismatch for key');
      if (value === '')
        throw invalid(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${type === 'B' ? 'binary' : 'string'} value. Key: ${name}`,
        );
      const most = KEY_BYTES_MAX[at] ?? 0;
      // A character takes three bytes at most.
      if (type !== 'N' && value.length * 3 > most && Buffer.byteLength(value) > most)
        throw invalid(keyTooLong);
    }
  }

  #addIndex(properties: IndexProperties, isGlobal: boolean): void {
    const keyParts = partsOf(properties.KeySchema, this.properties);
    const [partition] = keyParts;
    if (!partition) throw invalid('No Hash Key specified in schema');
    const order = [...keyParts.slice(1), ...this.keyParts];
    const index: SecondaryIndex = {
      name: properties.IndexName,
      isGlobal,
      projection: properties.Projection,
      keys: queriedKeys(keyParts),
      keyParts,
      items: new ItemIndex(partition, order),
    };
    this.indexes.set(index.name, index);
    if (this.#count > 0) for (const item of this.all()) changeEntry(index, undefined, item);
  }

  #makeStream(): ChangeStream | undefined {
    const view = this.properties.StreamSpecification?.StreamViewType;
    if (view === undefined) return undefined;
    const label = new Date(this.createdAtMs).toISOString().slice(0, -1);
    return new ChangeStream({
      arn: `${this.arn}/stream/${label}`,
      label,
      view,
      keyNames: this.keyParts.map(({ name }) => name),
    });
  }
}

/** Only an item that has every key of an index has an entry in it. */
function changeEntry(
  { items, keyParts }: SecondaryIndex,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const old = before && hasAll(before, keyParts) ? before : undefined;
  const next = after && hasAll(after, keyParts) ? after : undefined;
  const hasMoved = old && next && keyParts.some((part) => !isSameKey(old, next, part));
  if (old && (!next || hasMoved)) items.remove(old);
  if (next) items.put(next);
}

function hasAll(item: Item, parts: readonly KeyPart[]): boolean {
  return parts.every(({ name }) => item[name] !== undefined);
}

function isSameKey(left: Item, right: Item, { name, type }: KeyPart): boolean {
  return left[name]?.[type] === right[name]?.[type];
}

function partsOf(
  schema: TableProperties['KeySchema'],
  { AttributeDefinitions }: TableProperties,
): readonly KeyPart[] {
  return schema.map(({ AttributeName: name }) => {
    const type = AttributeDefinitions.find((each) => each.AttributeName === name)?.AttributeType;
    if (type === undefined)
      throw invalid(
        'Some index key attributes are not defined in AttributeDefinitions. ' +
          `Keys: [${schema.map(({ AttributeName }) => AttributeName).join(', ')}], AttributeDefinitions: [${AttributeDefinitions.map(({ AttributeName }) => AttributeName).join(', ')}]`,
      );
    return { name, type };
  });
}

function queriedKeys([partition, sort]: readonly KeyPart[]): QueriedKeys {
  return { partition: partition ?? { name: '', type: 'S' }, sort };
}
