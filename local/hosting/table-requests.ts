import { runningFunction } from './function-environment.ts';
import type { Permissions } from './permissions.ts';
import { databaseUses } from './request-uses.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface DatabaseAnswer {
  readonly status: number;
  readonly answer: Fields;
}

/** The door that every request to the tables passes: judged, counted in the units the cloud bills, told to the streams. */
export interface TableRequests {
  /** A request in the service's own protocol: the SDK's plain clients, the AWS CLI. */
  forward(target: string, text: string): Promise<{ status: number; body: Buffer }>;
  /** A request whose values are in DynamoDB's notation already. */
  send(operation: string, request: Fields): Promise<DatabaseAnswer>;
}

export const writeOperations: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);

/** The answer to what the function that runs may not ask for; undefined when it may, and outside of functions. */
export function refusalOf(
  permissions: Permissions | undefined,
  operation: string,
  request: Fields | string,
): DatabaseAnswer | undefined {
  const caller = runningFunction();
  if (caller === undefined || !permissions) return undefined;
  const fields = typeof request === 'string' ? (JSON.parse(request) as Fields) : request;
  const Message = permissions.refusalOf(caller, databaseUses(operation, fields));
  if (Message === undefined) return undefined;
  const __type = 'com.amazon.coral.service#AccessDeniedException';
  return { status: 400, answer: { __type, Message } };
}
