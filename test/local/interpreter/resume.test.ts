import { describe, expect, it } from 'vitest';
import { SkippingClock } from '#local/interpreter/conformance/skipping-clock.ts';
import type { JsonObject } from '#local/interpreter/json.ts';
import type { ExecutionSummary } from '#local/interpreter/store.ts';
import {
  ask,
  benchWith,
  failWith,
  invoke,
  machineOf,
  settle,
  startOn,
  START_MS,
  untilEnded,
  type Bench,
  type Functions,
} from './support/bench.ts';
import { WriteLog } from './support/write-log.ts';

interface Scenario {
  readonly name: string;
  readonly definition: JsonObject;
  readonly child?: JsonObject;
  readonly input?: JsonObject;
  /** Whether the order of events is the same in every run. */
  readonly isOrdered: boolean;
  /** How many invocations the whole run makes. */
  readonly invocations: number;
}

const branch = (start: string, states: JsonObject): JsonObject => ({
  StartAt: start,
  States: states,
});
const sync2 = (more: JsonObject): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Arguments: {
    StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:child',
    Input: { value: 5 },
  },
  Output: '{% $states.result.Output %}',
  ...more,
});

const scenarios: Scenario[] = [
  {
    name: 'tasks, a choice, a wait and variables',
    isOrdered: true,
    invocations: 3,
    input: { value: 1 },
    definition: machineOf({
      A: invoke('add', { Next: 'B', Assign: { first: '{% $states.result.Payload.value %}' } }),
      B: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $first > 1 %}', Next: 'C', Assign: { chosen: true } }],
        Default: 'F',
      },
      C: { Type: 'Wait', Seconds: 30, Next: 'D' },
      D: invoke('add', { Next: 'E' }),
      E: invoke('add', { Next: 'G' }),
      F: { Type: 'Fail' },
      G: {
        Type: 'Pass',
        Output: ['{% $states.input %}', '{% $first %}', '{% $chosen %}'],
        End: true,
      },
    }),
  },
  {
    name: 'retries and a catcher',
    isOrdered: true,
    invocations: 4,
    definition: machineOf({
      A: invoke('fail', {
        Retry: [{ ErrorEquals: ['Unavailable'], IntervalSeconds: 10, MaxAttempts: 2 }],
        Catch: [
          {
            ErrorEquals: ['Unavailable'],
            Next: 'B',
            Assign: { why: '{% $states.errorOutput.Error %}' },
          },
        ],
        Next: 'C',
      }),
      B: invoke('add', {
        Arguments: { FunctionName: 'add', Payload: { value: 1 } },
        Output: '{% $why %}',
        Next: 'C',
      }),
      C: { Type: 'Succeed' },
    }),
  },
  {
    name: 'two tokens',
    isOrdered: true,
    invocations: 2,
    definition: machineOf({
      A: ask('keep', { Next: 'B', TimeoutSeconds: 600, Assign: { a: '{% $states.result %}' } }),
      B: ask('keep', { Next: 'C', HeartbeatSeconds: 600 }),
      C: { Type: 'Pass', Output: ['{% $a %}', '{% $states.input %}'], End: true },
    }),
  },
  {
    name: 'a failure',
    isOrdered: true,
    invocations: 1,
    definition: machineOf({ A: invoke('fail') }),
  },
  {
    name: 'a timeout',
    isOrdered: true,
    invocations: 2,
    definition: machineOf({
      A: invoke('hang', {
        TimeoutSeconds: 20,
        Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }],
      }),
    }),
  },
  {
    name: 'an inline Map with a selector',
    isOrdered: true,
    invocations: 6,
    definition: machineOf({
      M: {
        Type: 'Map',
        Items: [1, 2, 3],
        MaxConcurrency: 1,
        ItemSelector: { value: '{% $states.context.Map.Item.Value %}' },
        ItemProcessor: branch('I', { I: invoke('add', { Next: 'J' }), J: invoke('add') }),
        Next: 'E',
      },
      E: { Type: 'Succeed' },
    }),
  },
  {
    name: 'a Map at full width',
    isOrdered: false,
    invocations: 8,
    definition: machineOf({
      M: {
        Type: 'Map',
        Items: [{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }],
        ItemProcessor: branch('I', {
          I: invoke('add', { Next: 'W' }),
          W: { Type: 'Wait', Seconds: '{% $states.input.value %}', Next: 'J' },
          J: invoke('add'),
        }),
        End: true,
      },
    }),
  },
  {
    name: 'a Map that is retried and caught',
    isOrdered: true,
    invocations: 4,
    definition: machineOf({
      M: {
        Type: 'Map',
        Items: [{ value: 1 }],
        MaxConcurrency: 1,
        ItemProcessor: branch('I', { I: invoke('add', { Next: 'J' }), J: invoke('fail') }),
        Retry: [{ ErrorEquals: ['Unavailable'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['Unavailable'], Next: 'E' }],
        Next: 'E',
      },
      E: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
    }),
  },
  {
    name: 'a Parallel with a token and a nested Map',
    isOrdered: false,
    invocations: 4,
    definition: machineOf({
      P: {
        Type: 'Parallel',
        Branches: [
          branch('T', { T: ask('keep') }),
          branch('M', {
            M: {
              Type: 'Map',
              Items: [{ value: 1 }, { value: 2 }],
              ItemProcessor: branch('I', { I: invoke('add') }),
              Next: 'N',
            },
            N: invoke('count'),
          }),
        ],
        End: true,
      },
    }),
  },
  {
    name: 'a Parallel in which one branch fails',
    isOrdered: false,
    invocations: 1,
    definition: machineOf({
      P: {
        Type: 'Parallel',
        Branches: [
          branch('W', { W: { Type: 'Wait', Seconds: 100, End: true } }),
          branch('V', { V: { Type: 'Wait', Seconds: 5, Next: 'F' }, F: invoke('fail') }),
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'E' }],
        Next: 'E',
      },
      E: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
    }),
  },
  {
    name: 'a nested execution',
    isOrdered: false,
    invocations: 3,
    definition: machineOf({ N: sync2({ Next: 'A' }), A: invoke('add') }),
    child: machineOf({
      X: invoke('add', { Next: 'W' }),
      W: { Type: 'Wait', Seconds: 9, Next: 'Y' },
      Y: invoke('add'),
    }),
  },
  {
    name: 'a distributed Map',
    isOrdered: false,
    invocations: 5,
    definition: machineOf({
      M: {
        Type: 'Map',
        Items: [{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }],
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...branch('I', { I: invoke('add') }),
        },
        Next: 'E',
      },
      E: invoke('count'),
    }),
  },
];

/** Functions whose answer depends on their payload alone. */
function functionsOn(tokens: string[]): Functions {
  return {
    add: ({ value }: { value: number }) => ({ value: value + 1 }),
    count: (list: unknown[]) => list.length,
    fail: () => failWith('Unavailable'),
    hang: () => new Promise(() => undefined),
    keep: ({ token }: { token: string }, bench) => {
      tokens.push(token);
      answerLater(bench, token);
    },
  };
}

function answerLater(bench: Bench, token: string): void {
  bench.clock.at(bench.clock.now() + 1000, () => {
    void bench.engine.sendTaskSuccess(token, `answer`).catch(() => undefined);
  });
}

interface Whole {
  readonly log: WriteLog;
  readonly tokens: string[];
  readonly summary: ExecutionSummary;
  readonly types: string[];
  readonly startedAfter: number;
  readonly bench: Bench;
}

async function runWhole(scenario: Scenario): Promise<Whole> {
  const log = new WriteLog();
  const tokens: string[] = [];
  const clock = new SkippingClock(START_MS);
  const bench = await benchWith(functionsOn(tokens), { clock, store: log.recordingStore() });
  if (scenario.child)
    await bench.engine.createStateMachine({ name: 'child', definition: scenario.child });
  const { stateMachineArn } = await bench.engine.createStateMachine({
    name: 'machine',
    definition: scenario.definition,
  });
  const { executionArn } = await bench.engine.startExecution({
    stateMachineArn,
    name: 'one',
    input: scenario.input ?? {},
  });
  const startedAfter = log.writes.length;
  const summary = await untilEnded(bench, executionArn);
  await settle();
  const types = (await bench.engine.history(executionArn)).map(({ type }) => type);
  return { log, tokens, summary, types, startedAfter, bench };
}

async function resumeAfter(count: number, whole: Whole, scenario: Scenario) {
  const clock = new SkippingClock(whole.log.diedAtMs(count));
  const store = await whole.log.storeAfter(count);
  const bench = await benchWith(functionsOn([]), { clock, store });
  if (scenario.child)
    await bench.engine.createStateMachine({ name: 'child', definition: scenario.child });
  // Whoever got a token before the crash answers after it.
  for (const token of whole.tokens) answerLater(bench, token);
  await bench.engine.start();
  const summary = await untilEnded(bench, whole.summary.executionArn);
  const types = (await bench.engine.history(summary.executionArn)).map(({ type }) => type);
  return { summary, types, invoked: bench.invoked };
}

/** Tasks that were over, or handed out their token, before the crash. */
function doneBefore(count: number, { log }: Whole): number {
  const records = log.recordsAfter(count);
  const isToken = (resource: unknown): boolean => String(resource).endsWith('.waitForTaskToken');
  return records.filter(({ type, details }) => {
    if (details?.['resourceType'] !== 'lambda') return false;
    if (type === 'TaskSubmitted') return true;
    return (
      ['TaskSucceeded', 'TaskFailed', 'TaskTimedOut'].includes(type) &&
      !isToken(details['resource'])
    );
  }).length;
}

describe('an execution cut after any line of its journal', () => {
  it.each(scenarios)('ends as if nothing had happened: $name', async (scenario) => {
    const whole = await runWhole(scenario);
    expect(whole.bench.invoked).toHaveLength(scenario.invocations);
    const { stoppedAtMs: _whole, ...expected } = whole.summary;
    for (let count = whole.startedAfter; count <= whole.log.writes.length; count += 1) {
      const { summary, types, invoked } = await resumeAfter(count, whole, scenario);
      const { stoppedAtMs, ...got } = summary;
      const where = `after ${count} of ${whole.log.writes.length} writes`;
      expect(withoutTrace(got), where).toEqual(withoutTrace(expected));
      if (scenario.isOrdered) expect(types, where).toEqual(whole.types);
      else expect(types.toSorted(), where).toEqual(whole.types.toSorted());
      // What was done before the cut is not done again; what was under way is.
      expect(invoked.length, where).toBe(scenario.invocations - doneBefore(count, whole));
      if (whole.tokens.length === 0) expect(stoppedAtMs, where).toBe(whole.summary.stoppedAtMs);
    }
  });

  it('hands out the same token again when the call was under way', async () => {
    const scenario = scenarios.find(({ name }) => name === 'two tokens');
    if (!scenario) throw new Error('no such scenario');
    const whole = await runWhole(scenario);
    const scheduledAt = whole.log.writes.findIndex(
      ({ write }) => write.kind === 'Record' && write.record.type === 'TaskStarted',
    );
    const tokens: string[] = [];
    const store = await whole.log.storeAfter(scheduledAt + 1);
    const bench = await benchWith(functionsOn(tokens), { store });
    await bench.engine.start();
    await settle();
    expect(tokens).toEqual([whole.tokens[0]]);
  });

  it('takes an answer that comes while executions are still being read', async () => {
    const definition = machineOf({ Await: ask('remember') });
    const tokens: string[] = [];
    const remember = { remember: ({ token }: { token: string }) => void tokens.push(token) };
    const first = await benchWith(remember);
    const executionArn = await startOn(first, definition);
    await settle();
    first.engine.stop();

    const second = await benchWith(remember, { store: first.store });
    await second.engine.load();
    const answered = second.engine.sendTaskSuccess(tokens[0] ?? '', { signed: true });
    const stopped = second.engine.stopExecution('arn:nobody').catch((error: unknown) => error);
    await settle();
    expect(await isSettled(answered)).toBe(false);
    expect(await second.engine.start()).toEqual({ resumed: 1 });
    await answered;
    await stopped;
    expect(await untilEnded(second, executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: { signed: true },
    });
  });

  it('never settles a journal that another secret signed', async () => {
    const scenario = scenarios.find(({ name }) => name === 'two tokens');
    if (!scenario) throw new Error('no such scenario');
    const whole = await runWhole(scenario);
    const bench = await benchWith(
      {},
      { store: await whole.log.storeAfter(8), tokenSecret: 'another' },
    );
    await bench.engine.start();
    await expect(bench.engine.sendTaskSuccess(whole.tokens[0] ?? '', 1)).rejects.toMatchObject({
      type: 'InvalidToken',
    });
  });
});

async function isSettled(work: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([work, Promise.resolve(pending)])) !== pending;
}

/** Causes carry request ids and stack traces, which differ from run to run. */
function withoutTrace({ cause, ...summary }: Omit<ExecutionSummary, 'stoppedAtMs'>): unknown {
  return { ...summary, hasCause: cause !== undefined };
}
