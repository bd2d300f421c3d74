import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { ownServices, parseResource } from './resources.ts';
import { isRfc3339 } from './timestamps.ts';
import type { Faults } from './faults.ts';
import { validateBranches, validateMap } from './validate-branches.ts';
import { validateRetrier } from './validate-retrier.ts';
import { validateVariables } from './validate-variables.ts';
import { validateExpressions } from './validate-expressions.ts';

/** Where one state stands. */
export interface StatePlace {
  readonly faults: Faults;
  readonly location: string;
  /** The language states have here unless they say otherwise. */
  readonly language: string;
  readonly root: string;
  readonly siblings: JsonObject;
  /** Checks a branch or processor inside the state. */
  nested(program: JsonObject, location: string): void;
}

const everywhere = ['Type', 'Comment', 'QueryLanguage'];
const onward = ['Next', 'End', 'Assign', 'Output'];
const failing = ['Retry', 'Catch'];

/** Every field the interpreter knows, by type of state. */
const knownFields: Readonly<Record<string, ReadonlySet<string>>> = {
  Pass: new Set([...everywhere, ...onward]),
  Succeed: new Set([...everywhere, 'Output']),
  Fail: new Set([...everywhere, 'Error', 'Cause']),
  Wait: new Set([...everywhere, ...onward, 'Seconds', 'Timestamp']),
  Choice: new Set([...everywhere, 'Choices', 'Default', 'Assign', 'Output']),
  Task: new Set([
    ...everywhere,
    ...onward,
    ...failing,
    'Resource',
    'Arguments',
    'Credentials',
    'TimeoutSeconds',
    'HeartbeatSeconds',
  ]),
  Parallel: new Set([...everywhere, ...onward, ...failing, 'Arguments', 'Branches']),
  Map: new Set([
    ...everywhere,
    ...onward,
    ...failing,
    'Items',
    'ItemProcessor',
    'Iterator',
    'ItemSelector',
    'ItemReader',
    'ItemBatcher',
    'ResultWriter',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
    'Label',
  ]),
};

/** Fields that a state written in JSONPath has no use for. */
const jsonataOnly = ['Arguments', 'Output', 'Items'];
/** Fields that point with JSONPath: machines that need them are refused by name. */
const pathFields = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ErrorPath',
  'CausePath',
]);

/** Checks one state and what stands in it. */
export function validateState(state: JsonObject, place: StatePlace): void {
  const { faults, location } = place;
  const type = state['Type'];
  const known = typeof type === 'string' ? knownFields[type] : undefined;
  if (!known) {
    if (type === undefined) faults.require(location, state, ['Type']);
    else
      faults.add(
        `${location}/Type`,
        "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
      );
    return;
  }
  const language = state['QueryLanguage'] ?? place.language;
  if (place.root === 'JSONata' && language === 'JSONPath') {
    faults.add(
      location,
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    );
    return;
  }
  const isJsonata = language === 'JSONata';
  for (const field of Object.keys(state))
    if (pathFields.has(field))
      faults.add(
        location,
        `Field '${field}' is JSONPath, which is not supported: set 'QueryLanguage' to 'JSONata'`,
      );
    else if (!known.has(field)) faults.add(location, `Field '${field}' is not supported`);
    else if (!isJsonata && jsonataOnly.includes(field))
      faults.add(location, `Field '${field}' is not supported when 'QueryLanguage' is 'JSONPath'`);
  validateTransition(state, place);
  validateVariables(state, place);
  validateByType[textOf(type)]?.(state, { ...place, isJsonata });
  if (isJsonata) validateExpressions(state, faults, location);
  else refuseReferences(state, faults, location);
}

/** A key ending in `.$` is a JSONPath reference. */
function refuseReferences(value: Json, faults: Faults, location: string): void {
  if (Array.isArray(value)) for (const item of value) refuseReferences(item, faults, location);
  if (!isJsonObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (key.endsWith('.$'))
      faults.add(
        location,
        `Field '${key}' is JSONPath, which is not supported: set 'QueryLanguage' to 'JSONata'`,
      );
    if (!['States', 'ItemProcessor', 'Iterator', 'Branches'].includes(key))
      refuseReferences(member, faults, location);
  }
}

function validateTransition(state: JsonObject, place: StatePlace): void {
  const { faults, location, siblings } = place;
  const targets: [string, Json | undefined][] = [
    [`${location}/Next`, state['Next']],
    [`${location}/Default`, state['Default']],
  ];
  for (const field of ['Catch', 'Choices'] as const)
    for (const [index, rule] of listOf(state[field]).entries())
      targets.push([
        `${location}/${field}[${index}]/Next`,
        isJsonObject(rule) ? rule['Next'] : undefined,
      ]);
  for (const [at, target] of targets)
    if (typeof target === 'string' && !Object.hasOwn(siblings, target))
      faults.add(at, `Missing 'Next' target: ${target}`, 'MISSING_TRANSITION_TARGET');
  if (['Choice', 'Succeed', 'Fail'].includes(textOf(state['Type']))) return;
  const hasNext = state['Next'] !== undefined;
  if (hasNext === (state['End'] === true))
    faults.add(location, "Exactly one of 'Next' or 'End' must be specified");
}

type StateRule = (state: JsonObject, place: StatePlace & { isJsonata: boolean }) => void;

const validateByType: Readonly<Record<string, StateRule>> = {
  Wait: validateWait,
  Choice: validateChoice,
  Task: (state, place) => {
    validateTask(state, place);
    validateHandlers(state, place);
  },
  Parallel: (state, place) => {
    validateBranches(state, place);
    validateHandlers(state, place);
  },
  Map: (state, place) => {
    validateMap(state, place);
    validateHandlers(state, place);
  },
};

function validateWait(
  state: JsonObject,
  { faults, location, isJsonata }: StatePlace & { isJsonata: boolean },
): void {
  const { Seconds: seconds, Timestamp: timestamp } = state;
  if ((seconds === undefined) === (timestamp === undefined))
    faults.add(location, "Exactly one of 'Seconds' or 'Timestamp' must be specified");
  if (typeof timestamp === 'string' && !(isJsonata && isMarked(timestamp)) && !isRfc3339(timestamp))
    faults.add(`${location}/Timestamp`, 'String does not match RFC3339 timestamp');
  if (seconds !== undefined && !isWholeNumber(seconds, isJsonata))
    faults.add(`${location}/Seconds`, 'Value must be a non-negative integer');
}

function validateChoice(
  state: JsonObject,
  { faults, location, isJsonata }: StatePlace & { isJsonata: boolean },
): void {
  const choices = state['Choices'];
  if (!Array.isArray(choices)) {
    faults.require(location, state, ['Choices']);
    return;
  }
  if (choices.length === 0) faults.add(`${location}/Choices`, 'Value cannot be empty');
  const known = new Set(['Condition', 'Next', 'Assign', 'Output', 'Comment']);
  for (const [index, rule] of choices.entries()) {
    const at = `${location}/Choices[${index}]`;
    if (!isJsonObject(rule)) continue;
    if (isJsonata) {
      faults.require(at, rule, ['Condition', 'Next']);
      const condition = rule['Condition'];
      const isText = typeof condition === 'string' && isMarked(condition);
      if (condition !== undefined && typeof condition !== 'boolean' && !isText)
        faults.add(`${at}/Condition`, 'Value must be a boolean or a JSONata expression');
      faults.refuseUnknown(at, rule, known);
    } else
      faults.add(
        at,
        "Field 'Variable' is JSONPath, which is not supported: set 'QueryLanguage' to 'JSONata'",
      );
  }
}

function validateTask(
  state: JsonObject,
  { faults, location, isJsonata }: StatePlace & { isJsonata: boolean },
): void {
  faults.require(location, state, ['Resource']);
  const resource = state['Resource'];
  if (typeof resource === 'string') validateResource(resource, { faults, location });
  for (const field of ['TimeoutSeconds', 'HeartbeatSeconds']) {
    const value = state[field];
    if (value !== undefined && (value === 0 || !isWholeNumber(value, isJsonata)))
      faults.add(`${location}/${field}`, 'Value must be a positive integer');
  }
  const { TimeoutSeconds: timeout = 99_999_999, HeartbeatSeconds: heartbeat } = state;
  if (typeof heartbeat === 'number' && typeof timeout === 'number' && heartbeat >= timeout)
    faults.add(`${location}/HeartbeatSeconds`, 'Value must be smaller than TimeoutSeconds');
  const credentials = state['Credentials'];
  if (isJsonObject(credentials)) {
    const at = `${location}/Credentials`;
    faults.refuseUnknown(at, credentials, new Set(['RoleArn']));
    if (credentials['RoleArn'] === undefined)
      faults.add(at, "The field 'RoleArn' is required but was missing");
  }
  const given = state['Arguments'];
  if (typeof resource === 'string' && /:states:::lambda:invoke(\.|$)/.test(resource) && isJsonata)
    if (given === undefined || (isJsonObject(given) && given['FunctionName'] === undefined))
      faults.add(`${location}/Arguments`, "The field 'FunctionName' is required but was missing");
}

function validateResource(
  arn: string,
  { faults, location }: { faults: Faults; location: string },
): void {
  const resource = parseResource(arn);
  const { type, hasServicePort } = faults.options;
  const isForeign =
    resource?.kind === 'Service' && !ownServices.has(`${resource.service}:${resource.action}`);
  if (!resource || (isForeign && !hasServicePort))
    faults.add(
      `${location}/Resource`,
      `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
    );
  if (!resource || type !== 'EXPRESS') return;
  if (resource.kind === 'Activity')
    faults.add(`${location}/Resource`, 'Express state machine does not support Activity ARN');
  if (resource.kind === 'Service' && resource.pattern !== 'RequestResponse') {
    const suffix = resource.pattern === 'WaitForTaskToken' ? '.waitForTaskToken' : '.sync';
    faults.add(
      `${location}/Resource`,
      `Express state machine does not support '${suffix}' service integration`,
    );
  }
}

const retrierFields = new Set([
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
]);
const catcherFields = new Set(['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment']);

function validateHandlers(state: JsonObject, place: StatePlace): void {
  const { faults, location } = place;
  for (const [field, known] of [
    ['Retry', retrierFields],
    ['Catch', catcherFields],
  ] as const) {
    const handlers = listOf(state[field]);
    for (const [index, handler] of handlers.entries()) {
      const at = `${location}/${field}[${index}]`;
      if (!isJsonObject(handler)) continue;
      refuseFields(handler, { faults, at, known });
      const names = listOf(handler['ErrorEquals']);
      if (names.length === 0) faults.add(`${at}/ErrorEquals`, 'Value cannot be empty');
      const isLast = index === handlers.length - 1;
      if (names.includes('States.ALL') && (names.length > 1 || !isLast))
        faults.add(`${at}/ErrorEquals`, "'States.ALL' must appear alone, in the last handler");
      if (field === 'Catch') faults.require(at, handler, ['Next']);
      else validateRetrier(handler, faults, at);
    }
  }
}

function refuseFields(
  handler: JsonObject,
  { faults, at, known }: { faults: Faults; at: string; known: ReadonlySet<string> },
): void {
  for (const field of Object.keys(handler))
    if (pathFields.has(field))
      faults.add(
        at,
        `Field '${field}' is JSONPath, which is not supported: set 'QueryLanguage' to 'JSONata'`,
      );
    else if (!known.has(field)) faults.add(at, `Field '${field}' is not supported`);
}

function isMarked(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}');
}

function isWholeNumber(value: Json, isJsonata: boolean): boolean {
  if (typeof value === 'string') return isJsonata && isMarked(value);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
