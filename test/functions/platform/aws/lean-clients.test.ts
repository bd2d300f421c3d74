import { Readable } from 'node:stream';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as secrets from '@aws-sdk/client-secrets-manager';
import * as sfn from '@aws-sdk/client-sfn';
import * as documents from '@aws-sdk/lib-dynamodb';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { HttpResponse, type HttpRequest } from '@smithy/core/protocols';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as leanDocuments from '#platform/aws/document-client.ts';
import { domainOf } from '#platform/aws/domain-of.ts';
import * as leanDynamodb from '#platform/aws/dynamodb.ts';
import * as leanEventbridge from '#platform/aws/eventbridge.ts';
import * as leanKms from '#platform/aws/kms.ts';
import * as leanS3 from '#platform/aws/s3.ts';
import * as leanSecrets from '#platform/aws/secrets-manager.ts';
import * as leanSfn from '#platform/aws/sfn.ts';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'an-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'a-token');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Instead of an answer. */
  readonly broken?: string;
}

/** Takes the place of the network: answers what the script says, its last line for ever, and keeps what was asked. */
class Wire {
  readonly requests: HttpRequest[] = [];
  readonly #script: readonly Scripted[];

  constructor(...script: readonly Scripted[]) {
    this.#script = script;
  }

  handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    this.requests.push(request);
    const {
      status = 200,
      headers = {},
      body = '{}',
      broken,
    } = this.#script[this.requests.length - 1] ?? this.#script.at(-1) ?? {};
    if (broken !== undefined)
      return Promise.reject(Object.assign(new Error('socket hang up'), { code: broken }));
    return Promise.resolve({
      response: new HttpResponse({
        statusCode: status,
        headers,
        body: Readable.from([Buffer.from(body)]),
      }),
    });
  }
}

/** The constructors that the SDK and ours have under the same names. */
type Package = Readonly<Record<string, new (input: object) => object>>;

interface Client {
  send(command: object): Promise<object>;
}

interface Sides {
  readonly client: (wire: Wire) => Client;
  readonly commands: Package;
}

const services: Readonly<Record<string, readonly [Sides, Sides]>> = {
  documents: [
    {
      client: (wire) => documentsOf(dynamodb, documents, wire),
      commands: documents as unknown as Package,
    },
    {
      client: (wire) => documentsOf(leanDynamodb, leanDocuments, wire),
      commands: leanDocuments as unknown as Package,
    },
  ],
  sfn: sidesOf(sfn, leanSfn, 'SFNClient'),
  eventbridge: sidesOf(eventbridge, leanEventbridge, 'EventBridgeClient'),
  secrets: sidesOf(secrets, leanSecrets, 'SecretsManagerClient'),
  s3: sidesOf(s3, leanS3, 'S3Client'),
};

function sidesOf(real: object, lean: object, name: string): readonly [Sides, Sides] {
  const [first, second] = [real, lean].map((exported) => {
    const commands = exported as Package;
    const Client = commands[name] as new (settings: object) => Client;
    return {
      commands,
      client: (wire: Wire) =>
        new Client({
          requestHandler: wire,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    };
  });
  return [first, second] as [Sides, Sides];
}

function documentsOf(clients: object, library: object, wire: Wire): Client {
  const { DynamoDBClient } = clients as { DynamoDBClient: new (settings: object) => object };
  const { DynamoDBDocumentClient } = library as {
    DynamoDBDocumentClient: { from(client: object, options: object): Client };
  };
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: wire }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** What each side sent and got, told in a way that two runs can be compared by. */
async function exchangeOf({ client, commands }: Sides, name: string, input: object, wire: Wire) {
  const Command = commands[name];
  if (Command === undefined) throw new Error(`there is no ${name}`);
  const outcome = await client(wire).send(new Command(input)).then(answerOf, refusalOf);
  return { outcome, requests: wire.requests.map(comparable) };
}

async function answerOf(output: object): Promise<object> {
  const {
    $metadata: _,
    Metadata: __,
    Body,
    ...answer
  } = output as {
    $metadata?: object;
    /** An object's own notes, of which we write none. */
    Metadata?: object;
    Body?: s3.GetObjectCommandOutput['Body'];
  };
  return { answer, ...(Body ? { bytes: [...(await Body.transformToByteArray())] } : {}) };
}

function refusalOf(error: unknown): object {
  const { name, message, $metadata, $fault, ...facts } =
    error as dynamodb.DynamoDBServiceException & Record<string, unknown>;
  const { Item, CancellationReasons, code } = facts as Record<string, unknown>;
  return {
    name,
    message,
    $fault,
    status: $metadata.httpStatusCode,
    Item,
    CancellationReasons,
    code,
  };
}

/** Different in every run, or saying which client this is. */
const telling = new Set([
  'authorization',
  'amz-sdk-invocation-id',
  'user-agent',
  'x-amz-user-agent',
  'x-amz-date',
]);

function comparable({
  method,
  protocol,
  hostname,
  port,
  path,
  query,
  headers,
  body,
}: HttpRequest): object {
  const given = Object.entries(headers)
    .map(
      ([name, value]) => [name.toLowerCase(), anyDigest.test(value) ? 'a digest' : value] as const,
    )
    .filter(
      ([name]) => !telling.has(name) && name !== 'content-length' && name !== 'amz-sdk-request',
    );
  return {
    method,
    protocol,
    hostname,
    port,
    path,
    query,
    headers: Object.fromEntries(given.toSorted(([left], [right]) => (left < right ? -1 : 1))),
    attempt: headers['amz-sdk-request'],
    isSigned: headers['authorization']?.startsWith('AWS4-HMAC-SHA256 Credential=an-id/'),
    body: readBody(body),
  };
}

const anyDigest = /^[0-9a-f]{64}$/;
const anyToken = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function readBody(body: unknown): unknown {
  if (body === undefined) return undefined;
  const text = Buffer.from(body as Uint8Array).toString();
  if (!text.startsWith('{')) return text;
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && anyToken.test(value) ? 'a token' : value,
  );
}

const blob = new Uint8Array([0, 1, 127, 128, 255]);
const attributes = {
  id: { S: 'a-1' },
  amountFen: { N: '9007199254740991' },
  rate: { N: '-0.25' },
  open: { BOOL: false },
  none: { NULL: true },
  sealed: { B: Buffer.from(blob).toString('base64') },
  list: { L: [{ N: '1' }, { M: { B: { S: 'named as a type' } } }] },
  map: { M: { S: { S: 's' }, N: { N: '2' }, B: { B: 'AAE=' } } },
  text: { S: '' },
};
const plainItem = {
  id: 'a-1',
  amountFen: 9_007_199_254_740_991,
  rate: -0.25,
  open: false,
  none: null,
  left: undefined,
  sealed: blob,
  pooled: Buffer.from('pooled'),
  list: [1, 'two', { B: 'named as a type', gone: undefined }],
  map: { S: 's', N: 2, B: blob },
  text: '',
};
const arn = 'arn:aws:states:eu-north-1:123456789012:execution:originate-loan:a-1';

interface Case {
  readonly service: keyof typeof services;
  readonly command: string;
  readonly input: object;
  readonly answers?: readonly Scripted[];
}

const json = (body: object, status = 200): Scripted => ({ status, body: JSON.stringify(body) });

/** Every operation that a function calls, with all that it gives and reads. */
const cases: readonly Case[] = [
  {
    service: 'documents',
    command: 'GetCommand',
    input: { TableName: 't', Key: { id: 'a-1', at: 3 }, ConsistentRead: true },
    answers: [json({ Item: attributes })],
  },
  { service: 'documents', command: 'GetCommand', input: { TableName: 't', Key: { id: 'none' } } },
  {
    service: 'documents',
    command: 'PutCommand',
    input: {
      TableName: 't',
      Item: plainItem,
      ConditionExpression: 'version = :v',
      ExpressionAttributeValues: { ':v': 1, ':s': blob },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  },
  {
    service: 'documents',
    command: 'UpdateCommand',
    input: {
      TableName: 't',
      Key: { id: 'a-1' },
      UpdateExpression: 'SET sealed = :s, #n = :n REMOVE gone',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeNames: { '#n': 'name' },
      ExpressionAttributeValues: { ':s': blob, ':n': null },
      ReturnValues: 'ALL_NEW',
    },
    answers: [json({ Attributes: attributes })],
  },
  {
    service: 'documents',
    command: 'DeleteCommand',
    input: {
      TableName: 't',
      Key: { id: 'a-1', sequence: 2 },
      ConditionExpression: 'version = :v',
      ExpressionAttributeValues: { ':v': 1 },
      ReturnValues: 'ALL_OLD',
    },
    answers: [json({ Attributes: attributes })],
  },
  {
    service: 'documents',
    command: 'DeleteCommand',
    input: { TableName: 't', Key: { id: 'a-1' } },
    answers: [json({})],
  },
  {
    service: 'documents',
    command: 'QueryCommand',
    input: {
      TableName: 't',
      IndexName: 'i',
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': 'partnerId' },
      ExpressionAttributeValues: { ':p': 'demo' },
      ExclusiveStartKey: { id: 'a-0', at: 1 },
      Limit: 20,
      ScanIndexForward: false,
    },
    answers: [
      json({
        Items: [attributes, {}],
        Count: 2,
        ScannedCount: 2,
        LastEvaluatedKey: { id: { S: 'a-1' }, at: { N: '4' } },
      }),
    ],
  },
  {
    service: 'documents',
    command: 'QueryCommand',
    input: {
      TableName: 't',
      KeyConditionExpression: 'p = :p',
      ExpressionAttributeValues: { ':p': 'demo' },
    },
    answers: [json({ Items: [], Count: 0, ScannedCount: 0 })],
  },
  {
    service: 'documents',
    command: 'BatchGetCommand',
    input: { RequestItems: { t: { Keys: [{ id: 'a' }, { id: 'b' }], ConsistentRead: true } } },
    answers: [
      json({
        Responses: { t: [attributes] },
        UnprocessedKeys: { t: { Keys: [{ id: { S: 'b' } }], ConsistentRead: true } },
      }),
    ],
  },
  {
    service: 'documents',
    command: 'BatchGetCommand',
    input: { RequestItems: { t: { Keys: [{ id: 'a' }] } } },
    answers: [json({ Responses: { t: [] }, UnprocessedKeys: {} })],
  },
  {
    service: 'documents',
    command: 'BatchWriteCommand',
    input: {
      RequestItems: {
        t: [{ PutRequest: { Item: plainItem } }, { DeleteRequest: { Key: { id: 'a' } } }],
      },
    },
    answers: [
      json({
        UnprocessedItems: {
          t: [{ PutRequest: { Item: attributes } }, { DeleteRequest: { Key: { id: { S: 'a' } } } }],
        },
      }),
    ],
  },
  {
    service: 'documents',
    command: 'BatchWriteCommand',
    input: { RequestItems: { t: [{ PutRequest: { Item: { id: 'a' } } }] } },
    answers: [json({ UnprocessedItems: {} })],
  },
  {
    service: 'documents',
    command: 'TransactWriteCommand',
    input: {
      TransactItems: [
        {
          Put: {
            TableName: 't',
            Item: plainItem,
            ConditionExpression: 'v = :v',
            ExpressionAttributeValues: { ':v': 1 },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Delete: { TableName: 't', Key: { id: 'a' } } },
        {
          Update: {
            TableName: 't',
            Key: { id: 'b' },
            UpdateExpression: 'SET n = :n',
            ExpressionAttributeValues: { ':n': { of: [1] } },
          },
        },
        {
          ConditionCheck: {
            TableName: 't',
            Key: { id: 'c' },
            ConditionExpression: 'attribute_exists(id)',
          },
        },
      ],
    },
  },
  {
    service: 'documents',
    command: 'TransactWriteCommand',
    input: {
      ClientRequestToken: 'ours',
      TransactItems: [{ Delete: { TableName: 't', Key: { id: 'a' } } }],
    },
  },
  {
    service: 'sfn',
    command: 'StartExecutionCommand',
    input: { stateMachineArn: 'm', name: 'a-1', input: '{"a":"合同"}' },
    answers: [json({ executionArn: arn, startDate: 1_790_000_000.123 })],
  },
  {
    service: 'sfn',
    command: 'StopExecutionCommand',
    input: { executionArn: arn, error: 'E', cause: 'c' },
    answers: [json({ stopDate: 1_790_000_000 })],
  },
  {
    service: 'sfn',
    command: 'RedriveExecutionCommand',
    input: { executionArn: arn },
    answers: [json({ redriveDate: 1_790_000_000.5 })],
  },
  {
    service: 'sfn',
    command: 'RedriveExecutionCommand',
    input: { executionArn: arn, clientToken: 'ours' },
    answers: [json({ redriveDate: 1_790_000_000.5 })],
  },
  {
    service: 'sfn',
    command: 'DescribeExecutionCommand',
    input: { executionArn: arn },
    answers: [
      json({
        executionArn: arn,
        status: 'FAILED',
        startDate: 1_790_000_000.001,
        stopDate: 1_790_000_001,
        redriveCount: 2,
        redriveDate: 1_790_000_000,
        input: '{"timestamp":5}',
        error: 'E',
        inputDetails: { included: true },
      }),
    ],
  },
  {
    service: 'sfn',
    command: 'ListExecutionsCommand',
    input: { stateMachineArn: 'm', statusFilter: 'FAILED', maxResults: 20, nextToken: undefined },
    answers: [
      json({
        executions: [
          {
            executionArn: arn,
            name: 'a-1',
            startDate: 1_790_000_000,
            stopDate: 1_790_000_009.9,
            status: 'FAILED',
            stateMachineArn: 'm',
          },
        ],
        nextToken: 'n',
      }),
    ],
  },
  {
    service: 'sfn',
    command: 'GetExecutionHistoryCommand',
    input: { executionArn: arn, maxResults: 5, reverseOrder: true, includeExecutionData: true },
    answers: [
      json({
        events: [
          {
            id: 2,
            previousEventId: 1,
            timestamp: 1_790_000_000.25,
            type: 'TaskFailed',
            taskFailedEventDetails: {
              resourceType: 'lambda',
              resource: 'invoke',
              error: 'E',
              cause: 'c',
            },
          },
        ],
      }),
    ],
  },
  { service: 'sfn', command: 'SendTaskSuccessCommand', input: { taskToken: 't', output: '{}' } },
  {
    service: 'sfn',
    command: 'SendTaskFailureCommand',
    input: { taskToken: 't', error: 'E', cause: 'c' },
  },
  {
    service: 'eventbridge',
    command: 'PutEventsCommand',
    input: {
      Entries: [
        {
          EventBusName: 'b',
          Source: 'zhudai',
          DetailType: 'LoanClosed',
          Time: new Date('2026-11-26T04:00:00.250Z'),
          Detail: '{"a":1}',
          Resources: undefined,
        },
      ],
    },
    answers: [
      json({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'm' }],
      }),
    ],
  },
  {
    service: 'secrets',
    command: 'GetSecretValueCommand',
    input: { SecretId: 's' },
    answers: [
      json({
        ARN: 'a',
        Name: 's',
        SecretString: '{"k":"v"}',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: 1_790_000_000.5,
      }),
    ],
  },
  {
    service: 's3',
    command: 'PutObjectCommand',
    input: {
      Bucket: 'a-bucket',
      Key: 'contracts/l 1/合同(1).pdf',
      Body: blob,
      ContentType: 'application/pdf',
    },
    answers: [{ body: '' }],
  },
  {
    service: 's3',
    command: 'GetObjectCommand',
    input: { Bucket: 'a-bucket', Key: 'documents/d-1' },
    answers: [{ body: 'the bytes' }],
  },
  {
    service: 's3',
    command: 'GetObjectCommand',
    input: { Bucket: 'a.dotted.bucket', Key: 'documents/d-1' },
    answers: [{ body: '' }],
  },
  {
    service: 's3',
    command: 'DeleteObjectCommand',
    input: { Bucket: 'a-bucket', Key: 'documents/d 1', VersionId: 'v/1+' },
    answers: [{ status: 204, body: '' }],
  },
  {
    service: 's3',
    command: 'DeleteObjectCommand',
    input: { Bucket: 'a.dotted.bucket', Key: 'k', VersionId: undefined },
    answers: [{ status: 204, body: '' }],
  },
];

const compare = async ({ service, command, input, answers = [] }: Case) => {
  const [real, lean] = await Promise.all(
    (services[service] ?? []).map((sides) =>
      exchangeOf(sides, command, input, new Wire(...answers)),
    ),
  );
  expect(lean).toEqual(real);
  return lean;
};

/** Pages as S3 writes them: what is listed has fields of the same names as the page itself. */
const pageOfVersions = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a-bucket</Name><Prefix>documents/</Prefix><KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker><MaxKeys>1000</MaxKeys>${inner}</ListVersionsResult>`;
const version = (key: string, id: string): string =>
  `<Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>true</IsLatest><LastModified>2026-11-26T10:00:00.000Z</LastModified>`;

describe('the versions of objects', () => {
  it.each([
    {
      name: 'the last page, with names that XML escapes',
      input: { Bucket: 'a-bucket', Prefix: 'documents/a b' },
      body: pageOfVersions(
        `<IsTruncated>false</IsTruncated><Version>${version('documents/a &amp; &lt;b&gt; &#39;c&#x27; &quot;', 'v1')}<Size>3</Size></Version><Version>${version('documents/合同', 'null')}</Version><DeleteMarker>${version('documents/gone', 'v2')}</DeleteMarker>`,
      ),
    },
    {
      name: 'a page with more behind it',
      input: {
        Bucket: 'a.dotted.bucket',
        Prefix: 'documents/',
        KeyMarker: 'documents/k',
        VersionIdMarker: 'v/2+',
      },
      body: pageOfVersions(
        `<IsTruncated>true</IsTruncated><NextKeyMarker>documents/z &amp;</NextKeyMarker><NextVersionIdMarker>v9</NextVersionIdMarker><Version>${version('documents/z &amp;', 'v9')}</Version>`,
      ),
    },
    {
      name: 'nothing',
      input: { Bucket: 'a-bucket', Prefix: 'documents/' },
      body: pageOfVersions('<IsTruncated>false</IsTruncated>'),
    },
  ])('are listed as the SDK does: $name', async ({ input, body }) => {
    const [real, lean] = await Promise.all(
      (services['s3'] ?? []).map(async (sides) => {
        const wire = new Wire({ body });
        const { outcome, requests } = await exchangeOf(
          sides,
          'ListObjectVersionsCommand',
          input,
          wire,
        );
        const { answer } = outcome as { answer: s3.ListObjectVersionsCommandOutput };
        const idsOf = (listed: readonly s3.ObjectVersion[] = []) =>
          listed.map(({ Key, VersionId }) => ({ Key, VersionId }));
        return {
          requests,
          isTruncated: answer.IsTruncated,
          next: [answer.NextKeyMarker, answer.NextVersionIdMarker],
          versions: idsOf(answer.Versions),
          markers: idsOf(answer.DeleteMarkers),
        };
      }),
    );
    expect(lean).toEqual(real);
  });
});

describe('our clients beside the SDK', () => {
  it.each(cases)(
    '$service $command: sends the same request and reads the same answer',
    async (each) => {
      await compare(each);
    },
  );

  it.each(['DynamoDBClient', 'SFNClient'])(
    '%s finds its address in the environment as the SDK does',
    async (name) => {
      const [service, command, variable] =
        name === 'SFNClient'
          ? (['sfn', 'SendTaskSuccessCommand', 'SFN'] as const)
          : (['documents', 'GetCommand', 'DYNAMODB'] as const);
      const each = {
        service,
        command,
        input:
          command === 'GetCommand'
            ? { TableName: 't', Key: { id: '1' } }
            : { taskToken: 't', output: '1' },
      };
      vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
      await compare(each);
      vi.stubEnv(`AWS_ENDPOINT_URL_${variable}`, 'https://emulator.test:8443/base/');
      await compare(each);
    },
  );

  const anItem = { TableName: 't', Key: { id: 'a-1' } };
  const refusals: readonly (Case & { readonly name: string })[] = [
    {
      name: 'a condition that did not hold, with the stored item',
      service: 'documents',
      command: 'PutCommand',
      input: { TableName: 't', Item: plainItem },
      answers: [
        json(
          {
            __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
            message: 'The conditional request failed',
            Item: { writeId: { S: 'w' } },
          },
          400,
        ),
      ],
    },
    {
      name: 'a cancelled transaction, reason by reason',
      service: 'documents',
      command: 'TransactWriteCommand',
      input: { TransactItems: [{ Delete: anItem }] },
      answers: [
        json(
          {
            __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
            Message: 'Transaction cancelled',
            CancellationReasons: [
              { Code: 'None' },
              { Code: 'ConditionalCheckFailed', Message: 'm', Item: { writeId: { S: 'w' } } },
            ],
          },
          400,
        ),
      ],
    },
    {
      name: 'a transaction that is under way: tried again',
      service: 'documents',
      command: 'TransactWriteCommand',
      input: { TransactItems: [{ Delete: anItem }] },
      answers: [json({ __type: 'x#TransactionInProgressException', Message: 'm' }, 400), json({})],
    },
    {
      name: 'an execution that exists, told in a header',
      service: 'sfn',
      command: 'StartExecutionCommand',
      input: { stateMachineArn: 'm', name: 'a-1', input: '{}' },
      answers: [
        {
          status: 400,
          headers: { 'x-amzn-errortype': 'ExecutionAlreadyExists:http://internal/' },
          body: '{"message":"m"}',
        },
      ],
    },
    {
      name: 'throttling, tried again',
      service: 'sfn',
      command: 'SendTaskSuccessCommand',
      input: { taskToken: 't', output: '{}' },
      answers: [json({ __type: 'ThrottlingException', message: 'Rate exceeded' }, 400), json({})],
    },
    {
      name: 'a failing service, tried again',
      service: 'secrets',
      command: 'GetSecretValueCommand',
      input: { SecretId: 's' },
      answers: [
        json({ __type: 'InternalServiceError' }, 500),
        { status: 503, body: '<html>Service Unavailable</html>' },
        json({ SecretString: 'v' }),
      ],
    },
    {
      name: 'DynamoDB failing for ever: given up after as many attempts',
      service: 'documents',
      command: 'GetCommand',
      input: anItem,
      answers: [json({ __type: 'x#InternalServerError', message: 'm' }, 500)],
    },
    {
      name: 'another service failing for ever',
      service: 'eventbridge',
      command: 'PutEventsCommand',
      input: { Entries: [] },
      answers: [json({ __type: 'InternalException', message: 'm' }, 500)],
    },
    {
      name: 'a connection that breaks, tried again',
      service: 'documents',
      command: 'GetCommand',
      input: anItem,
      answers: [{ broken: 'ECONNRESET' }, json({ Item: attributes })],
    },
    {
      name: 'a wait that the service asks for',
      service: 'sfn',
      command: 'SendTaskSuccessCommand',
      input: { taskToken: 't', output: '{}' },
      answers: [
        { status: 503, headers: { 'retry-after': 'Thu, 26 Nov 2026 04:00:00 GMT' }, body: '{}' },
        json({}),
      ],
    },
    {
      name: 'an object that is not there',
      service: 's3',
      command: 'GetObjectCommand',
      input: { Bucket: 'a-bucket', Key: 'k' },
      answers: [
        {
          status: 404,
          body: '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The key is not there</Message></Error>',
        },
      ],
    },
    {
      name: 'a bucket that asks to be slower, tried again',
      service: 's3',
      command: 'PutObjectCommand',
      input: { Bucket: 'a-bucket', Key: 'k', Body: blob },
      answers: [
        { status: 503, body: '<Error><Code>SlowDown</Code><Message>m</Message></Error>' },
        { body: '' },
      ],
    },
  ];

  it.each(refusals)('treat alike $name', { timeout: 20_000 }, async (each) => {
    await compare(each);
  });

  it('carry the trace of the invocation on', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'pay-out');
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793');
    const lean = await compare({
      service: 'sfn',
      command: 'SendTaskSuccessCommand',
      input: { taskToken: 't', output: '1' },
    });
    expect(JSON.stringify(lean)).toContain('Root=1-5759e988');
  });
});

describe('our KMS beside the SDK', () => {
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/k';
  const context = { partnerId: 'demo', entity: 'application' };
  const [Plaintext, CiphertextBlob] = ['AAECAw==', 'BAUG'];

  it.each([
    [
      'generateDataKey',
      { KeyId: key, Plaintext, CiphertextBlob },
      { KeyId: key, NumberOfBytes: 32, EncryptionContext: context, GrantTokens: undefined },
    ],
    [
      'encrypt',
      { KeyId: key, CiphertextBlob },
      { KeyId: key, Plaintext: blob, EncryptionContext: context },
    ],
    [
      'decrypt',
      { KeyId: key, Plaintext },
      { KeyId: key, CiphertextBlob: blob, EncryptionContext: context },
    ],
  ] as const)(
    '%s: sends the same request and reads the same bytes',
    async (operation, answer, input) => {
      const seen = [kms.KMS, leanKms.KMS].map(async (KMS) => {
        const wire = new Wire(json(answer));
        const client = new KMS({ region: 'eu-central-1', requestHandler: wire as never });
        const call = client[operation].bind(client) as (input: object) => Promise<object>;
        const { $metadata: _, ...output } = (await call(input)) as { $metadata?: object };
        return { output, requests: wire.requests.map(comparable) };
      });
      const [real, lean] = await Promise.all(seen);
      expect(lean).toEqual(real);
      expect(JSON.stringify(lean?.requests)).toContain('kms.eu-central-1.amazonaws.com');
    },
  );
});

describe('our addresses of uploads and downloads', () => {
  const put = {
    Bucket: 'a-bucket',
    Key: 'documents/app 1/身份证.jpg',
    ContentType: 'image/jpeg',
    ContentLength: 5,
    ChecksumSHA256: Buffer.alloc(32, 7).toString('base64'),
  };
  const options = {
    expiresIn: 900,
    signableHeaders: new Set(['content-type', 'content-length']),
    unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
  };
  const settings = {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;

  it.each([
    ['us-east-1', false, undefined],
    ['eu-north-1', false, undefined],
    ['cn-north-1', false, undefined],
    ['cn-northwest-1', true, undefined],
    ['us-east-1', true, 'http://127.0.0.1:4566'],
    ['us-east-1', false, 'http://127.0.0.1:4566'],
    ['us-east-1', false, 'http://emulator.test:4566/base'],
  ] as const)(
    'are those of the SDK, to the signature, in %s (path style: %s)',
    async (region, forcePathStyle, endpoint) => {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-26T04:00:00Z') });
      vi.stubEnv('AWS_REGION', region);
      if (endpoint !== undefined) vi.stubEnv('AWS_ENDPOINT_URL_S3', endpoint);
      const real = new s3.S3Client({ ...settings, forcePathStyle });
      const lean = new leanS3.S3Client({ ...settings, forcePathStyle });
      expect(await leanS3.getSignedUrl(lean, new leanS3.PutObjectCommand(put), options)).toBe(
        await getSignedUrl(real, new s3.PutObjectCommand(put), options),
      );
      const get = { Bucket: 'a-bucket', Key: 'contracts/l-1.pdf' };
      expect(
        await leanS3.getSignedUrl(lean, new leanS3.GetObjectCommand(get), { expiresIn: 300 }),
      ).toBe(await getSignedUrl(real, new s3.GetObjectCommand(get), { expiresIn: 300 }));
    },
  );
});

describe('the domain of a region', () => {
  const regions = [
    'us-east-1',
    'us-west-2',
    'eu-north-1',
    'ap-southeast-5',
    'me-central-1',
    'il-central-1',
    'mx-central-1',
    'us-gov-west-1',
    'cn-north-1',
    'cn-northwest-1',
  ];
  const resolvers = {
    dynamodb: new dynamodb.DynamoDBClient({}).config.endpointProvider,
    states: new sfn.SFNClient({}).config.endpointProvider,
    events: new eventbridge.EventBridgeClient({}).config.endpointProvider,
    secretsmanager: new secrets.SecretsManagerClient({}).config.endpointProvider,
    kms: new kms.KMSClient({}).config.endpointProvider,
  };

  it.each(regions)('makes the addresses of %s that the rules of the SDK make', (region) => {
    const ours = Object.keys(resolvers).map(
      (name) => `https://${name}.${region}.${domainOf(region)}/`,
    );
    const theirs = Object.values(resolvers).map(
      (resolve) => resolve({ Region: region, UseDualStack: false, UseFIPS: false }).url.href,
    );
    expect(ours).toEqual(theirs);
  });

  it.each(['us-iso-east-1', 'eusc-de-east-1', 'cn north', '', 'evil.example/'])(
    'is not guessed for %j',
    (region) => {
      expect(() => domainOf(region)).toThrow('no domain is known');
    },
  );
});
