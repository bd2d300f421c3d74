import { isDeepStrictEqual } from 'node:util';
import { BatchGetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isPointer, itemsOf, movePointer, type Item } from '../hosting/catalog-seed.ts';

export interface CatalogToFill {
  readonly documents: DynamoDBDocumentClient;
  readonly tableName: string;
  /** The folder of the catalog's files. */
  readonly directory: string;
  /** Only says what would be written. */
  readonly isTried: boolean;
}

export interface CatalogFilling {
  /** Versions that were not there, `product consumer-installment#0002`. */
  readonly written: readonly string[];
  /** What is in force now and was not before. */
  readonly inForce: readonly string[];
  /** Versions that are there already, the same to the last field. */
  readonly unchanged: number;
  /** Files that lag behind what operators have published: the table's version stays in force. */
  readonly behind: readonly string[];
}

const KEYS_PER_READ = 100;

/**
 * Writes what a folder holds and the table lacks. A version never changes: where one is in the table with other content
 * nothing at all is written, and the error names every such version.
 */
export async function fillCatalog({
  documents,
  tableName,
  directory,
  isTried,
}: CatalogToFill): Promise<CatalogFilling> {
  const items = itemsOf(directory);
  if (items.length === 0) throw new Error(`${directory} holds no file of a catalog`);
  const stored = await storedItems(documents, tableName, items);
  const versions = items.filter((item) => !isPointer(item));
  const changed = versions.filter((item) => {
    const before = stored.get(nameOf(item));
    return before !== undefined && !isSame(before, item);
  });
  if (changed.length > 0)
    throw new Error(
      `a published version never changes, and these differ from the table's: ${changed.map(nameOf).join(', ')}. Give each change the next version.`,
    );
  const missing = versions.filter((item) => !stored.has(nameOf(item)));
  const pointers = items.filter(isPointer);
  const moving = pointers.filter((item) => versionOf(stored.get(nameOf(item))) < versionOf(item));
  const behind = pointers.filter((item) => versionOf(stored.get(nameOf(item))) > versionOf(item));
  if (!isTried) {
    // Versions first: a pointer that led nowhere would stop every application of its product.
    await Promise.all(missing.map((item) => writeOnce(documents, tableName, item)));
    await Promise.all(moving.map((item) => movePointer(documents, tableName, item)));
  }
  return {
    written: missing.map(nameOf),
    inForce: moving.map(
      (item) =>
        `${nameOf(item).replace('#latest', '')}#${String(versionOf(item)).padStart(4, '0')}`,
    ),
    unchanged: versions.length - missing.length,
    behind: behind.map(
      (item) => `${nameOf(item).replace('#latest', '')} (${versionOf(stored.get(nameOf(item)))})`,
    ),
  };
}

async function storedItems(
  documents: DynamoDBDocumentClient,
  tableName: string,
  items: readonly Item[],
): Promise<ReadonlyMap<string, Item>> {
  const stored = new Map<string, Item>();
  let keys: Item[] = items.map(({ kind, idVersion }) => ({ kind, idVersion }));
  while (keys.length > 0) {
    const { Responses = {}, UnprocessedKeys = {} } = await documents.send(
      new BatchGetCommand({
        RequestItems: {
          [tableName]: { Keys: keys.slice(0, KEYS_PER_READ), ConsistentRead: true },
        },
      }),
    );
    for (const item of Responses[tableName] ?? []) stored.set(nameOf(item), item);
    keys = [...keys.slice(KEYS_PER_READ), ...(UnprocessedKeys[tableName]?.Keys ?? [])];
  }
  return stored;
}

async function writeOnce(
  documents: DynamoDBDocumentClient,
  tableName: string,
  item: Item,
): Promise<void> {
  await documents.send(
    new PutCommand({
      TableName: tableName,
      Item: item,
      ConditionExpression: 'attribute_not_exists(idVersion)',
    }),
  );
}

function nameOf({ kind, idVersion }: Item): string {
  return `${String(kind)} ${String(idVersion)}`;
}

function versionOf(item: Item | undefined): number {
  return typeof item?.['version'] === 'number' ? item['version'] : 0;
}

/** As the table keeps it: without fields that are undefined. */
function isSame(stored: Item, item: Item): boolean {
  return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(item)));
}
