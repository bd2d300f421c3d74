import * as dynamodb from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fromItem, toItem, type Attribute } from './attribute-values.ts';
import { messageOf } from './dynamo-wire.ts';
import { answerInsteadOf, SdkRoutes, type SdkClient } from './sdk-routes.ts';

/** Sends one request to the database and answers its status and what it says, in DynamoDB's notation. */
export type DocumentRoute = (operation: string, request: Input) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly answer: Input;
}

type Input = Readonly<Record<string, unknown>>;
type Items = Record<string, Attribute>;

interface Translation {
  marshallOptions?: Readonly<Record<string, unknown>>;
  unmarshallOptions?: Readonly<Record<string, unknown>>;
}

/** Commands by class, and what the wire calls them. Others go through the SDK. */
const operations: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  DeleteCommand: 'DeleteItem',
  QueryCommand: 'Query',
  TransactWriteCommand: 'TransactWriteItems',
  BatchWriteCommand: 'BatchWriteItem',
};

/** Fields of an input that hold items, wherever they are. */
const itemFields: ReadonlySet<string> = new Set([
  'Item',
  'Key',
  'ExpressionAttributeValues',
  'ExclusiveStartKey',
]);

const ATTEMPTS_MAX = 3;
const region = 'us-east-1';
const routes = new SdkRoutes<DocumentRoute>(() => {
  /** How many middlewares a command has that nobody has added anything to. */
  const plain = new dynamodb.GetItemCommand({
    TableName: 'x',
    Key: {},
  }).middlewareStack.identify().length;
  const sample = DynamoDBDocumentClient.from(new dynamodb.DynamoDBClient({ region }));
  answerInsteadOf(DynamoDBDocumentClient, sample, async (client, command) => {
    const operation = operations[command.constructor.name];
    const isPlain =
      operation !== undefined &&
      command.middlewareStack.identify().length <= plain &&
      isPlainTranslation(client);
    const route = isPlain ? await routes.of(client, 'AWS_ENDPOINT_URL_DYNAMODB') : undefined;
    return route && operation !== undefined ? call(route, operation, command.input) : undefined;
  });
});

/**
 * Answers the document client's commands for the database at `port` directly. The SDK's own way costs half a millisecond
 * of CPU a call (schemas, endpoint rules, signing, retries), which on one machine, with every function in one process, is
 * most of what an application costs. Anything unusual still takes that way: other commands, options, clients with a
 * middleware of their own, another endpoint.
 */
export function routeDocuments(port: number, route: DocumentRoute): () => void {
  return routes.add(port, route);
}

function isPlainTranslation(client: SdkClient): boolean {
  const { translateConfig } = client.config as { readonly translateConfig?: Translation };
  const { removeUndefinedValues, ...others } = translateConfig?.marshallOptions ?? {};
  return (
    removeUndefinedValues === true &&
    Object.values(others).every((value) => value === undefined || value === false) &&
    Object.values(translateConfig?.unmarshallOptions ?? {}).every(
      (value) => value === undefined || value === false,
    )
  );
}

async function call(route: DocumentRoute, operation: string, input: Input): Promise<unknown> {
  const request = marshalled(input);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await route(operation, request).catch((error: unknown) => {
      if (attempt >= ATTEMPTS_MAX) throw error;
      return undefined;
    });
    if (answer?.status === 200) return resultOf(answer.answer);
    if (answer && (answer.status < 500 || attempt >= ATTEMPTS_MAX)) throw errorOf(answer);
    await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
  }
}

function marshalled(input: Input): Input {
  const written: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(input)) {
    if (each === undefined) continue;
    written[name] =
      itemFields.has(name) && typeof each === 'object' && each !== null
        ? toItem(each)
        : marshalledValue(each);
  }
  return written;
}

function marshalledValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marshalledValue);
  return typeof value === 'object' && value !== null ? marshalled(value as Input) : value;
}

function resultOf(parsed: Input): Record<string, unknown> {
  const read: Record<string, unknown> = { ...parsed, $metadata: metadata(200) };
  for (const name of ['Item', 'Attributes', 'LastEvaluatedKey'])
    if (parsed[name] !== undefined) read[name] = fromItem(parsed[name] as Items);
  if (Array.isArray(parsed['Items'])) read['Items'] = (parsed['Items'] as Items[]).map(fromItem);
  if (parsed['UnprocessedItems'] !== undefined)
    read['UnprocessedItems'] = unprocessed(parsed['UnprocessedItems'] as Record<string, Input[]>);
  return read;
}

function unprocessed(tables: Readonly<Record<string, Input[]>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tables).map(([table, requests]) => [
      table,
      requests.map((request) =>
        Object.fromEntries(
          Object.entries(request as Record<string, Input>).map(([kind, { Item, Key }]) => [
            kind,
            Item === undefined
              ? { Key: fromItem(Key as Items) }
              : { Item: fromItem(Item as Items) },
          ]),
        ),
      ),
    ]),
  );
}

/** The SDK's own exception classes: handlers ask for them with `instanceof`. */
function errorOf({ status, answer: parsed }: Answer): Error {
  const name = String(parsed['__type']).split('#').at(-1) ?? 'Error';
  const message = messageOf(parsed, name);
  const details: Record<string, unknown> = { message, $metadata: metadata(status) };
  const item = parsed['Item'];
  if (item !== undefined) details['Item'] = fromItem(item as Items);
  const reasons = parsed['CancellationReasons'];
  if (Array.isArray(reasons))
    details['CancellationReasons'] = (reasons as Input[]).map((reason) =>
      reason['Item'] === undefined
        ? reason
        : { ...reason, Item: fromItem(reason['Item'] as Items) },
    );
  const known = (dynamodb as unknown as Record<string, unknown>)[name];
  if (typeof known === 'function') return new (known as new (given: unknown) => Error)(details);
  return new dynamodb.DynamoDBServiceException({
    name,
    $fault: status < 500 ? 'client' : 'server',
    message,
    $metadata: metadata(status),
  });
}

function metadata(httpStatusCode: number): Readonly<Record<string, unknown>> {
  return { httpStatusCode, attempts: 1, totalRetryDelay: 0 };
}
