import { isJsonObject, textOf, without, type Json, type JsonObject } from './json.ts';
import { parseResource, type Resource } from './resources.ts';
import { compileTemplate, type Template } from './templates.ts';

/** A definition compiled for running: a machine, a Parallel's branch or a Map's processor. */
export interface Program {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  readonly timeoutSeconds: number | undefined;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly attemptsMax: number;
  readonly backoffRate: number;
  readonly delaySecondsMax: number;
  readonly hasFullJitter: boolean;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly assign: readonly (readonly [string, Template])[];
  readonly output: Template | undefined;
}

interface StateCommon {
  readonly name: string;
  readonly next: string | undefined;
  readonly assign: readonly (readonly [string, Template])[];
  readonly output: Template | undefined;
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly Catcher[];
}

export interface PassState extends StateCommon {
  readonly type: 'Pass';
}
export interface SucceedState extends StateCommon {
  readonly type: 'Succeed';
}
export interface FailState extends StateCommon {
  readonly type: 'Fail';
  readonly error: Template | undefined;
  readonly cause: Template | undefined;
}
export interface WaitState extends StateCommon {
  readonly type: 'Wait';
  readonly seconds: Template | undefined;
  readonly timestamp: Template | undefined;
}
export interface ChoiceRule {
  readonly condition: Template;
  readonly next: string;
  readonly assign: readonly (readonly [string, Template])[];
  readonly output: Template | undefined;
}
export interface ChoiceState extends StateCommon {
  readonly type: 'Choice';
  readonly rules: readonly ChoiceRule[];
  readonly defaultNext: string | undefined;
}
export interface TaskState extends StateCommon {
  readonly type: 'Task';
  readonly resource: Resource;
  readonly arguments: Template | undefined;
  readonly credentialsRoleArn: Template | undefined;
  readonly timeoutSeconds: Template | undefined;
  readonly heartbeatSeconds: Template | undefined;
}
export interface ParallelState extends StateCommon {
  readonly type: 'Parallel';
  readonly arguments: Template | undefined;
  readonly branches: readonly Program[];
}
export interface MapState extends StateCommon {
  readonly type: 'Map';
  readonly items: Template | undefined;
  readonly itemSelector: Template | undefined;
  readonly concurrencyMax: Template | undefined;
  readonly toleratedFailureCount: Template | undefined;
  readonly toleratedFailurePercentage: Template | undefined;
  readonly processor: Program;
  readonly distributed: DistributedSettings | undefined;
}

/** What only a distributed Map has. */
export interface DistributedSettings {
  readonly label: string | undefined;
  /** The processor as a machine of its own: each item runs as an execution of it. */
  readonly definition: JsonObject;
  readonly executionType: 'STANDARD' | 'EXPRESS';
  readonly reader:
    | { readonly resource: string; readonly arguments: Template; readonly config: Template }
    | undefined;
  readonly batcher: Template | undefined;
  readonly writer:
    | {
        /** Without a place to write to, the results are shaped and stay the state's. */
        readonly arguments: Template | undefined;
        readonly config: Template | undefined;
      }
    | undefined;
}

export type State =
  | PassState
  | SucceedState
  | FailState
  | WaitState
  | ChoiceState
  | TaskState
  | ParallelState
  | MapState;

/** Compiles a definition that has been validated. */
export function compileProgram(definition: JsonObject, inherited = 'JSONPath'): Program {
  const language = stringOr(definition['QueryLanguage'], inherited);
  const states = new Map<string, State>();
  for (const [name, raw] of Object.entries(objectOr(definition['States'])))
    states.set(name, compileState(name, objectOr(raw), language));
  const timeout = definition['TimeoutSeconds'];
  return {
    startAt: stringOr(definition['StartAt'], ''),
    states,
    timeoutSeconds: typeof timeout === 'number' ? timeout : undefined,
  };
}

/** Compiles one state; `language` is what its machine says, unless the state says otherwise. */
export function compileState(name: string, raw: JsonObject, language: string): State {
  const own = stringOr(raw['QueryLanguage'], language);
  const compile = new FieldCompiler(raw, own === 'JSONata');
  const common: StateCommon = {
    name,
    next: optionalString(raw['Next']),
    assign: compile.assignments(),
    output: compile.optional('Output'),
    retriers: listOr(raw['Retry']).map((retrier) => compileRetrier(objectOr(retrier))),
    catchers: listOr(raw['Catch']).map((catcher, index) =>
      compileCatcher(
        objectOr(catcher),
        new FieldCompiler(objectOr(catcher), own === 'JSONata', `Catch/${index}/`),
      ),
    ),
  };
  switch (raw['Type']) {
    case 'Pass':
      return { ...common, type: 'Pass' };
    case 'Succeed':
      return { ...common, type: 'Succeed' };
    case 'Fail':
      return {
        ...common,
        type: 'Fail',
        error: compile.optional('Error'),
        cause: compile.optional('Cause'),
      };
    case 'Wait':
      return {
        ...common,
        type: 'Wait',
        seconds: compile.optional('Seconds'),
        timestamp: compile.optional('Timestamp'),
      };
    case 'Choice':
      return { ...common, type: 'Choice', ...compileChoice(raw, own === 'JSONata') };
    case 'Task':
      return { ...common, type: 'Task', ...compileTask(raw, compile) };
    case 'Parallel':
      return {
        ...common,
        type: 'Parallel',
        arguments: compile.optional('Arguments'),
        branches: listOr(raw['Branches']).map((branch) =>
          compileProgram(objectOr(branch), language),
        ),
      };
    case 'Map':
      return { ...common, type: 'Map', ...compileMap(raw, compile, language) };
    default:
      throw new Error(`state ${name} has an unknown type`);
  }
}

class FieldCompiler {
  readonly #raw: JsonObject;
  readonly #isJsonata: boolean;
  readonly #prefix: string;

  constructor(raw: JsonObject, isJsonata: boolean, prefix = '') {
    this.#raw = raw;
    this.#isJsonata = isJsonata;
    this.#prefix = prefix;
  }

  optional(field: string): Template | undefined {
    const value = this.#raw[field];
    return value === undefined ? undefined : this.value(value, field);
  }

  value(value: Json, field: string): Template {
    return compileTemplate(value, {
      location: `${this.#prefix}${field}`,
      isJsonata: this.#isJsonata,
    });
  }

  assignments(): (readonly [string, Template])[] {
    return Object.entries(objectOr(this.#raw['Assign'])).map(
      ([name, value]) => [name, this.value(value, `Assign/${name}`)] as const,
    );
  }
}

function compileRetrier(raw: JsonObject): Retrier {
  return {
    errorEquals: listOr(raw['ErrorEquals']).map(String),
    intervalSeconds: numberOr(raw['IntervalSeconds'], 1),
    attemptsMax: numberOr(raw['MaxAttempts'], 3),
    backoffRate: numberOr(raw['BackoffRate'], 2),
    delaySecondsMax: numberOr(raw['MaxDelaySeconds'], Number.POSITIVE_INFINITY),
    hasFullJitter: raw['JitterStrategy'] === 'FULL',
  };
}

function compileCatcher(raw: JsonObject, compile: FieldCompiler): Catcher {
  return {
    errorEquals: listOr(raw['ErrorEquals']).map(String),
    next: stringOr(raw['Next'], ''),
    assign: compile.assignments(),
    output: compile.optional('Output'),
  };
}

function compileChoice(
  raw: JsonObject,
  isJsonata: boolean,
): Pick<ChoiceState, 'rules' | 'defaultNext'> {
  const rules = listOr(raw['Choices']).map((given, index) => {
    const rule = objectOr(given);
    const compile = new FieldCompiler(rule, isJsonata, `Choices/${index}/`);
    return {
      condition: compile.value(rule['Condition'] ?? false, 'Condition'),
      next: stringOr(rule['Next'], ''),
      assign: compile.assignments(),
      output: compile.optional('Output'),
    };
  });
  return { rules, defaultNext: optionalString(raw['Default']) };
}

function compileTask(
  raw: JsonObject,
  compile: FieldCompiler,
): Omit<TaskState, keyof StateCommon | 'type'> {
  const resource = parseResource(stringOr(raw['Resource'], ''));
  if (!resource) throw new Error(`resource ${textOf(raw['Resource'])} is not recognised`);
  const roleArn = objectOr(raw['Credentials'])['RoleArn'];
  return {
    resource,
    arguments: compile.optional('Arguments'),
    credentialsRoleArn:
      roleArn === undefined ? undefined : compile.value(roleArn, 'Credentials/RoleArn'),
    timeoutSeconds: compile.optional('TimeoutSeconds'),
    heartbeatSeconds: compile.optional('HeartbeatSeconds'),
  };
}

function compileMap(
  raw: JsonObject,
  compile: FieldCompiler,
  language: string,
): Omit<MapState, keyof StateCommon | 'type'> {
  // Iterator is the older name of ItemProcessor, inline only.
  const processor = objectOr(raw['ItemProcessor'] ?? raw['Iterator']);
  const config = objectOr(processor['ProcessorConfig']);
  return {
    items: compile.optional('Items'),
    itemSelector: compile.optional('ItemSelector'),
    concurrencyMax: compile.optional('MaxConcurrency'),
    toleratedFailureCount: compile.optional('ToleratedFailureCount'),
    toleratedFailurePercentage: compile.optional('ToleratedFailurePercentage'),
    processor: compileProgram(processor, language),
    distributed:
      config['Mode'] === 'DISTRIBUTED'
        ? compileDistributed(raw, compile, { processor, config, language })
        : undefined,
  };
}

function compileDistributed(
  raw: JsonObject,
  compile: FieldCompiler,
  given: { processor: JsonObject; config: JsonObject; language: string },
): DistributedSettings {
  const reader = raw['ItemReader'] === undefined ? undefined : objectOr(raw['ItemReader']);
  const writer = raw['ResultWriter'] === undefined ? undefined : objectOr(raw['ResultWriter']);
  const machine = without(given.processor, 'ProcessorConfig');
  return {
    label: optionalString(raw['Label']),
    definition: { QueryLanguage: given.language, ...machine },
    executionType: given.config['ExecutionType'] === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    reader: reader && {
      resource: stringOr(reader['Resource'], ''),
      arguments: compile.value(reader['Arguments'] ?? {}, 'ItemReader/Arguments'),
      config: compile.value(reader['ReaderConfig'] ?? {}, 'ItemReader/ReaderConfig'),
    },
    batcher:
      raw['ItemBatcher'] === undefined
        ? undefined
        : compile.value(raw['ItemBatcher'], 'ItemBatcher'),
    writer: writer && {
      arguments:
        writer['Arguments'] === undefined
          ? undefined
          : compile.value(writer['Arguments'], 'ResultWriter/Arguments'),
      config:
        writer['WriterConfig'] === undefined
          ? undefined
          : compile.value(writer['WriterConfig'], 'ResultWriter/WriterConfig'),
    },
  };
}

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOr(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function stringOr(value: Json | undefined, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function optionalString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
