import { itemBytes, writeUnits } from '../hosting/capacity-units.ts';
import type { Item } from './attributes.ts';
import { compileCondition, type CompiledCondition } from './conditions.ts';
import type { Substitutes } from './document-paths.ts';
import type { MemoryTable } from './memory-table.ts';
import { consumed, refuseLegacy, type FindTable } from './reads.ts';
import { conditionFailed, invalid, Refusal } from './refusal.ts';
import { substitutesOf, type UsedExpression } from './substitutes.ts';
import { compileUpdate, type CompiledUpdate } from './updates.ts';

type Fields = Readonly<Record<string, unknown>>;

export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** What a write found and what it left. */
export interface ItemChange {
  readonly tableName: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** A write that has been read and makes sense; whether it may be made shows when it is decided. */
export interface PreparedWrite {
  readonly table: MemoryTable;
  readonly kind: WriteKind;
  readonly key: Item;
  readonly action: Fields;
  readonly given: Substitutes;
  readonly update: CompiledUpdate | undefined;
  /** Throws a refusal where the condition does not hold, or the item cannot stand in an index. */
  check(): void;
  /** What the item becomes. */
  decide(): ItemChange;
}

/** The index keys or the key of an item would be what they cannot be. In a transaction this is a reason to cancel it. */
export class KeyRefusal extends Refusal {}

const ITEM_BYTES_MAX = 400 * 1024;

/** Reads one write; refuses what makes no sense whatever the item is. */
export function prepareWrite(kind: WriteKind, action: Fields, find: FindTable): PreparedWrite {
  refuseLegacy(action);
  const { ConditionExpression, UpdateExpression } = action;
  const condition =
    typeof ConditionExpression === 'string'
      ? compileCondition('ConditionExpression', ConditionExpression)
      : undefined;
  const update = typeof UpdateExpression === 'string' ? compileUpdate(UpdateExpression) : undefined;
  const used: UsedExpression[] = [];
  if (update) used.push({ ...update, field: 'UpdateExpression' });
  if (condition) used.push({ ...condition, field: 'ConditionExpression' });
  const given = substitutesOf(action, used, possibleExpressions(kind));
  update?.check(given);
  condition?.check(given);
  const table = find(action['TableName']);
  const item = kind === 'Put' ? table.checkedItem(itemIn(action)) : undefined;
  const key = item ?? table.checkedKey(keyIn(action));
  const write = { table, kind, key, action, given, update };
  if (item) table.refuseIndexKinds(item);
  return {
    ...write,
    check: () => {
      checkWrite(write, condition, item);
    },
    decide: () => decided(write, item),
  };
}

function possibleExpressions(kind: WriteKind): string {
  return kind === 'Update'
    ? 'UpdateExpression and ConditionExpression are null'
    : 'ConditionExpression is null';
}

function itemIn({ Item: item }: Fields): Item {
  if (item === undefined) throw invalid('Item to put in PutItem cannot be null');
  return item as Item;
}

function keyIn({ Key }: Fields): Item {
  if (Key === undefined)
    throw invalid("Value null at 'key' failed to satisfy constraint: Member must not be null");
  return Key as Item;
}

function checkWrite(
  { table, key, action, given, update }: WriteParts,
  condition: CompiledCondition | undefined,
  item: Item | undefined,
): void {
  if (item)
    asKeyRefusal(() => {
      table.checkIndexKeys(item, false);
    });
  const before = table.items.get(key);
  if (condition && !condition.holds(before ?? {}, given))
    throw conditionFailed(
      action['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' ? before : undefined,
    );
  if (update) refuseKeyUpdate(table, update, given);
}

type WriteParts = Omit<PreparedWrite, 'check' | 'decide'>;

function decided(
  { table, kind, key, given, update }: WriteParts,
  item: Item | undefined,
): ItemChange {
  const before = table.items.get(key);
  const change = { tableName: table.name, before };
  switch (kind) {
    case 'ConditionCheck':
      return { ...change, after: before };
    case 'Delete':
      return { ...change, after: undefined };
    case 'Put':
      return { ...change, after: item };
    case 'Update': {
      const after = update ? update.apply(before ?? key, given) : (before ?? key);
      table.refuseIndexKinds(after);
      asKeyRefusal(() => {
        table.checkIndexKeys(after, true);
      });
      if (itemBytes(after) > ITEM_BYTES_MAX)
        throw invalid('Item size to update has exceeded the maximum allowed size');
      return { ...change, after };
    }
  }
}

function refuseKeyUpdate(table: MemoryTable, update: CompiledUpdate, given: Substitutes): void {
  const names = update.written(given);
  const key = table.keyParts.find(({ name }) => names.includes(name));
  if (key)
    throw new KeyRefusal(
      invalid('').type,
      `One or more parameter values were invalid: Cannot update attribute ${key.name}. This attribute is part of the key`,
    );
}

function asKeyRefusal(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new KeyRefusal(error.type, error.message);
  }
}

/** Makes a write that has been decided. */
export function commit({ table }: PreparedWrite, { before, after }: ItemChange): void {
  if (before !== after) table.change(before, after);
}

const returnable: Readonly<Record<WriteKind, readonly string[]>> = {
  Put: ['NONE', 'ALL_OLD'],
  Delete: ['NONE', 'ALL_OLD'],
  Update: ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'],
  ConditionCheck: ['NONE'],
};

/** PutItem, UpdateItem and DeleteItem. */
export function writeItem(
  kind: 'Put' | 'Update' | 'Delete',
  request: Fields,
  find: FindTable,
): { answer: Fields; changes: readonly ItemChange[] } {
  const asked = (request['ReturnValues'] ?? 'NONE') as string;
  if (!returnable[kind].includes(asked)) throw invalid('Return values set to invalid value');
  const write = prepareWrite(kind, request, find);
  write.check();
  const change = write.decide();
  commit(write, change);
  const Attributes = returned(asked, write, change);
  return {
    answer: {
      ...(Attributes && { Attributes }),
      ...(request['ReturnConsumedCapacity'] !== undefined &&
        consumed(request, [[write.table.name, writeUnits(write.table, change)]], false)),
    },
    changes: [change],
  };
}

function returned(
  asked: string,
  { update, given }: PreparedWrite,
  { before, after }: ItemChange,
): Item | undefined {
  switch (asked) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before && update?.writtenOf(before, given);
    case 'UPDATED_NEW':
      return after && update?.writtenOf(after, given);
    default:
      return undefined;
  }
}

const WRITES_PER_BATCH = 25;

export function batchWriteItem(
  request: Fields,
  find: FindTable,
): { answer: Fields; changes: readonly ItemChange[] } {
  const tables = Object.entries(
    (request['RequestItems'] ?? {}) as Record<string, readonly Record<string, Fields>[]>,
  );
  if (tables.length === 0) throw invalid('BatchWriteItem cannot have a null or no requests set');
  const writes = tables.flatMap(([TableName, requests]) => {
    if (requests.length === 0)
      throw invalid(
        `The batch write request list for a table cannot be null or empty: ${TableName}`,
      );
    return requests.map(({ PutRequest, DeleteRequest }) => ({
      kind: PutRequest ? ('Put' as const) : ('Delete' as const),
      action: { ...(PutRequest ?? DeleteRequest), TableName },
    }));
  });
  if (writes.length > WRITES_PER_BATCH)
    throw invalid('Too many items requested for the BatchWriteItem call');
  const prepared = writes.map(({ kind, action }) => prepareWrite(kind, action, find));
  if (new Set(prepared.map(identityOf)).size < prepared.length)
    throw invalid('Provided list of item keys contains duplicates');
  for (const write of prepared) write.check();
  const decided = prepared.map((write) => ({ write, change: write.decide() }));
  for (const { write, change } of decided) commit(write, change);
  return {
    answer: { UnprocessedItems: {}, ...unitsOf(request, decided, false) },
    changes: decided.map(({ change }) => change),
  };
}

/** Tells the item of a write from all others. */
export function identityOf({ table, key }: PreparedWrite): string {
  return JSON.stringify([table.name, ...table.keyParts.map(({ name, type }) => key[name]?.[type])]);
}

/** What several writes took, by table. */
export function unitsOf(
  request: Fields,
  decided: readonly { readonly write: PreparedWrite; readonly change: ItemChange }[],
  isTransaction: boolean,
): Fields {
  if (request['ReturnConsumedCapacity'] === undefined) return {};
  const units = new Map<string, number>();
  for (const { write, change } of decided) {
    const each = writeUnits(write.table, change, { isTransaction });
    units.set(write.table.name, (units.get(write.table.name) ?? 0) + each);
  }
  return consumed(request, [...units], true);
}
