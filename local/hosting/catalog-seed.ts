import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  catalogKinds,
  loadCatalogFile,
  type CatalogKind,
} from '../../domain/catalog/load-catalog.ts';

export interface CatalogSeed {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** The folder of the catalog's files. */
  readonly directory: string;
  readonly partnerKey: string;
  /** Where the demo partner receives its webhooks; it gets none when left out. */
  readonly webhookUrl?: string;
}

/** The partner whose key is printed at the start. */
export const DEMO_PARTNER = 'demo-partner';

/** Writes the catalog's files into its table, with the demo partner's key. Written again, they are the same. */
export async function seedCatalog({ client, tableName, ...seed }: CatalogSeed): Promise<void> {
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const items = [...itemsOf(seed.directory, seed.webhookUrl), keyItem(seed.partnerKey)];
  await Promise.all(
    items.map((item) =>
      isPointer(item)
        ? movePointer(documents, tableName, item)
        : documents.send(new PutCommand({ TableName: tableName, Item: item })),
    ),
  );
}

export type Item = Readonly<Record<string, unknown>>;

export function isPointer({ idVersion }: Item): boolean {
  return typeof idVersion === 'string' && idVersion.endsWith('#latest');
}

/** What operators have published meanwhile stays in force: a pointer only ever moves up. */
export async function movePointer(
  documents: DynamoDBDocumentClient,
  tableName: string,
  pointer: Item,
): Promise<void> {
  try {
    await documents.send(
      new PutCommand({
        TableName: tableName,
        Item: pointer,
        ConditionExpression: 'attribute_not_exists(idVersion) OR #version < :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': pointer['version'] },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/**
 * The items of every file of a catalog's folder, checked by their schemas: versions, and for each item one pointer, to the
 * newest of them.
 */
export function itemsOf(directory: string, webhookUrl?: string): Item[] {
  const items: Item[] = [];
  for (const [kind, { folder }] of Object.entries(catalogKinds) as [
    CatalogKind,
    { folder: string },
  ][])
    for (const file of jsonFilesIn(join(directory, folder))) {
      const content = JSON.parse(readFileSync(file, 'utf8')) as object;
      const isDemo = kind === 'partner' && basename(file) === `${DEMO_PARTNER}.json`;
      try {
        items.push(
          ...loadCatalogFile(
            kind,
            isDemo && webhookUrl !== undefined ? { ...content, webhookUrl } : content,
          ),
        );
      } catch (error) {
        throw new Error(`${relative(directory, file)}: ${messageOf(error)}`, { cause: error });
      }
    }
  return newestPointers(items);
}

function newestPointers(items: readonly Item[]): Item[] {
  const byKey = new Map<string, Item>();
  for (const item of items.toSorted(
    (one, other) => Number(one['version']) - Number(other['version']),
  ))
    byKey.set(`${String(item['kind'])} ${String(item['idVersion'])}`, item);
  return [...byKey.values()];
}

function jsonFilesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** Keys are found by their digest: the table does not know them. */
function keyItem(partnerKey: string): Readonly<Record<string, unknown>> {
  const digest = createHash('sha256').update(partnerKey).digest('hex');
  return { kind: 'partner-key', idVersion: digest, partnerId: DEMO_PARTNER, status: 'Active' };
}
