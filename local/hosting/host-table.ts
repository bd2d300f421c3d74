import {
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { hasTable } from './tables.ts';

const TABLE_NAME = 'zhudai-host';

/** What the host itself must remember over a restart: stream positions, undelivered events, dead letters, the clock. */
export class HostTable {
  readonly #client: DynamoDBClient;

  constructor(client: DynamoDBClient) {
    this.#client = client;
  }

  async ensure(): Promise<void> {
    if (await hasTable(this.#client, TABLE_NAME)) return;
    await this.#client.send(
      new CreateTableCommand({
        TableName: TABLE_NAME,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'kind', AttributeType: 'S' },
          { AttributeName: 'id', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'kind', KeyType: 'HASH' },
          { AttributeName: 'id', KeyType: 'RANGE' },
        ],
      }),
    );
  }

  async put(kind: string, id: string, value: unknown): Promise<void> {
    await this.#client.send(
      new PutItemCommand({
        TableName: TABLE_NAME,
        Item: { ...keyOf(kind, id), value: { S: JSON.stringify(value) } },
      }),
    );
  }

  async get(kind: string, id: string): Promise<unknown> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: TABLE_NAME, Key: keyOf(kind, id), ConsistentRead: true }),
    );
    return Item ? valueOf(Item) : undefined;
  }

  async delete(kind: string, id: string): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key: keyOf(kind, id) }));
  }

  /** Everything of one kind, in order of id. */
  async list(kind: string): Promise<{ id: string; value: unknown }[]> {
    const found: { id: string; value: unknown }[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: TABLE_NAME,
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': { S: kind } },
          ExclusiveStartKey: from,
        }),
      );
      for (const item of page.Items ?? [])
        found.push({ id: item['id']?.S ?? '', value: valueOf(item) });
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found;
  }
}

function keyOf(kind: string, id: string): Record<string, AttributeValue> {
  return { kind: { S: kind }, id: { S: id } };
}

function valueOf(item: Record<string, AttributeValue>): unknown {
  return JSON.parse(item['value']?.S ?? 'null');
}
