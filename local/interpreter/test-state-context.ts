import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { validationException } from './service-errors.ts';

type Shape = { readonly [field: string]: 'string' | 'integer' | 'object' | 'any' | Shape };

/** What a mocked context object may hold. */
const contextShape: Shape = {
  Execution: {
    Id: 'string',
    Input: 'any',
    Name: 'string',
    RoleArn: 'string',
    StartTime: 'string',
    RedriveCount: 'integer',
    RedriveTime: 'string',
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'integer' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

/** Refuses a mocked context object with anything the service does not take. */
export function validateTestContext(context: JsonObject): void {
  check(context, contextShape, '');
}

function check(value: JsonObject, shape: Shape, path: string): void {
  for (const [field, member] of Object.entries(value)) {
    if (path === '' && field === 'Map')
      throw invalid("'Map' field is not supported when mocking a Context object");
    const expected = Object.hasOwn(shape, field) ? shape[field] : undefined;
    if (expected === undefined) throw invalid(`Field '${field}' is not allowed`);
    const at = path === '' ? field : `${path}.${field}`;
    if (typeof expected === 'string') {
      if (!isOf(member, expected)) throw invalid(`${at} must be a ${expected}`);
    } else if (isJsonObject(member)) check(member, expected, at);
    else throw invalid(`${at} must be a object`);
  }
}

function isOf(value: Json, type: string): boolean {
  if (type === 'any') return true;
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value);
  return type === 'object' ? isJsonObject(value) : typeof value === type;
}

function invalid(reason: string): Error {
  return validationException(`Invalid Context object provided: ${reason}`);
}
