import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBClient } from './dynamodb.ts';
import { isFacts, JsonCommand, type Facts } from './json-service.ts';

interface MarshallOptions {
  readonly removeUndefinedValues?: boolean;
}

/** The fields that hold an item or a part of one, wherever they stand in an input. */
const inputFields = new Set(['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey']);
const outputFields = new Set(['Item', 'Attributes', 'LastEvaluatedKey']);

const shape = { bytes: ['B'] };

/** An operation whose values are plain ones. */
abstract class DocumentCommand extends JsonCommand {
  /** With the values of the input in DynamoDB's notation. */
  abstract marshalled(options: MarshallOptions): Facts;
  /** The output with plain values. */
  abstract unmarshalled(output: Facts): Facts;
}

/** Commands that name their values by the fields above. */
class ItemCommand extends DocumentCommand {
  marshalled(options: MarshallOptions): Facts {
    return marshallFields(this.input, options);
  }

  unmarshalled(output: Facts): Facts {
    return {
      ...mapFields(output, outputFields, plain),
      ...(Array.isArray(output['Items']) ? { Items: output['Items'].map(plain) } : {}),
    };
  }
}

export class GetCommand extends ItemCommand {
  constructor(input: Facts) {
    super('GetItem', input, shape);
  }
}

export class PutCommand extends ItemCommand {
  constructor(input: Facts) {
    super('PutItem', input, shape);
  }
}

export class UpdateCommand extends ItemCommand {
  constructor(input: Facts) {
    super('UpdateItem', input, shape);
  }
}

export class DeleteCommand extends ItemCommand {
  constructor(input: Facts) {
    super('DeleteItem', input, shape);
  }
}

export class QueryCommand extends ItemCommand {
  constructor(input: Facts) {
    super('Query', input, shape);
  }
}

export class TransactWriteCommand extends DocumentCommand {
  constructor(input: Facts) {
    super('TransactWriteItems', input, { ...shape, idempotencyToken: 'ClientRequestToken' });
  }

  marshalled(options: MarshallOptions): Facts {
    return {
      ...this.input,
      TransactItems: listOf(this.input['TransactItems']).map((action) =>
        mapValues(action, (write) => marshallFields(write, options)),
      ),
    };
  }

  unmarshalled(output: Facts): Facts {
    return output;
  }
}

export class BatchGetCommand extends DocumentCommand {
  constructor(input: Facts) {
    super('BatchGetItem', input, shape);
  }

  marshalled(options: MarshallOptions): Facts {
    return {
      ...this.input,
      RequestItems: mapValues(this.input['RequestItems'], (wanted) => ({
        ...factsOf(wanted),
        Keys: listOf(factsOf(wanted)['Keys']).map((key) => marshallMap(key, options)),
      })),
    };
  }

  unmarshalled(output: Facts): Facts {
    return {
      ...output,
      Responses: mapValues(output['Responses'], (items) => listOf(items).map(plain)),
      UnprocessedKeys: mapValues(output['UnprocessedKeys'], (wanted) => ({
        ...factsOf(wanted),
        Keys: listOf(factsOf(wanted)['Keys']).map(plain),
      })),
    };
  }
}

export class BatchWriteCommand extends DocumentCommand {
  constructor(input: Facts) {
    super('BatchWriteItem', input, shape);
  }

  marshalled(options: MarshallOptions): Facts {
    return {
      ...this.input,
      RequestItems: mapWrites(this.input['RequestItems'], (write) =>
        marshallFields(write, options),
      ),
    };
  }

  unmarshalled(output: Facts): Facts {
    return {
      ...output,
      UnprocessedItems: mapWrites(output['UnprocessedItems'], (write) =>
        mapFields(factsOf(write), inputFields, plain),
      ),
    };
  }
}

/** DynamoDB, speaking plain values. */
export class DynamoDBDocumentClient {
  readonly #client: DynamoDBClient;
  readonly #options: MarshallOptions;

  private constructor(client: DynamoDBClient, options: MarshallOptions) {
    this.#client = client;
    this.#options = options;
  }

  static from(
    client: DynamoDBClient,
    { marshallOptions = {} }: { readonly marshallOptions?: MarshallOptions } = {},
  ): DynamoDBDocumentClient {
    return new DynamoDBDocumentClient(client, marshallOptions);
  }

  destroy(): void {
    this.#client.destroy();
  }

  async send(command: DocumentCommand): Promise<Facts> {
    const input = command.marshalled(this.#options);
    const output = await this.#client.send(
      new JsonCommand(command.operation, input, command.shape),
    );
    return command.unmarshalled(output);
  }
}

function mapWrites(tables: unknown, map: (write: unknown) => unknown): Facts {
  return mapValues(tables, (writes) => listOf(writes).map((write) => mapValues(write, map)));
}

function marshallFields(value: unknown, options: MarshallOptions): Facts {
  return mapFields(factsOf(value), inputFields, (map) => marshallMap(map, options));
}

function marshallMap(map: unknown, options: MarshallOptions): unknown {
  return marshall(factsOf(map), options);
}

/** Numbers beyond what JavaScript counts exactly are refused, as the SDK does. */
function plain(map: unknown): unknown {
  return isAttributes(map) ? unmarshall(map) : {};
}

function isAttributes(map: unknown): map is Record<string, AttributeValue> {
  return isFacts(map);
}

function mapFields(
  facts: Facts,
  names: ReadonlySet<string>,
  map: (value: unknown) => unknown,
): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      names.has(name) && value !== undefined ? map(value) : value,
    ]),
  );
}

function mapValues(facts: unknown, map: (value: unknown) => unknown): Facts {
  return Object.fromEntries(
    Object.entries(factsOf(facts)).map(([name, value]) => [name, map(value)]),
  );
}

function factsOf(value: unknown): Facts {
  return isFacts(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
