import { itemBytes, readUnits } from '../hosting/capacity-units.ts';
import type { Attribute, Item } from './attributes.ts';
import { compileCondition, type CompiledCondition } from './conditions.ts';
import { stepName, type DocumentPath, type Substitutes } from './document-paths.ts';
import type { KeyPart } from './item-index.ts';
import { keyRangeOf, type KeyRange } from './key-conditions.ts';
import type { MemoryTable, SecondaryIndex } from './memory-table.ts';
import { projection, projectionPaths } from './projections.ts';
import { invalid } from './refusal.ts';
import { substitutesOf, type UsedExpression } from './substitutes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Finds a table or refuses the request. */
export type FindTable = (name: unknown) => MemoryTable;

const PAGE_BYTES = 1024 * 1024;
const KEYS_PER_BATCH = 100;
const DIGITS = 1e6;

/** Parameters of before there were expressions. */
const legacy = [
  'AttributesToGet',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
  'ConditionalOperator',
  'Expected',
  'AttributeUpdates',
];

/** Refuses by name what is not known here, rather than do something else. */
export function refuseLegacy(request: Fields): void {
  for (const name of legacy)
    if (request[name] !== undefined)
      throw invalid(`${name} is not known to tables in memory: use expressions`);
}

export function getItem(request: Fields, find: FindTable): Fields {
  const { table, key, project } = preparedGet(request, find);
  const item = table.items.get(key);
  const isConsistent = request['ConsistentRead'] === true;
  return {
    ...(item && { Item: project(item) }),
    ...consumed(request, [[table.name, readUnits(itemBytes(item), { isConsistent })]], false),
  };
}

function preparedGet(request: Fields, find: FindTable) {
  refuseLegacy(request);
  const table = find(request['TableName']);
  const project = projectionOf(request, []).project;
  if (request['Key'] === undefined)
    throw invalid("Value null at 'key' failed to satisfy constraint: Member must not be null");
  return { table, key: table.checkedKey(request['Key'] as Item), project };
}

export function batchGetItem(request: Fields, find: FindTable): Fields {
  const tables = Object.entries((request['RequestItems'] ?? {}) as Record<string, Fields>);
  if (tables.length === 0) throw invalid('BatchGetItem must have some requests set');
  const Responses: Record<string, Item[]> = {};
  const units: [string, number][] = [];
  const count = tables.reduce((sum, [, { Keys }]) => sum + (Keys as Item[]).length, 0);
  if (count > KEYS_PER_BATCH) throw invalid('Too many items requested for the BatchGetItem call');
  const prepared = tables.map(([name, asked]) => {
    const keys = asked['Keys'] as readonly Item[];
    if (new Set(keys.map((key) => JSON.stringify(key))).size < keys.length)
      throw invalid('Provided list of item keys contains duplicates');
    const table = find(name);
    const { project } = projectionOf(asked, []);
    return { table, asked, project, keys: keys.map((key) => table.checkedKey(key)) };
  });
  for (const { table, asked, project, keys } of prepared) {
    const items = keys.map((key) => table.items.get(key));
    const isConsistent = asked['ConsistentRead'] === true;
    Responses[table.name] = items.flatMap((item) => (item ? [project(item)] : []));
    units.push([
      table.name,
      items.reduce(
        (sum, item) => sum + (item ? readUnits(itemBytes(item), { isConsistent }) : 0),
        0,
      ),
    ]);
  }
  return { Responses, UnprocessedKeys: {}, ...consumed(request, units, true) };
}

export function transactGetItems(request: Fields, find: FindTable): Fields {
  const gets = ((request['TransactItems'] ?? []) as { Get: Fields }[]).map(({ Get }) =>
    preparedGet(Get, find),
  );
  const ids = gets.map(({ table, key }) => JSON.stringify([table.name, table.keyOf(key)]));
  if (new Set(ids).size < ids.length)
    throw invalid('Transaction request cannot include multiple operations on one item');
  const units = new Map<string, number>();
  const Responses = gets.map(({ table, key, project }) => {
    const item = table.items.get(key);
    const each = readUnits(itemBytes(item), { isConsistent: true, isTransaction: true });
    units.set(table.name, (units.get(table.name) ?? 0) + each);
    return item ? { Item: project(item) } : {};
  });
  return { Responses, ...consumed(request, [...units], true) };
}

export function query(request: Fields, find: FindTable): Fields {
  refuseLegacy(request);
  const source = sourceOf(request, find);
  const text = request['KeyConditionExpression'];
  const condition =
    typeof text === 'string' ? compileCondition('KeyConditionExpression', text) : undefined;
  const used = condition && { ...condition, field: 'KeyConditionExpression' };
  const read = readingOf(request, source, used ? [used] : []);
  if (!condition)
    throw invalid(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  condition.check(read.given);
  const keys = (source.index ?? source.table).keys;
  const range = keyRangeOf(condition, keys, read.given);
  refuseKeysInFilter(read.filter, keys, read.given);
  const after = startOf(request, source);
  if (after && !isWithin(after, range, keys))
    throw invalid('The provided starting key does not match the range key predicate');
  const isForward = request['ScanIndexForward'] !== false;
  return page(request, source, {
    ...read,
    items: (source.index ?? source.table).items.range({ ...range, after, isForward }),
  });
}

export function scan(request: Fields, find: FindTable): Fields {
  refuseLegacy(request);
  const source = sourceOf(request, find);
  const { Segment, TotalSegments } = request;
  if (TotalSegments !== undefined && Segment === undefined)
    throw invalid(
      'If total segments is specified, a particular segment must also be specified for this request',
    );
  if (Segment !== undefined && TotalSegments === undefined)
    throw invalid('If segment is specified, total segment must also be specified');
  const read = readingOf(request, source, []);
  const items = (source.index ?? source.table).items.scan({
    after: startOf(request, source),
    segment: Number(Segment ?? 0),
    totalSegments: Number(TotalSegments ?? 1),
  });
  return page(request, source, { ...read, items });
}

/** What a query or scan reads. */
interface Source {
  readonly table: MemoryTable;
  readonly index: SecondaryIndex | undefined;
}

function sourceOf(request: Fields, find: FindTable): Source {
  const table = find(request['TableName']);
  const IndexName = request['IndexName'] as string | undefined;
  const Limit = request['Limit'];
  const index = IndexName === undefined ? undefined : table.indexes.get(IndexName);
  if (IndexName !== undefined && !index)
    throw invalid(`The table does not have the specified index: ${IndexName}`);
  if (Limit !== undefined && Number(Limit) < 1)
    throw invalid('Limit must be greater than or equal to 1');
  if (index?.isGlobal === true && request['ConsistentRead'] === true)
    throw invalid('Consistent reads are not supported on global secondary indexes');
  return { table, index };
}

interface Reading {
  readonly given: Substitutes;
  readonly filter: CompiledCondition | undefined;
  readonly project: (item: Item) => Item;
}

function readingOf(request: Fields, source: Source, used: readonly UsedExpression[]): Reading {
  const text = request['FilterExpression'];
  const filter = typeof text === 'string' ? compileCondition('FilterExpression', text) : undefined;
  const all = filter ? [...used, { ...filter, field: 'FilterExpression' }] : used;
  const { given, project, paths } = projectionOf(request, all);
  filter?.check(given);
  refuseSelection(request, source, { given, filter, paths });
  return { given, filter, project };
}

/** Refuses to read of a global index what it does not carry. */
function refuseSelection(
  request: Fields,
  { table, index }: Source,
  read: {
    readonly given: Substitutes;
    readonly filter: CompiledCondition | undefined;
    readonly paths: readonly DocumentPath[];
  },
): void {
  const { ProjectionType } = index?.projection ?? {};
  const Select = request['Select'] as string | undefined;
  if (read.paths.length > 0 && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES')
    throw invalid(
      `Cannot specify the ProjectionExpression when choosing to get ${Select === 'COUNT' ? 'only the Count' : Select}`,
    );
  if (index?.isGlobal !== true || ProjectionType === 'ALL') return;
  if (Select === 'ALL_ATTRIBUTES')
    throw invalid(
      `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
  const carried = carriedBy(table, index);
  const missing = (paths: readonly DocumentPath[]): string[] =>
    paths.map(([step]) => stepName(String(step), read.given)).filter((name) => !carried.has(name));
  const projected = missing(read.paths);
  if (projected.length > 0)
    throw invalid(
      `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${projected.join(', ')}]`,
    );
  const filtered = missing(read.filter?.paths ?? []);
  if (filtered.length > 0)
    throw invalid(
      `One or more parameter values were invalid: Secondary index ${index.name} does not project one or more filter attributes: [${filtered.join(', ')}]`,
    );
}

function carriedBy(table: MemoryTable, index: SecondaryIndex): ReadonlySet<string> {
  const names = [...table.keyParts, ...index.keyParts].map(({ name }) => name);
  return new Set([...names, ...(index.projection.NonKeyAttributes ?? [])]);
}

function projectionOf(
  request: Fields,
  used: readonly UsedExpression[],
): {
  readonly given: Substitutes;
  readonly project: (item: Item) => Item;
  readonly paths: readonly DocumentPath[];
} {
  const text = request['ProjectionExpression'];
  const paths = typeof text === 'string' ? projectionPaths(text) : [];
  const expressions =
    typeof text === 'string'
      ? [...used, { field: 'ProjectionExpression', paths, values: [] }]
      : used;
  const given = substitutesOf(
    request,
    expressions,
    'FilterExpression and KeyConditionExpression are null',
  );
  const project = typeof text === 'string' ? projection(text, given) : whole;
  return { given, project, paths };
}

function whole(item: Item): Item {
  return item;
}

function refuseKeysInFilter(
  filter: CompiledCondition | undefined,
  keys: KeysOf,
  given: Substitutes,
): void {
  const names = [keys.partition.name, keys.sort?.name];
  const found = filter?.paths
    .map(([step]) => stepName(String(step), given))
    .find((name) => names.includes(name));
  if (found !== undefined)
    throw invalid(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${found}`,
    );
}

type KeysOf = MemoryTable['keys'];

function startParts({ table, index }: Source): readonly KeyPart[] {
  const parts = [...(index?.keyParts ?? []), ...table.keyParts];
  return parts.filter(({ name }, at) => parts.findIndex((each) => each.name === name) === at);
}

function startOf(request: Fields, source: Source): Item | undefined {
  const start = request['ExclusiveStartKey'] as Item | undefined;
  if (start === undefined) return undefined;
  const parts = startParts(source);
  if (!source.index && Object.keys(start).length !== parts.length)
    throw invalid("Exclusive Start Key must have same size as table's key schema");
  if (
    Object.keys(start).length !== parts.length ||
    parts.some(({ name, type }) => start[name]?.[type] === undefined)
  )
    throw invalid('The provided starting key is invalid');
  return start;
}

/** Whether a starting key is one that the query could have come to. */
function isWithin(start: Item, { partition, sort }: KeyRange, keys: KeysOf): boolean {
  const { name, type } = keys.partition;
  if (start[name]?.[type] !== partition[type]) return false;
  if (!sort || !keys.sort) return true;
  const value = start[keys.sort.name];
  if (!value) return false;
  const test = rangeTests.get(sort.kind === 'compare' ? sort.operator : sort.kind);
  const values =
    sort.kind === 'compare'
      ? [sort.value]
      : sort.kind === 'between'
        ? [sort.lower, sort.upper]
        : [sort.start];
  const given: Record<string, Attribute> = { ':v': value };
  for (const [at, each] of values.entries()) given[`:${at}`] = each;
  return test?.holds({ v: value }, { names: {}, values: given }) ?? true;
}

const rangeTests = new Map(
  [
    ...['=', '<', '<=', '>', '>='].map((operator): [string, string] => [
      operator,
      `v ${operator} :0`,
    ]),
    ['between', 'v BETWEEN :0 AND :1'] as [string, string],
    ['begins', 'begins_with(v, :0)'] as [string, string],
  ].map(([kind, text]) => [kind, compileCondition('range', text)]),
);

/** Takes items until the page is full, and says where the next one begins. */
function page(
  request: Fields,
  source: Source,
  read: Reading & { readonly items: Iterable<Item> },
): Fields {
  const { table, index } = source;
  const limit = Number(request['Limit'] ?? Infinity);
  const take = takenFrom(source, request);
  const Items: Item[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: Item | undefined;
  let isMore = false;
  for (const item of read.items) {
    if (scanned >= limit || bytes >= PAGE_BYTES) {
      isMore = true;
      break;
    }
    const entry = take(item);
    scanned += 1;
    bytes += itemBytes(entry);
    last = item;
    if (!read.filter || read.filter.holds(entry, read.given)) Items.push(read.project(entry));
  }
  const isFull = isMore || scanned >= limit;
  const isConsistent = request['ConsistentRead'] === true;
  // As DynamoDB Local counts it: what found nothing took nothing.
  const units = scanned === 0 ? 0 : readUnits(bytes, { isConsistent });
  return {
    ...(request['Select'] === 'COUNT' ? {} : { Items }),
    Count: Items.length,
    ScannedCount: scanned,
    ...(isFull && last && { LastEvaluatedKey: table.keyOf(last, startParts({ table, index })) }),
    ...consumed(request, [[table.name, units]], false),
  };
}

/** What of an item stands in the index that is read. */
function takenFrom({ table, index }: Source, request: Fields): (item: Item) => Item {
  if (!index || index.projection.ProjectionType === 'ALL') return whole;
  // A local index fetches from its table what it does not carry.
  if (
    !index.isGlobal &&
    (request['Select'] === 'ALL_ATTRIBUTES' || request['ProjectionExpression'])
  )
    return whole;
  const carried = [...carriedBy(table, index)];
  return (item) => {
    const entry: Record<string, Attribute> = {};
    for (const name of carried) if (item[name]) entry[name] = item[name];
    return entry;
  };
}

/** The field of an answer that tells what it took, where that was asked for. */
export function consumed(
  request: Fields,
  units: readonly (readonly [string, number])[],
  isList: boolean,
): Fields {
  const asked = request['ReturnConsumedCapacity'];
  if (asked === undefined || asked === 'NONE') return {};
  const list = units.map(([TableName, each]) => {
    const CapacityUnits = Math.round(each * DIGITS) / DIGITS;
    return {
      TableName,
      CapacityUnits,
      ...(asked === 'INDEXES' && { Table: { CapacityUnits } }),
    };
  });
  return { ConsumedCapacity: isList ? list : list[0] };
}
