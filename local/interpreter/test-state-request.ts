import * as z from 'zod';
import type { Failure } from './failures.ts';
import { describeDiagnostics } from './faults.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { parseJsonText, parseRequest } from './protocol-answers.ts';
import { invalidDefinition, ServiceError, validationException } from './service-errors.ts';
import { validateTestContext } from './test-state-context.ts';
import { validateDefinition } from './validate-definition.ts';

/** The name of a state that is tested by itself. */
export const LONE_STATE = 'StateName';

/** One state to test, read from a TestState request. */
export interface StateTest {
  readonly state: JsonObject;
  readonly language: string;
  readonly input: Json;
  readonly roleArn: string | undefined;
  readonly level: 'INFO' | 'DEBUG' | 'TRACE';
  readonly mock: { readonly result?: Json; readonly failure?: Failure } | undefined;
  readonly variables: JsonObject;
  readonly context: JsonObject | undefined;
  readonly retryCount: number;
  readonly iterationFailures: number;
  readonly itemReaderData: string | undefined;
}

const Request = z.object({
  definition: z.string(),
  input: z.string().optional(),
  roleArn: z.string().optional(),
  stateName: z.string().optional(),
  inspectionLevel: z.enum(['INFO', 'DEBUG', 'TRACE']).optional(),
  revealSecrets: z.boolean().optional(),
  variables: z.string().optional(),
  context: z.string().optional(),
  mock: z
    .object({
      result: z.string().optional(),
      errorOutput: z
        .object({ error: z.string().optional(), cause: z.string().optional() })
        .optional(),
      fieldValidationMode: z.enum(['STRICT', 'PRESENT', 'NONE']).optional(),
    })
    .optional(),
  stateConfiguration: z
    .object({
      retrierRetryCount: z.int().min(0).optional(),
      errorCausedByState: z.string().optional(),
      mapIterationFailureCount: z.int().min(0).optional(),
      mapItemReaderData: z.string().optional(),
    })
    .optional(),
});
type Request = z.infer<typeof Request>;

/** Reads a TestState request, refusing what the service refuses. */
export function readStateTest(body: unknown, hasServicePort: boolean): StateTest {
  const request = parseRequest(Request, body);
  const machine = readDefinition(request.definition);
  const { state, language } = findState(machine, request.stateName);
  const mock = readMock(request, state);
  refuseFaults(machine, { state, language, hasServicePort });
  if (state['Type'] === 'Task' && !mock && request.roleArn === undefined)
    throw validationException('RoleArn must be specified when testing a Task state');
  const context = readObject(request.context, 'context');
  if (context) validateTestContext(context);
  return {
    state,
    language,
    input: readText(request.input ?? '{}', 'input'),
    roleArn: request.roleArn,
    level: request.inspectionLevel ?? 'INFO',
    mock,
    variables: readObject(request.variables, 'variables') ?? {},
    context,
    retryCount: request.stateConfiguration?.retrierRetryCount ?? 0,
    iterationFailures: request.stateConfiguration?.mapIterationFailureCount ?? 0,
    itemReaderData: request.stateConfiguration?.mapItemReaderData,
  };
}

function readDefinition(text: string): JsonObject {
  const definition = parseJsonText(text, (message) =>
    invalidDefinition(`INVALID_JSON_DESCRIPTION: ${message}`),
  );
  if (isJsonObject(definition)) return definition;
  throw invalidDefinition('SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object');
}

/** The state itself when the definition is one, or the state of that name, however deep in the machine it stands. */
function findState(
  definition: JsonObject,
  stateName: string | undefined,
): { state: JsonObject; language: string } {
  const language = textOf(definition['QueryLanguage'] ?? 'JSONPath');
  if (definition['States'] === undefined) return { state: definition, language };
  const state = stateName === undefined ? undefined : stateIn(definition, stateName);
  if (!state) throw validationException('State not found in definition');
  return { state, language };
}

function stateIn(program: JsonObject, name: string): JsonObject | undefined {
  const states = isJsonObject(program['States']) ? program['States'] : {};
  const own = Object.hasOwn(states, name) ? states[name] : undefined;
  if (isJsonObject(own)) return own;
  for (const state of Object.values(states)) {
    if (!isJsonObject(state)) continue;
    const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
    for (const inner of [state['ItemProcessor'], state['Iterator'], ...branches]) {
      const found = isJsonObject(inner) ? stateIn(inner, name) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function refuseFaults(
  definition: JsonObject,
  given: { state: JsonObject; language: string; hasServicePort: boolean },
): void {
  const isMachine = definition['States'] !== undefined;
  const machine = isMachine
    ? definition
    : { StartAt: LONE_STATE, States: { [LONE_STATE]: given.state } };
  const diagnostics = validateDefinition(JSON.stringify(machine), {
    type: 'STANDARD',
    hasServicePort: given.hasServicePort,
  });
  // A state tested by itself leads to states that are not there.
  const faults = isMachine
    ? diagnostics
    : diagnostics.filter(({ code }) => code !== 'MISSING_TRANSITION_TARGET');
  if (faults.length > 0) throw invalidDefinition(describeDiagnostics(faults));
}

function readMock(request: Request, state: JsonObject): StateTest['mock'] {
  const { mock } = request;
  const type = textOf(state['Type']);
  if (!mock) {
    if (type !== 'Map' && type !== 'Parallel') return undefined;
    throw new ServiceError(
      'InvalidDefinition',
      'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
    );
  }
  if (type !== 'Task' && type !== 'Map' && type !== 'Parallel')
    throw validationException(`State type '${type}' is not supported when a mock is specified`);
  if (request.revealSecrets === true)
    throw validationException('TestState does not support RevealSecrets when a mock is specified.');
  if (mock.result !== undefined && mock.errorOutput)
    throw validationException(
      'A test mock should have only one of the following fields: [result, errorOutput].',
    );
  if (mock.errorOutput) return { failure: mock.errorOutput as Failure };
  if (mock.result === undefined) return {};
  const result = parseJsonText(mock.result, () =>
    validationException('Mocked result must be valid JSON'),
  );
  checkMockedResult(result, state);
  return { result };
}

function checkMockedResult(result: Json, state: JsonObject): void {
  const type = state['Type'];
  if (type === 'Task') return;
  if (type === 'Map' && state['ResultWriter'] !== undefined) {
    if (!isJsonObject(result)) throw validationException('Mocked result must be a JSON object.');
    return;
  }
  if (!Array.isArray(result)) throw validationException('Mocked result must be an array.');
  const branches = state['Branches'];
  if (type === 'Parallel' && Array.isArray(branches) && branches.length > 0)
    if (result.length !== branches.length)
      throw validationException(
        'Mocked result must contain the same number of items as number of Parallel branches.',
      );
}

function readText(text: string, field: string): Json {
  return parseJsonText(text, (message) =>
    field === 'input'
      ? new ServiceError(
          'InvalidExecutionInput',
          `Invalid State Machine Execution Input: '${message}'`,
        )
      : validationException(`Value at '${field}' is not valid JSON: ${message}`),
  );
}

function readObject(text: string | undefined, field: string): JsonObject | undefined {
  if (text === undefined) return undefined;
  const value = readText(text, field);
  if (isJsonObject(value)) return value;
  throw validationException(`Value at '${field}' must be a JSON object`);
}
