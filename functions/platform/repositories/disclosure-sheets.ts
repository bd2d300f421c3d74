import { GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { DisclosureSheet } from '#domain/contracts/disclosure-sheet.ts';
import type { DisclosureSheets } from '#domain/contracts/ports.ts';
import { canonicalJson } from '#domain/shared/canonical-json.ts';
import { sha256Hex } from '#domain/shared/digest.ts';

const Kept = z.object({ sheet: z.string() });

/**
 * Disclosure sheets as items of the table of applications. A sheet is most of a contract and never changes: inside the
 * application every later step would pay for writing it again. It is kept as the very text that was hashed.
 */
export class DynamoDisclosureSheets implements DisclosureSheets {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async keep(sheetHash: string, sheet: DisclosureSheet): Promise<void> {
    const text = canonicalJson(sheet);
    assertHash(text, sheetHash);
    await this.#documents.send(
      new PutCommand({ TableName: this.#tableName, Item: { ...keyOf(sheetHash), sheet: text } }),
    );
  }

  async find(sheetHash: string): Promise<unknown> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: keyOf(sheetHash), ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    const { sheet } = Kept.parse(Item);
    assertHash(sheet, sheetHash);
    return JSON.parse(sheet);
  }
}

function keyOf(sheetHash: string): { applicationId: string } {
  return { applicationId: `sheet#${sheetHash}` };
}

function assertHash(text: string, sheetHash: string): void {
  if (sha256Hex(text) !== sheetHash) throw new Error(`the sheet ${sheetHash} has another hash`);
}
