import { localArn, PARTITION } from './identity.ts';
import type { AwsRequest } from './aws-request.ts';
import type { Use } from './permissions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What IAM asks of who sends this request to DynamoDB. A transaction is as many requests as it has items. */
export function databaseUses(operation: string, request: Fields): readonly Use[] {
  switch (operation) {
    case 'TransactWriteItems':
      return transacted(request, {
        Put: 'PutItem',
        Update: 'UpdateItem',
        Delete: 'DeleteItem',
        ConditionCheck: 'ConditionCheckItem',
      });
    case 'TransactGetItems':
      return transacted(request, { Get: 'GetItem' });
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(request['RequestItems'] ?? {}).map((table) => tableUse(operation, table));
    default:
      return [tableUse(operation, String(request['TableName']), request['IndexName'])];
  }
}

function transacted(
  { TransactItems }: Fields,
  actions: Readonly<Record<string, string>>,
): readonly Use[] {
  return ((TransactItems ?? []) as Readonly<Record<string, Fields>>[]).flatMap((item) =>
    Object.entries(actions).flatMap(([kind, action]) => {
      const part = item[kind];
      return part ? [tableUse(action, String(part['TableName']))] : [];
    }),
  );
}

function tableUse(operation: string, tableName: string, indexName?: unknown): Use {
  const index = typeof indexName === 'string' ? `/index/${indexName}` : '';
  return {
    action: `dynamodb:${operation}`,
    resource: localArn('dynamodb', `table/${tableName}${index}`),
  };
}

/** What IAM asks of who sends this request of a JSON protocol; nothing when it could only be malformed. */
export function commandUses(target: string, body: Fields): readonly Use[] {
  const [service = '', operation = ''] = target.split('.');
  switch (service) {
    case 'AWSStepFunctions':
      return workflowUses(operation, body);
    case 'AWSEvents':
      return eventUses(operation, body);
    case 'secretsmanager':
      return [{ action: `secretsmanager:${operation}`, resource: String(body['SecretId']) }];
    case 'TrentService':
      return [{ action: `kms:${operation}`, resource: String(body['KeyId']) }];
    default:
      return [{ action: `${service}:${operation}`, resource: '*' }];
  }
}

function workflowUses(operation: string, body: Fields): readonly Use[] {
  const resource =
    body['stateMachineArn'] ?? body['executionArn'] ?? machineOfToken(body['taskToken']);
  // A token that nobody issued belongs to no machine: the service itself refuses it.
  return typeof resource === 'string' ? [{ action: `states:${operation}`, resource }] : [];
}

/** A token of this machine says in the open which execution it belongs to; its signature is checked where it is used. */
function machineOfToken(token: unknown): string | undefined {
  if (typeof token !== 'string') return undefined;
  try {
    const name: unknown = JSON.parse(
      Buffer.from(token.split('.')[0] ?? '', 'base64url').toString(),
    );
    const executionArn = Array.isArray(name) ? String(name[0]) : '';
    const machine = executionArn.split(':')[6]?.split('/')[0];
    return machine === undefined ? undefined : localArn('states', `stateMachine:${machine}`);
  } catch {
    return undefined;
  }
}

function eventUses(operation: string, { Entries }: Fields): readonly Use[] {
  const buses = ((Entries ?? []) as { EventBusName?: string }[]).map(
    ({ EventBusName = 'default' }) =>
      EventBusName.startsWith('arn:')
        ? EventBusName
        : localArn('events', `event-bus/${EventBusName}`),
  );
  return [...new Set(buses)].map((resource) => ({ action: `events:${operation}`, resource }));
}

const objectActions: Readonly<Record<string, string>> = {
  PUT: 's3:PutObject',
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  DELETE: 's3:DeleteObject',
};

/** What IAM asks of who sends this request to S3, or has presigned it. `keyArn` tells a bucket's KMS key. */
export function objectUses(
  { method, path, query }: Pick<AwsRequest, 'method' | 'path' | 'query'>,
  keyArn: (bucket: string) => string | undefined,
): readonly Use[] {
  const [, bucket = '', ...rest] = path.split('/');
  const key = rest.map(decodeURIComponent).join('/');
  const arn = `arn:${PARTITION}:s3:::${bucket}`;
  if (key === '')
    return [
      { action: query.has('versions') ? 's3:ListBucketVersions' : 's3:ListBucket', resource: arn },
    ];
  const version = query.has('versionId') ? 'Version' : '';
  const action = `${objectActions[method] ?? `s3:${method}`}${version}`;
  const use = { action, resource: `${arn}/${key}` };
  const resource = keyArn(bucket);
  // S3 asks KMS in the name of who asks S3.
  if (resource === undefined || method === 'DELETE') return [use];
  const keyAction = method === 'GET' || method === 'HEAD' ? 'kms:Decrypt' : 'kms:GenerateDataKey';
  return [use, { action: keyAction, resource }];
}
