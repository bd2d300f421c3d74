import { isDeepStrictEqual } from 'node:util';
import type { Attribute, WireItem } from './attribute-values.ts';
import type { Table } from './tables.ts';

/** What a write turned one item into; undefined where there is none. */
export interface ItemChange {
  readonly before: WireItem | undefined;
  readonly after: WireItem | undefined;
}

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
const sizes = new WeakMap<WireItem, number>();

/**
 * What a write is billed: every KB begun of the larger of what was and what is, twice inside a transaction; and what its
 * indexes take. DynamoDB Local reports the same but for transactions, where it is wrong (docs/performance.md).
 */
export function writeUnits(
  { properties }: Table,
  change: ItemChange,
  { isTransaction = false }: { readonly isTransaction?: boolean } = {},
): number {
  const bytes = Math.max(itemBytes(change.before), itemBytes(change.after));
  const ofTable = unitsOf(bytes, WRITE_UNIT_BYTES) * (isTransaction ? 2 : 1);
  const tableKeys = properties.KeySchema.map(({ AttributeName }) => AttributeName);
  const indexes = [...properties.GlobalSecondaryIndexes, ...properties.LocalSecondaryIndexes];
  return indexes.reduce(
    (sum, index) => sum + indexWriteUnits({ index, tableKeys }, change),
    // Indexes are brought up to date after the transaction, by ordinary writes.
    ofTable,
  );
}

/** What the read of one item is billed; also one that is not there. */
export function readUnits(
  bytes: number,
  given: { readonly isConsistent: boolean; readonly isTransaction?: boolean },
): number {
  const units = unitsOf(bytes, READ_UNIT_BYTES);
  if (given.isTransaction === true) return units * 2;
  return given.isConsistent ? units : units / 2;
}

type Index = Table['properties']['GlobalSecondaryIndexes'][number];

/** One when an entry comes, goes or changes; two when its key moves; none when nothing it carries has changed. */
function indexWriteUnits(
  { index, tableKeys }: { readonly index: Index; readonly tableKeys: readonly string[] },
  { before, after }: ItemChange,
): number {
  const keys = index.KeySchema.map(({ AttributeName }) => AttributeName);
  const old = entryOf(before, { index, keys, tableKeys });
  const next = entryOf(after, { index, keys, tableKeys });
  if (old && next) {
    if (isDeepStrictEqual(old, next)) return 0;
    const hasMoved = keys.some((name) => !isDeepStrictEqual(old[name], next[name]));
    if (!hasMoved) return entryUnits(Math.max(itemBytes(old), itemBytes(next)));
    return entryUnits(itemBytes(old)) + entryUnits(itemBytes(next));
  }
  const entry = old ?? next;
  return entry ? entryUnits(itemBytes(entry)) : 0;
}

/** The part of an item that an index carries; an item without the index's key has none. */
function entryOf(
  item: WireItem | undefined,
  given: {
    readonly index: Index;
    readonly keys: readonly string[];
    readonly tableKeys: readonly string[];
  },
): WireItem | undefined {
  const { index, keys, tableKeys } = given;
  if (!item || keys.some((name) => item[name] === undefined)) return undefined;
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  if (ProjectionType === 'ALL') return item;
  const entry: Record<string, Attribute> = {};
  for (const name of [...tableKeys, ...keys, ...NonKeyAttributes]) {
    const value = item[name];
    if (value !== undefined) entry[name] = value;
  }
  return entry;
}

function entryUnits(bytes: number): number {
  return unitsOf(bytes, WRITE_UNIT_BYTES);
}

function unitsOf(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}

/** An item's size by DynamoDB's rules: names and values, three bytes around a list or map and one for each element. */
export function itemBytes(item: WireItem | undefined): number {
  if (!item) return 0;
  const known = sizes.get(item);
  if (known !== undefined) return known;
  let bytes = 0;
  for (const [name, value] of Object.entries(item))
    bytes += Buffer.byteLength(name) + attributeBytes(value);
  sizes.set(item, bytes);
  return bytes;
}

function attributeBytes(attribute: Attribute): number {
  const [kind = '', value] = Object.entries(attribute)[0] ?? [];
  switch (kind) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'N':
      return numberBytes(String(value));
    case 'B':
      return Buffer.byteLength(String(value), 'base64');
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'L':
      return (value as Attribute[]).reduce((sum, each) => sum + 1 + attributeBytes(each), 3);
    case 'M':
      return Object.entries(value as WireItem).reduce(
        (sum, [name, each]) => sum + 1 + Buffer.byteLength(name) + attributeBytes(each),
        3,
      );
    case 'SS':
      return (value as string[]).reduce((sum, each) => sum + Buffer.byteLength(each), 0);
    case 'NS':
      return (value as string[]).reduce((sum, each) => sum + numberBytes(each), 0);
    case 'BS':
      return (value as string[]).reduce((sum, each) => sum + Buffer.byteLength(each, 'base64'), 0);
    default:
      throw new Error(`not an attribute: ${kind}`);
  }
}

/** A byte for every two significant digits, one more, and one for a minus. */
function numberBytes(text: string): number {
  const digits = (
    text.replace(/e.*$/i, '').replace(/[-+.]/g, '').replace(/^0+/, '') || '0'
  ).replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
