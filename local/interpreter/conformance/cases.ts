import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';

const JsonValue: z.ZodType<Json> = z.json();
const JsonRecord = z.record(z.string(), JsonValue);

/** One call of a Task as it was recorded. */
const Call = z.looseObject({
  request: JsonValue.optional(),
  functionReturns: JsonValue.optional(),
  returns: JsonValue.optional(),
  submitted: JsonValue.optional(),
  raises: z.object({ error: JsonValue.optional(), cause: JsonValue.optional() }).optional(),
  timesOut: JsonValue.optional(),
});
export type Call = z.infer<typeof Call>;

const Event = z.looseObject({ type: z.string() });

/** One conformance case, in the format of the vectors' README. */
export const Case = z.looseObject({
  id: z.string(),
  category: z.string(),
  kind: z.enum(['execution', 'express_sync', 'test_state', 'validation']),
  api: z.string().optional(),
  queryLanguage: z.string(),
  languageNeutral: z.boolean().optional(),
  machineType: z.enum(['STANDARD', 'EXPRESS']).optional(),
  definition: JsonValue.optional(),
  definitionText: z.string().optional(),
  input: JsonValue.optional(),
  request: JsonRecord.optional(),
  functions: z
    .record(z.string(), z.looseObject({ behaviour: z.string(), text: z.string().optional() }))
    .optional(),
  tasks: z
    .array(
      z.looseObject({
        state: z.string().optional(),
        resource: z.string().optional(),
        calls: z.array(Call).nullish(),
      }),
    )
    .optional(),
  childStateMachines: JsonRecord.optional(),
  s3Objects: z.array(z.looseObject({ Key: z.string(), Body: z.string() })).optional(),
  collaborators: z.array(z.string()).optional(),
  eventOrder: z.string().optional(),
  expected: z.looseObject({
    status: z.string().optional(),
    output: JsonValue.optional(),
    error: JsonValue.optional(),
    cause: JsonValue.optional(),
    eventTypes: z.array(z.string()).optional(),
    events: z.array(Event).optional(),
    eventsIncomplete: z.boolean().optional(),
  }),
});
export type Case = z.infer<typeof Case>;

export const Cases = z.union([
  z.array(Case),
  z.looseObject({ cases: z.array(Case) }).transform(({ cases }) => cases),
]);

const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/** Puts a value of ours wherever a case names one by `${Name}`. */
export function substitute<T>(value: T): T {
  return substituteJson(value as Json) as T;
}

function substituteJson(value: Json): Json {
  if (typeof value === 'string')
    return value.replaceAll(/\$\{([A-Za-z0-9_-]+)\}/g, (_, name: string) => valueOf(name));
  if (Array.isArray(value)) return value.map(substituteJson);
  if (!isJsonObject(value)) return value;
  const object: JsonObject = {};
  for (const [key, member] of Object.entries(value))
    object[substituteJson(key) as string] = substituteJson(member);
  return object;
}

function valueOf(name: string): string {
  const fixed: Record<string, string> = { Region: REGION, Partition: 'aws', AccountId: ACCOUNT };
  const known = fixed[name];
  if (known !== undefined) return known;
  const own = name.replaceAll(/[^A-Za-z0-9_-]/g, '');
  if (name.includes('FunctionArn')) return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${own}`;
  if (name.includes('StateMachineArn'))
    return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${own}`;
  if (name.includes('ActivityArn')) return `arn:aws:states:${REGION}:${ACCOUNT}:activity:${own}`;
  if (name.includes('RoleArn')) return `arn:aws:iam::${ACCOUNT}:role/${own}`;
  if (name.includes('Url')) return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${own}`;
  return own;
}

/** Whether a case is one the interpreter must meet. */
export function isConsidered(given: Case): boolean {
  return given.queryLanguage === 'JSONata' || given.languageNeutral === true;
}
