import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

// One client per service and process: connections stay open, and a burst of handlers in one process does not queue for
// sockets (the SDK's default of 50 does, measured at 40 applications a second).
const requestHandler = {
  httpAgent: { keepAlive: true, maxSockets: 128 },
  httpsAgent: { keepAlive: true, maxSockets: 128 },
  connectionTimeout: 2_000,
  requestTimeout: 15_000,
} as const;

// Marked pure where it is called, so that a bundle carries only the clients its function uses (1.0 MB against 0.4 MB).
function lazily<Client>(create: () => Client): () => Client {
  let client: Client | undefined;
  return () => (client ??= create());
}

/** DynamoDB, speaking plain objects. */
export const documentClient = /* @__PURE__ */ lazily(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler }), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);

/** Step Functions. */
export const workflowClient = /* @__PURE__ */ lazily(() => new SFNClient({ requestHandler }));

/** EventBridge. */
export const eventBusClient = /* @__PURE__ */ lazily(
  () => new EventBridgeClient({ requestHandler }),
);

/**
 * S3. Path style works with every endpoint; the checksum that the caller declares is the one that counts, so the SDK adds
 * none of its own to a presigned request.
 */
export const objectClient = /* @__PURE__ */ lazily(
  () =>
    new S3Client({
      requestHandler,
      forcePathStyle: process.env['AWS_ENDPOINT_URL_S3'] !== undefined,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
);

/** Secrets Manager. */
export const secretsClient = /* @__PURE__ */ lazily(
  () => new SecretsManagerClient({ requestHandler }),
);

/** A setting the function cannot work without. */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`environment variable ${name} is not set`);
  return value;
}
