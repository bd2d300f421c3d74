import { createEngine, type Engine } from '../engine.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { MemoryExecutionStore } from '../memory-store.ts';
import {
  createStepFunctionsProtocol,
  type StepFunctionsProtocol,
} from '../step-functions-protocol.ts';
import { REGION, substitute, type Case } from './cases.ts';
import { isMatch } from './matching.ts';
import { SkippingClock } from './skipping-clock.ts';
import { Stubs } from './stubs.ts';

/** One point in which an answer differs from the record. */
export interface Difference {
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** What came of one case. */
export interface CaseResult {
  readonly id: string;
  readonly differences: readonly Difference[];
  /** Differences in the events' details: what each state took, gave and assigned. */
  readonly eventDifferences: readonly Difference[];
}

interface Bench {
  readonly given: Case;
  readonly clock: SkippingClock;
  readonly engine: Engine;
  readonly stubs: Stubs;
  readonly call: (
    operation: string,
    body: JsonObject,
  ) => Promise<{ status: number; body: JsonObject }>;
}

/** Runs one case through the interpreter and its API. */
export async function runCase(raw: Case): Promise<CaseResult> {
  const given = substitute(raw);
  const clock = new SkippingClock(Date.parse('2026-01-01T00:00:00Z'));
  const stubs = new Stubs(given, clock);
  const engine = await createEngine({
    ...stubs.ports(),
    clock,
    store: new MemoryExecutionStore(),
    region: REGION,
    accountId: '000000000000',
    tokenSecret: 'conformance',
  });
  stubs.engine = engine;
  const bench = {
    given,
    clock,
    engine,
    stubs,
    call: callerOf(createStepFunctionsProtocol(engine)),
  };
  const { differences, eventDifferences = [] } = await runners[given.kind](bench);
  engine.stop();
  return { id: given.id, differences, eventDifferences };
}

function callerOf(protocol: StepFunctionsProtocol): Bench['call'] {
  return async (operation, body) => {
    const answer = await protocol(`AWSStepFunctions.${operation}`, body);
    return { status: answer.status, body: JSON.parse(JSON.stringify(answer.body)) as JsonObject };
  };
}

type Runner = (
  bench: Bench,
) => Promise<{ differences: Difference[]; eventDifferences?: Difference[] }>;

const runners: Record<Case['kind'], Runner> = {
  execution: runExecution,
  express_sync: runExpress,
  test_state: runTestState,
  validation: runValidation,
};

function definitionText({ definition, definitionText: text }: Case): string {
  return text ?? JSON.stringify(definition);
}

async function createMachines({ given, call, engine }: Bench): Promise<Difference[]> {
  for (const [arn, definition] of Object.entries(given.childStateMachines ?? {}))
    try {
      await engine.createStateMachine({
        name: arn.slice(arn.lastIndexOf(':') + 1),
        arn,
        definition: JSON.stringify(definition),
      });
    } catch (error) {
      return [{ field: 'child machine', expected: 'created', got: String(error) }];
    }
  const created = await call('CreateStateMachine', {
    name: 'Machine',
    definition: definitionText(given),
    roleArn: 'arn:aws:iam::000000000000:role/Machine',
    type: given.machineType ?? 'STANDARD',
  });
  if (created.status === 200) return [];
  return [{ field: 'machine', expected: 'created', got: created.body['message'] }];
}

async function runExecution(
  bench: Bench,
): Promise<{ differences: Difference[]; eventDifferences: Difference[] }> {
  const { given, call, stubs, engine } = bench;
  const refused = await createMachines(bench);
  if (refused.length > 0) return { differences: refused, eventDifferences: [] };
  stubs.workActivities();
  const started = await call('StartExecution', {
    stateMachineArn: engine.arns.machine('Machine'),
    input: JSON.stringify(given.input ?? {}),
  });
  const executionArn = textOf(started.body['executionArn']);
  await settle();
  if (given.collaborators?.some((text) => text.includes('StopExecution')))
    await call('StopExecution', { executionArn });
  await untilEnded(bench, executionArn);
  const { body } = await call('DescribeExecution', { executionArn });
  const events = await allEvents(bench, executionArn);
  const { expected } = given;
  const differences = [
    ...compare(expected.status, body['status'], 'status'),
    ...compare(expected.output, parsedText(body['output']), 'output'),
    ...compare(expected.error, body['error'], 'error'),
    ...compare(expected.cause, body['cause'], 'cause'),
    ...compareTypes(given, events),
  ];
  return { differences, eventDifferences: compareEvents(given, events) };
}

/** Moves time on until the execution has ended. */
async function untilEnded({ call, clock }: Bench, executionArn: string): Promise<void> {
  for (let turn = 0; turn < 10_000; turn += 1) {
    await settle();
    const { body } = await call('DescribeExecution', { executionArn });
    if (body['status'] !== 'RUNNING') return;
    if (!clock.skip()) await settle();
  }
}

/** Lets everything that can go on by itself do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function allEvents({ call }: Bench, executionArn: string): Promise<JsonObject[]> {
  const events: JsonObject[] = [];
  let nextToken: Json | undefined;
  do {
    const { body } = await call('GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
      ...(nextToken !== undefined && { nextToken }),
    });
    if (Array.isArray(body['events'])) events.push(...body['events'].filter(isJsonObject));
    nextToken = body['nextToken'];
  } while (nextToken !== undefined);
  return events;
}

function compareTypes({ expected, eventOrder }: Case, events: readonly JsonObject[]): Difference[] {
  if (eventOrder === 'none' || !expected.eventTypes) return [];
  const got = events.map(({ type }) => textOf(type));
  if (eventOrder === 'exact') return compare(expected.eventTypes, got, 'eventTypes');
  const left = got.toSorted();
  const wanted = expected.eventTypes.toSorted();
  // Where the record lost events, what it kept must be among ours.
  if (expected.eventsIncomplete === true) {
    const missing = wanted.filter((type) => {
      const index = left.indexOf(type);
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    });
    return compare([], missing, 'eventTypes');
  }
  return compare(wanted, left, 'eventTypes');
}

const unrecorded = new Set(['timestamp', 'roleArn', 'region']);

function compareEvents(
  { expected, eventOrder, kind }: Case,
  events: readonly JsonObject[],
): Difference[] {
  if (kind !== 'execution' || eventOrder !== 'exact' || !expected.events) return [];
  const shown = events.map(flatten);
  return expected.events.flatMap((wanted, index) => {
    const got = shown[index];
    if (!got) return [{ field: `events/${index}`, expected: wanted, got: undefined }];
    const fields = new Set([...Object.keys(wanted), ...Object.keys(got)]);
    return [...fields].flatMap((field) =>
      field === 'input' && got['type'] === 'ExecutionStarted'
        ? []
        : compare(wanted[field] as Json | undefined, got[field], `events/${index}/${field}`),
    );
  });
}

/** An event as the record prints it: details in one level, JSON text parsed. */
function flatten(event: JsonObject): JsonObject {
  const flat: JsonObject = {};
  for (const [field, value] of Object.entries(event)) {
    if (field === 'previousEventId') flat['prev'] = value;
    else if (!field.endsWith('EventDetails')) flat[field] = value;
    else if (isJsonObject(value))
      for (const [name, member] of Object.entries(value)) flat[name] = parsedDetail(name, member);
  }
  const notes = /^(input|output|assignedVariables)Details$/;
  return Object.fromEntries(
    Object.entries(flat).filter(([field]) => !unrecorded.has(field) && !notes.test(field)),
  );
}

function parsedDetail(name: string, value: Json): Json {
  if (name === 'input' || name === 'output' || name === 'parameters')
    return parsedText(value) ?? null;
  if (name !== 'assignedVariables' || !isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, parsedText(text) ?? null]),
  );
}

async function runExpress(bench: Bench): Promise<{ differences: Difference[] }> {
  const { given, call, engine, clock } = bench;
  const refused = await createMachines(bench);
  if (refused.length > 0) return { differences: refused };
  const answer = call('StartSyncExecution', {
    stateMachineArn: engine.arns.machine('Machine'),
    input: JSON.stringify(given.input ?? {}),
  });
  const progress = { isDone: false };
  void answer.then(() => {
    progress.isDone = true;
  });
  for (let turn = 0; !progress.isDone && turn < 10_000; turn += 1) {
    await settle();
    clock.skip();
  }
  const { body } = await answer;
  return {
    differences: [
      ...compare(given.expected.status, body['status'], 'status'),
      ...compare(given.expected.output, parsedText(body['output']), 'output'),
      ...compare(given.expected.error, body['error'], 'error'),
      ...compare(given.expected.cause, body['cause'], 'cause'),
    ],
  };
}

/** The TestState request of a case: what the API takes as text is text. */
function testRequest(given: Case): JsonObject {
  const { mock, variables, context, stateConfiguration, ...rest } = given.request ?? {};
  const request: JsonObject = {
    ...rest,
    definition: definitionText(given),
    ...(given.input !== undefined && { input: JSON.stringify(given.input) }),
    // The record does not say whether a role was given; where the answer shows none, none was.
    ...(!JSON.stringify(given.expected).includes('"RoleArn":null') && {
      roleArn: 'arn:aws:iam::000000000000:role/Machine',
    }),
  };
  if (variables !== undefined) request['variables'] = JSON.stringify(variables);
  if (context !== undefined) request['context'] = asText(context, given);
  if (isJsonObject(stateConfiguration)) {
    const data = stateConfiguration['mapItemReaderData'];
    request['stateConfiguration'] = {
      ...stateConfiguration,
      ...(data !== undefined &&
        typeof data !== 'string' && { mapItemReaderData: JSON.stringify(data) }),
    };
  }
  if (isJsonObject(mock))
    request['mock'] = {
      ...mock,
      ...(mock['result'] !== undefined && { result: asText(mock['result'], given) }),
    };
  return request;
}

/** A text among the values of a refused request is what was sent, since it may be no JSON at all. */
function asText(value: Json, { kind }: Case): string {
  return typeof value === 'string' && kind === 'validation' ? value : JSON.stringify(value);
}

async function runTestState({ given, call }: Bench): Promise<{ differences: Difference[] }> {
  const { status, body } = await call('TestState', testRequest(given));
  if (status !== 200)
    return { differences: [{ field: 'answer', expected: given.expected, got: body }] };
  const got: JsonObject = { ...body };
  const output = parsedText(body['output']);
  if (output !== undefined) got['output'] = output;
  const inspected = body['inspectionData'];
  if (isJsonObject(inspected))
    got['inspectionData'] = Object.fromEntries(
      Object.entries(inspected).map(([name, value]) => [name, parsedText(value) ?? value]),
    );
  const fields = new Set([...Object.keys(given.expected), ...Object.keys(got)]);
  return {
    differences: [...fields].flatMap((field) =>
      compare(given.expected[field] as Json | undefined, got[field], field),
    ),
  };
}

async function runValidation({ given, call }: Bench): Promise<{ differences: Difference[] }> {
  const { expected } = given;
  const requests: Record<string, JsonObject> = {
    CreateStateMachine: {
      name: 'Machine',
      roleArn: 'arn:aws:iam::000000000000:role/Machine',
    },
    UpdateStateMachine: {},
    ValidateStateMachineDefinition: {},
  };
  const api = given.api ?? 'CreateStateMachine';
  const { body } = await call(
    api,
    api === 'TestState'
      ? testRequest(given)
      : {
          ...requests[api],
          definition: definitionText(given),
          type: given.machineType ?? 'STANDARD',
        },
  );
  if (api === 'ValidateStateMachineDefinition')
    return {
      differences: [
        ...compare(expected['result'] as Json, body['result'], 'result'),
        ...compare(expected['diagnostics'] as Json, body['diagnostics'], 'diagnostics'),
      ],
    };
  return {
    differences: [
      ...compare(expected.error, body['__type'], 'error'),
      ...compare(expected['message'] as Json, body['message'], 'message'),
    ],
  };
}

function compare(expected: Json | undefined, got: Json | undefined, field: string): Difference[] {
  return isMatch(expected, got) ? [] : [{ field, expected, got }];
}

function parsedText(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
