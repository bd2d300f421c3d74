import { randomUUID } from 'node:crypto';
import type { Engine } from './engine.ts';
import { EvaluationFailure, errorOutput, matches, TaskFailure, type Failure } from './failures.ts';
import { failureOfCall } from './integrations.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { inBatches, parseItems } from './map-items.ts';
import { isThresholdExceeded } from './map-run.ts';
import {
  compileState,
  type Catcher,
  type ChoiceRule,
  type MapState,
  type State,
} from './program.ts';
import { retryDelaySeconds } from './retry-delays.ts';
import {
  aBoolean,
  anArray,
  aString,
  evaluateCount,
  evaluatePercentage,
  evaluateTemplate,
  evaluateTyped,
  type Template,
} from './templates.ts';
import { LONE_STATE, type StateTest } from './test-state-request.ts';
import { validationException } from './service-errors.ts';
import { instantOf } from './timestamps.ts';

/** What came of testing one state; values are JSON, the protocol prints them as text. */
export interface StateTestResult {
  status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  output?: Json;
  error?: string;
  cause?: string;
  nextState?: string;
  readonly inspection: Record<string, Json>;
}

/** Runs one state by itself, its call replaced by the mock if there is one. */
export async function testState(engine: Engine, test: StateTest): Promise<StateTestResult> {
  const state = compileState(LONE_STATE, test.state, test.language);
  const probe = new StateProbe(engine, test, state);
  return probe.run();
}

class StateProbe {
  readonly #engine: Engine;
  readonly #test: StateTest;
  readonly #state: State;
  readonly #context: JsonObject;
  readonly #inspection: Record<string, Json>;

  constructor(engine: Engine, test: StateTest, state: State) {
    this.#engine = engine;
    this.#test = test;
    this.#state = state;
    this.#inspection = { input: test.input };
    this.#context = test.context ?? this.#defaultContext();
  }

  async run(): Promise<StateTestResult> {
    try {
      const { way, result } = await this.#perform();
      return await this.#leave(way, { ...(result !== undefined && { result }) });
    } catch (error) {
      return this.#handle(this.#failureOf(error));
    }
  }

  #failureOf(error: unknown): Failure {
    if (error instanceof EvaluationFailure)
      return {
        error: 'States.QueryEvaluationError',
        cause: `An error occurred while executing the state '${LONE_STATE}' (entered at the event id #0). ${error.message}`,
      };
    if (error instanceof FailedState) return error.failure;
    throw error;
  }

  #defaultContext(): JsonObject {
    const { arns, clock } = this.#engine;
    const now = new Date(clock.now()).toISOString();
    const machine = `TestState-${randomUUID()}`;
    const name = randomUUID();
    const hasRetryCount = ['Task', 'Map', 'Parallel'].includes(this.#state.type);
    return {
      Execution: {
        Id: arns.expressExecution(machine, name, randomUUID()),
        Input: this.#test.input,
        Name: name,
        RoleArn: this.#test.roleArn ?? null,
        StartTime: now,
      },
      StateMachine: { Id: arns.machine(machine), Name: machine },
      State: {
        Name: LONE_STATE,
        EnteredTime: now,
        ...(hasRetryCount && { RetryCount: this.#test.retryCount }),
      },
    };
  }

  #bindings(extra: Readonly<Record<string, Json>> = {}): Record<string, unknown> {
    const { input, variables } = this.#test;
    return { ...variables, states: { input, context: this.#context, ...extra } };
  }

  /** Does what the state does before it is left. */
  async #perform(): Promise<{ way: Way; result?: Json }> {
    const state = this.#state;
    switch (state.type) {
      case 'Pass':
      case 'Succeed':
        return { way: state };
      case 'Wait':
        if (state.timestamp)
          instantOf(await evaluateTyped(state.timestamp, this.#bindings(), aString), 'Timestamp');
        if (state.seconds)
          await evaluateCount(state.seconds, this.#bindings(), { field: 'Seconds' });
        return { way: state };
      case 'Choice':
        return { way: await this.#choose(state.rules, { ...state, next: state.defaultNext }) };
      case 'Fail':
        throw new FailedState({
          ...(state.error && { error: await this.#text(state.error) }),
          ...(state.cause && { cause: await this.#text(state.cause) }),
        });
      case 'Task':
        return { way: state, result: await this.#callTask(state.arguments) };
      case 'Parallel':
        if (state.arguments) await evaluateTemplate(state.arguments, this.#bindings());
        return { way: state, result: this.#mocked() };
      case 'Map':
        return { way: state, result: await this.#runMap(state) };
    }
  }

  #text(template: Template): Promise<string> {
    return evaluateTyped(template, this.#bindings(), aString);
  }

  async #choose(rules: readonly ChoiceRule[], otherwise: Way): Promise<Way> {
    for (const rule of rules)
      if (await evaluateTyped(rule.condition, this.#bindings(), aBoolean)) return rule;
    if (otherwise.next !== undefined) return otherwise;
    throw new FailedState({
      error: 'States.Runtime',
      cause: 'Failed to transition out of the state. The state does not point to a next state.',
    });
  }

  async #callTask(template: Template | undefined): Promise<Json> {
    const parameters = template
      ? await evaluateTemplate(template, this.#bindings())
      : this.#test.input;
    if (template) this.#inspection['afterArguments'] = parameters;
    const result = this.#test.mock ? this.#mocked() : await this.#callForReal(parameters);
    this.#inspection['result'] = result;
    return result;
  }

  async #callForReal(parameters: Json): Promise<Json> {
    const state = this.#state;
    if (state.type !== 'Task' || state.resource.kind === 'Activity')
      throw validationException('TestState does not support activities without a mock');
    if (state.resource.kind === 'Service' && state.resource.pattern !== 'RequestResponse')
      throw validationException(
        "TestState does not support the '.sync' and '.waitForTaskToken' integration patterns without a mock",
      );
    try {
      return await this.#engine.callOnce(state.resource, parameters);
    } catch (error) {
      throw new FailedState(failureOfCall(error, state.resource));
    }
  }

  /** What the mock answers. */
  #mocked(): Json {
    const { mock } = this.#test;
    if (!mock) throw new TaskFailure('States.Runtime', 'a mock is needed');
    if (mock.failure) throw new FailedState(mock.failure);
    return mock.result ?? null;
  }

  async #runMap(state: MapState): Promise<Json> {
    const bindings = this.#bindings();
    const items = await this.#mapItems(state);
    this.#inspection['maxConcurrency'] = state.concurrencyMax
      ? await evaluateCount(state.concurrencyMax, bindings, { field: 'MaxConcurrency' })
      : 0;
    const toleratedCount =
      state.toleratedFailureCount &&
      (await evaluateCount(state.toleratedFailureCount, bindings, {
        field: 'ToleratedFailureCount',
      }));
    const toleratedPercentage =
      state.toleratedFailurePercentage &&
      (await evaluatePercentage(
        state.toleratedFailurePercentage,
        bindings,
        'ToleratedFailurePercentage',
      ));
    if (toleratedCount !== undefined) this.#inspection['toleratedFailureCount'] = toleratedCount;
    if (toleratedPercentage !== undefined)
      this.#inspection['toleratedFailurePercentage'] = toleratedPercentage;
    await this.#shapeItems(state, items);
    const failed = this.#test.iterationFailures;
    if (failed > items.length)
      throw validationException(
        'Map iteration failure count must be less than or equal to the number of Map iterations',
      );
    // Recorded on AWS: an error that is mocked stands, however many iterations are said to have failed.
    if (
      !this.#test.mock?.failure &&
      isThresholdExceeded(failed, items.length, { toleratedCount, toleratedPercentage })
    )
      throw new FailedState({
        error: 'States.ExceedToleratedFailureThreshold',
        cause: 'The specified tolerated failure threshold was exceeded',
      });
    return this.#mocked();
  }

  /** What the selector makes of the items, and the batcher of that. */
  async #shapeItems(state: MapState, items: readonly Json[]): Promise<void> {
    let inputs = [...items];
    const { itemSelector } = state;
    if (itemSelector) {
      const Context = this.#context;
      inputs = [];
      for (const [Index, Value] of items.entries()) {
        const context = { ...Context, Map: { Item: { Index, Value } } };
        const { variables, input } = this.#test;
        inputs.push(
          await evaluateTemplate(itemSelector, { ...variables, states: { input, context } }),
        );
      }
      this.#inspection['afterItemSelector'] = inputs;
    }
    const batcher = state.distributed?.batcher;
    if (batcher)
      this.#inspection['afterItemBatcher'] = inBatches(
        await evaluateTemplate(batcher, this.#bindings()),
        inputs,
      );
  }

  async #mapItems(state: MapState): Promise<Json[]> {
    const reader = state.distributed?.reader;
    if (reader) {
      const config = await evaluateTemplate(reader.config, this.#bindings());
      return parseItems(this.#test.itemReaderData ?? '[]', isJsonObject(config) ? config : {});
    }
    if (state.items) return evaluateTyped(state.items, this.#bindings(), anArray);
    if (Array.isArray(this.#test.input)) return this.#test.input;
    throw new EvaluationFailure(
      `Map state input must be an array but was: ${JSON.stringify(this.#test.input)}`,
    );
  }

  async #leave(way: Way, seen: Readonly<Record<string, Json>>): Promise<StateTestResult> {
    const bindings = this.#bindings(seen);
    const variables: Record<string, Json> = { ...this.#test.variables };
    for (const [name, template] of way.assign)
      variables[name] = await evaluateTemplate(template, bindings);
    if (Object.keys(variables).length > 0) this.#inspection['variables'] = variables;
    const output = way.output
      ? await evaluateTemplate(way.output, bindings)
      : (seen['errorOutput'] ?? seen['result'] ?? this.#test.input);
    return {
      status: 'SUCCEEDED',
      output,
      ...(way.next !== undefined && { nextState: way.next }),
      inspection: this.#inspection,
    };
  }

  async #handle(failure: Failure): Promise<StateTestResult> {
    const shown = {
      ...(failure.error !== undefined && { error: failure.error }),
      ...(failure.cause !== undefined && { cause: failure.cause }),
    };
    const { retriers, catchers } = this.#state;
    const used = this.#test.retryCount;
    const retryIndex = retriers.findIndex(({ errorEquals }) => matches(failure, errorEquals));
    const retrier = retriers[retryIndex];
    if (retrier) this.#inspection['errorDetails'] = { retryIndex };
    if (retrier && used < retrier.attemptsMax) {
      this.#inspection['errorDetails'] = {
        retryIndex,
        retryBackoffIntervalSeconds: Math.round(retryDelaySeconds(retrier, used)),
      };
      return { status: 'RETRIABLE', ...shown, inspection: this.#inspection };
    }
    const catchIndex = catchers.findIndex(({ errorEquals }) => matches(failure, errorEquals));
    const catcher = catchers[catchIndex];
    if (!catcher) return { status: 'FAILED', ...shown, inspection: this.#inspection };
    this.#inspection['errorDetails'] = { catchIndex };
    return this.#catch(catcher, failure, shown);
  }

  async #catch(
    catcher: Catcher,
    failure: Failure,
    shown: { error?: string; cause?: string },
  ): Promise<StateTestResult> {
    try {
      const left = await this.#leave(catcher, { errorOutput: { ...errorOutput(failure) } });
      return { ...left, ...shown, status: 'CAUGHT_ERROR' };
    } catch (error) {
      const { error: name, cause } = this.#failureOf(error);
      return {
        status: 'FAILED',
        ...(name !== undefined && { error: name }),
        ...(cause !== undefined && { cause }),
        inspection: this.#inspection,
      };
    }
  }
}

/** How a state is left. */
interface Way {
  readonly next: string | undefined;
  readonly assign: State['assign'];
  readonly output: Template | undefined;
}

class FailedState extends Error {
  override readonly name = 'FailedState';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error ?? 'failed');
    this.failure = failure;
  }
}
