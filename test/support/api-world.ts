import { randomBytes } from 'node:crypto';
import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ApiAnswer, ApiEvent } from '#platform/api-route.ts';
import type { Context } from 'aws-lambda';
import { startTestDatabase } from './dynamodb-local.ts';
import { catalogItems } from './in-memory-catalog.ts';
import { invoke } from './invoke.ts';
import { ServiceStubs } from './service-stubs.ts';

export type ApiHandler = (event: ApiEvent, context: Context) => Promise<ApiAnswer>;

export interface ApiWorld {
  readonly documents: DynamoDBDocumentClient;
  readonly stubs: ServiceStubs;
  stop(): Promise<void>;
}

/** The handlers as deployed: environment, database with the seeded catalog, and stubs of the services around them. */
export async function startApiWorld(): Promise<ApiWorld> {
  const stubs = new ServiceStubs();
  const [database, stubsUrl] = await Promise.all([startTestDatabase(), stubs.start()]);
  Object.assign(process.env, environmentOf(database.endpoint, stubsUrl));
  const secret = secretOf(stubsUrl);
  stubs.answers.set('secretsmanager.GetSecretValue', () => ({
    body: { SecretString: JSON.stringify(secret) },
  }));
  stubs.answers.set('POST /signature/requests', ({ reference }) => ({
    body: { requestId: `request-${String(reference)}` },
  }));
  await seedCatalog(database.documents);
  return {
    documents: database.documents,
    stubs,
    stop: async () => {
      await Promise.all([database.stop(), stubs.stop()]);
    },
  };
}

function environmentOf(databaseUrl: string, stubsUrl: string): Record<string, string> {
  const tables = ['APPLICATIONS', 'LOANS', 'RECEIPTS', 'PAYOUTS', 'TASKS', 'CATALOG', 'AUDIT'];
  const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine';
  return {
    ...Object.fromEntries(
      tables.map((name) => [`${name}_TABLE`, `${name.charAt(0)}${name.slice(1).toLowerCase()}`]),
    ),
    IDEMPOTENCY_KEYS_TABLE: 'IdempotencyKeys',
    CREDIT_REPORTS_TABLE: 'CreditReports',
    CATALOG_DRAFTS_TABLE: 'CatalogDrafts',
    SIGHTINGS_TABLE: 'Sightings',
    DECISIONS_TABLE: 'Decisions',
    COLLATERAL_TABLE: 'Collateral',
    SELECTIONS_TABLE: 'Selections',
    PERSONAL_DATA_REQUESTS_TABLE: 'PersonalDataRequests',
    ERASURES_TABLE: 'Erasures',
    PEOPLE_TABLE: 'People',
    KEY_ROTATIONS_TABLE: 'KeyRotations',
    BLOCKS_TABLE: 'Blocks',
    CASES_TABLE: 'Cases',
    METRICS_TABLE: 'Metrics',
    DOCUMENTS_BUCKET: 'documents',
    CONTRACTS_BUCKET: 'contracts',
    STATE_MACHINE_ARNS: `${machine}:originate-loan,${machine}:disburse-loan`,
    PROVIDER_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:providers',
    ALLOW_TEST_AREA: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: databaseUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stubsUrl,
    AWS_ENDPOINT_URL_SFN: stubsUrl,
    AWS_ENDPOINT_URL_S3: stubsUrl,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
}

function secretOf(url: string): Record<string, unknown> {
  const providers = [
    'bank',
    'bureau',
    'guarantor',
    'identity',
    'income',
    'recognition',
    'signature',
    'sms',
  ];
  return {
    ...Object.fromEntries(
      providers.map((name) => [name, { url: `${url}/${name}`, apiKey: 'key' }]),
    ),
    callbackSecret: 'c2VjcmV0LW9mLWNhbGxiYWNrcw==',
    webhookSecretKey: 'c2VjcmV0LW9mLXdlYmhvb2tz',
    piiWrappingKey: randomBytes(32).toString('base64'),
    blindIndexKey: randomBytes(32).toString('hex'),
  };
}

async function seedCatalog(documents: DynamoDBDocumentClient): Promise<void> {
  const items = catalogItems();
  for (let from = 0; from < items.length; from += 25)
    await documents.send(
      new BatchWriteCommand({
        RequestItems: {
          Catalog: items
            .slice(from, from + 25)
            .map((item) => ({ PutRequest: { Item: { ...item } } })),
        },
      }),
    );
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

let nextKey = 1;

/** Sends one request to a handler, as the gateway and its authoriser pass it on. */
export async function send(
  handler: ApiHandler,
  request: {
    readonly as: Readonly<Record<string, string>>;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly key?: string;
  },
): Promise<Answered> {
  const answer = await invoke(handler, {
    headers: {
      'content-type': 'application/json',
      'idempotency-key': request.key ?? `key-${String(nextKey++)}`,
    },
    pathParameters: request.parameters ?? null,
    queryStringParameters: request.query ?? null,
    body: request.body === undefined ? null : JSON.stringify(request.body),
    requestContext: { requestId: 'request-1', authorizer: request.as },
  });
  return {
    status: answer.statusCode,
    body: JSON.parse(answer.body) as Record<string, unknown>,
    text: answer.body,
    headers: answer.headers,
  };
}
