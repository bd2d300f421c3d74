import { SkippingClock } from '#local/interpreter/conformance/skipping-clock.ts';
import { createEngine, type Engine, type EngineOptions } from '#local/interpreter/engine.ts';
import type { JsonObject } from '#local/interpreter/json.ts';
import { MemoryExecutionStore } from '#local/interpreter/memory-store.ts';
import type { ExecutionStore, ExecutionSummary } from '#local/interpreter/store.ts';

export type Functions = Record<string, (payload: never, bench: Bench) => unknown>;

export const START_MS = Date.parse('2026-03-01T00:00:00Z');

/** An engine whose functions are given by name, on time that stands still. */
export interface Bench {
  readonly engine: Engine;
  readonly clock: SkippingClock;
  readonly store: ExecutionStore;
  /** Names of the functions invoked, in order. */
  readonly invoked: string[];
  /** When each was, in milliseconds since the start. */
  readonly invokedAtMs: number[];
}

type BenchOptions = Partial<Omit<EngineOptions, 'clock'>> & { readonly clock?: SkippingClock };

export async function benchWith(
  functions: Functions = {},
  { clock = new SkippingClock(START_MS), ...options }: BenchOptions = {},
): Promise<Bench> {
  const store = options.store ?? new MemoryExecutionStore();
  const invoked: string[] = [];
  const invokedAtMs: number[] = [];
  const holder: { bench?: Bench } = {};
  const engine = await createEngine({
    clock,
    region: 'us-east-1',
    accountId: '000000000000',
    tokenSecret: 'secret of the tests',
    invokeLambda: (name, payload) => {
      invoked.push(name);
      invokedAtMs.push(clock.now() - START_MS);
      const run = functions[name];
      const { bench } = holder;
      if (run && bench) return Promise.resolve().then(() => run(payload as never, bench));
      const missing = new Error(`Function not found: ${name}`);
      return Promise.reject(Object.assign(missing, { name: 'ResourceNotFoundException' }));
    },
    ...options,
    store,
  });
  return (holder.bench = { engine, clock, store, invoked, invokedAtMs });
}

/** A JSONata machine from its states; the first one starts. */
export function machineOf(states: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    QueryLanguage: 'JSONata',
    StartAt: Object.keys(states)[0] ?? '',
    States: states,
    ...more,
  };
}

/** A Task that invokes a function with the state's input and keeps what it returns. */
export function invoke(functionName: string, more: JsonObject = {}): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    ...('Next' in more ? {} : { End: true }),
    ...more,
  };
}

/** A Task that hands a token to a function and waits. */
export function ask(functionName: string, more: JsonObject = {}): JsonObject {
  return invoke(functionName, {
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: functionName,
      Payload: { token: '{% $states.context.Task.Token %}' },
    },
    Output: '{% $states.result %}',
    ...more,
  });
}

/** Creates a machine and starts it. */
export async function startOn(
  { engine }: Bench,
  definition: JsonObject,
  input: unknown = {},
): Promise<string> {
  const { stateMachineArn } = await engine.createStateMachine({ name: 'machine', definition });
  const { executionArn } = await engine.startExecution({
    stateMachineArn,
    input: input as JsonObject,
  });
  return executionArn;
}

/** Lets everything go on that needs neither time nor an answer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Skips time until the execution ends, or nothing is left that would move it. */
export async function untilEnded(bench: Bench, executionArn: string): Promise<ExecutionSummary> {
  let idleTurns = 0;
  for (let turn = 0; turn < 5000; turn += 1) {
    await settle();
    const summary = await bench.engine.describeExecution(executionArn);
    // What is being written needs a few turns more, without any time passing.
    idleTurns = bench.clock.isIdle ? idleTurns + 1 : 0;
    if (summary.status !== 'RUNNING' || idleTurns > 20) return summary;
    bench.clock.skip();
  }
  throw new Error('the execution does not end');
}

/** Runs a machine to its end. */
export async function runToEnd(
  bench: Bench,
  definition: JsonObject,
  input: unknown = {},
): Promise<ExecutionSummary> {
  return untilEnded(bench, await startOn(bench, definition, input));
}

export async function eventTypes({ engine }: Bench, executionArn: string): Promise<string[]> {
  return (await engine.history(executionArn)).map(({ type }) => type);
}

/** Throws an error of that name, as a handler would. */
export function failWith(name: string, message = 'it went wrong'): never {
  throw Object.assign(new Error(message), { name });
}
