import { describe, expect, it } from 'vitest';
import { textOf, type JsonObject } from '#local/interpreter/json.ts';
import { MemoryExecutionStore } from '#local/interpreter/memory-store.ts';
import {
  ask,
  benchWith,
  eventTypes,
  failWith,
  invoke,
  machineOf,
  runToEnd,
  settle,
  START_MS,
  startOn,
  untilEnded,
  type Functions,
} from './support/bench.ts';

/** Fails so often, then answers. */
function failing(times: number, name = 'Unavailable'): Functions {
  let left = times;
  return {
    work: () => {
      if (left === 0) return 'done';
      left -= 1;
      return failWith(name);
    },
  };
}

const retry = (more: JsonObject = {}): JsonObject => ({ ErrorEquals: ['Unavailable'], ...more });

describe('Retry', () => {
  it.each([
    { name: 'the defaults', retrier: {}, atSeconds: [0, 1, 3, 7] },
    { name: 'an interval', retrier: { IntervalSeconds: 5 }, atSeconds: [0, 5, 15, 35] },
    { name: 'no backoff', retrier: { BackoffRate: 1 }, atSeconds: [0, 1, 2, 3] },
    { name: 'a fractional rate', retrier: { BackoffRate: 1.5 }, atSeconds: [0, 1, 2.5, 4.75] },
    { name: 'a longest delay', retrier: { MaxDelaySeconds: 2 }, atSeconds: [0, 1, 3, 5] },
    { name: 'one attempt', retrier: { MaxAttempts: 1 }, atSeconds: [0, 1] },
    { name: 'no attempt', retrier: { MaxAttempts: 0 }, atSeconds: [0] },
    { name: 'five attempts', retrier: { MaxAttempts: 5 }, atSeconds: [0, 1, 3, 7, 15, 31] },
  ])('waits as long as $name says', async ({ retrier, atSeconds }) => {
    const bench = await benchWith(failing(99));
    const { status, error } = await runToEnd(
      bench,
      machineOf({ A: invoke('work', { Retry: [retry(retrier)] }) }),
    );
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Unavailable' });
    expect(bench.invokedAtMs).toEqual(atSeconds.map((seconds) => seconds * 1000));
  });

  it.each([
    { random: 0, atMs: [0, 0, 0, 0] },
    { random: 0.5, atMs: [0, 500, 1500, 3500] },
    { random: 0.999, atMs: [0, 999, 2997, 6993] },
  ])(
    'spreads full jitter between nothing and the whole delay ($random)',
    async ({ random, atMs }) => {
      const bench = await benchWith(failing(99), { random: () => random });
      await runToEnd(
        bench,
        machineOf({ A: invoke('work', { Retry: [retry({ JitterStrategy: 'FULL' })] }) }),
      );
      expect(bench.invokedAtMs).toEqual(atMs);
    },
  );

  it.each([
    { failures: 0, calls: 1 },
    { failures: 1, calls: 2 },
    { failures: 3, calls: 4 },
  ])('ends well after $failures failures', async ({ failures, calls }) => {
    const bench = await benchWith(failing(failures));
    const { status, output } = await runToEnd(
      bench,
      machineOf({ A: invoke('work', { Retry: [retry()] }) }),
    );
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: 'done' });
    expect(bench.invoked).toHaveLength(calls);
  });

  it.each([
    { error: 'Unavailable', names: ['Unavailable'], calls: 2 },
    { error: 'Unavailable', names: ['Other', 'Unavailable'], calls: 2 },
    { error: 'Unavailable', names: ['Other'], calls: 1 },
    { error: 'Unavailable', names: ['States.TaskFailed'], calls: 2 },
    { error: 'Unavailable', names: ['States.ALL'], calls: 2 },
    { error: 'Unavailable', names: ['States.Timeout'], calls: 1 },
    { error: 'Unavailable', names: ['State.ALL'], calls: 1 },
    { error: 'Unavailable', names: ['unavailable'], calls: 1 },
    { error: 'States.Runtime', names: ['States.ALL'], calls: 1 },
    { error: 'States.Runtime', names: ['States.Runtime'], calls: 1 },
  ])('repeats $error $calls times in all for $names', async ({ error, names, calls }) => {
    const bench = await benchWith(failing(99, error));
    await runToEnd(
      bench,
      machineOf({ A: invoke('work', { Retry: [{ ErrorEquals: names, MaxAttempts: 1 }] }) }),
    );
    expect(bench.invoked).toHaveLength(calls);
  });

  it('counts each retrier by itself', async () => {
    const names = ['First', 'Second', 'First', 'Second', 'First'];
    const bench = await benchWith({ work: () => failWith(names.shift() ?? 'First') });
    await runToEnd(
      bench,
      machineOf({
        A: invoke('work', {
          Retry: [
            { ErrorEquals: ['First'], MaxAttempts: 2, BackoffRate: 1 },
            { ErrorEquals: ['Second'], MaxAttempts: 2, BackoffRate: 1 },
          ],
        }),
      }),
    );
    expect(bench.invoked).toHaveLength(5);
  });

  it('tells the state how often it was retried', async () => {
    const seen: unknown[] = [];
    const bench = await benchWith({
      work: (payload: { count: number }) => {
        seen.push(payload.count);
        return failWith('Unavailable');
      },
    });
    await runToEnd(
      bench,
      machineOf({
        A: invoke('work', {
          Arguments: {
            FunctionName: 'work',
            Payload: { count: '{% $states.context.State.RetryCount %}' },
          },
          Retry: [retry({ MaxAttempts: 2 })],
        }),
      }),
    );
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe('Catch', () => {
  const caught = (catcher: JsonObject): JsonObject =>
    machineOf({
      A: invoke('work', {
        Next: 'B',
        Catch: [{ Next: 'C', ErrorEquals: ['Unavailable'], ...catcher }],
      }),
      B: { Type: 'Succeed', Output: 'not caught' },
      C: { Type: 'Pass', End: true },
    });

  it.each([
    { name: 'an error by name', catcher: {}, status: 'SUCCEEDED' },
    { name: 'any error', catcher: { ErrorEquals: ['States.ALL'] }, status: 'SUCCEEDED' },
    { name: 'a failed task', catcher: { ErrorEquals: ['States.TaskFailed'] }, status: 'SUCCEEDED' },
    { name: 'nothing else', catcher: { ErrorEquals: ['Other'] }, status: 'FAILED' },
  ])('takes $name', async ({ catcher, status }) => {
    const bench = await benchWith(failing(1));
    expect(await runToEnd(bench, caught(catcher))).toMatchObject({ status });
  });

  it('gives the error output on unless it has an output of its own', async () => {
    const bench = await benchWith(failing(1));
    const { output } = await runToEnd(bench, caught({}));
    expect(output).toMatchObject({
      Error: 'Unavailable',
      Cause: expect.stringContaining('it went wrong') as string,
    });
  });

  it('shapes its output and assigns from the error and the input', async () => {
    const bench = await benchWith(failing(1));
    const { output } = await runToEnd(
      bench,
      machineOf({
        A: invoke('work', {
          Next: 'B',
          Catch: [
            {
              ErrorEquals: ['States.ALL'],
              Next: 'B',
              Assign: { seen: '{% $states.errorOutput.Error %}' },
              Output: { was: '{% $states.input.id %}' },
            },
          ],
        }),
        B: { Type: 'Pass', Output: ['{% $seen %}', '{% $states.input %}'], End: true },
      }),
      { id: 7 },
    );
    expect(output).toEqual(['Unavailable', { was: 7 }]);
  });

  it('catches an expression that yields nothing', async () => {
    const bench = await benchWith({ work: () => ({}) });
    const { output } = await runToEnd(
      bench,
      machineOf({
        A: invoke('work', {
          Output: '{% $states.result.Payload.missing %}',
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }],
          Next: 'B',
        }),
        B: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
      }),
    );
    expect(output).toBe('States.QueryEvaluationError');
  });

  it('does not catch what fails in the catcher itself', async () => {
    const bench = await benchWith(failing(1));
    expect(
      await runToEnd(bench, caught({ ErrorEquals: ['States.ALL'], Output: '{% $nothing %}' })),
    ).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });
});

describe('task tokens', () => {
  const machine = machineOf({ A: ask('keep', { TimeoutSeconds: 60 }) });

  async function asked(definition = machine) {
    const tokens: string[] = [];
    const bench = await benchWith({
      keep: ({ token }: { token: string }) => {
        tokens.push(token);
      },
    });
    const executionArn = await startOn(bench, definition);
    await settle();
    return { bench, executionArn, token: tokens[0] ?? '', tokens };
  }

  it('ends the task with what is sent back', async () => {
    const { bench, executionArn, token } = await asked();
    await bench.engine.sendTaskSuccess(token, { answer: 42 });
    expect(await untilEnded(bench, executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: { answer: 42 },
    });
  });

  it('fails the task with the error that is sent back', async () => {
    const { bench, executionArn, token } = await asked();
    await bench.engine.sendTaskFailure(token, { error: 'Refused', cause: 'because' });
    expect(await untilEnded(bench, executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: 'because',
    });
  });

  it('takes an answer once', async () => {
    const { bench, token } = await asked();
    await bench.engine.sendTaskSuccess(token, 1);
    await expect(bench.engine.sendTaskSuccess(token, 2)).rejects.toMatchObject({
      type: 'TaskTimedOut',
    });
    await expect(bench.engine.sendTaskFailure(token, {})).rejects.toMatchObject({
      type: 'TaskTimedOut',
    });
  });

  it('refuses an answer that comes after the timeout', async () => {
    const { bench, executionArn, token } = await asked();
    expect(await untilEnded(bench, executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
    });
    await expect(bench.engine.sendTaskSuccess(token, 1)).rejects.toMatchObject({
      type: 'TaskTimedOut',
    });
  });

  it.each(['', 'x', 'x.y', 'x.y.z'])('refuses a token nobody issued: "%s"', async (token) => {
    const { bench } = await asked();
    await expect(bench.engine.sendTaskSuccess(token, 1)).rejects.toMatchObject({
      type: 'InvalidToken',
    });
  });

  it('refuses a token with another signature', async () => {
    const { bench, token } = await asked();
    const forged = `${token.slice(0, -2)}${token.endsWith('A') ? 'B' : 'A'}A`;
    await expect(bench.engine.sendTaskSuccess(forged, 1)).rejects.toMatchObject({
      type: 'InvalidToken',
    });
  });

  it('gives every attempt a token of its own', async () => {
    const { bench, executionArn, tokens } = await asked(
      machineOf({ A: ask('keep', { Retry: [{ ErrorEquals: ['Again'], MaxAttempts: 1 }] }) }),
    );
    await bench.engine.sendTaskFailure(tokens[0] ?? '', { error: 'Again' });
    bench.clock.skip();
    await settle();
    expect(new Set(tokens).size).toBe(2);
    await expect(bench.engine.sendTaskSuccess(tokens[0] ?? '', 1)).rejects.toMatchObject({
      type: 'TaskTimedOut',
    });
    await bench.engine.sendTaskSuccess(tokens[1] ?? '', 'second');
    expect(await untilEnded(bench, executionArn)).toMatchObject({ output: 'second' });
  });

  it('takes an answer sent by the called function itself', async () => {
    const bench = await benchWith({
      keep: async ({ token }: { token: string }, { engine }) => {
        await engine.sendTaskSuccess(token, 'at once');
      },
    });
    expect(await runToEnd(bench, machine)).toMatchObject({ output: 'at once' });
  });

  it.each([
    { heartbeats: 0, endsAfterMs: 10_000 },
    { heartbeats: 1, endsAfterMs: 18_000 },
    { heartbeats: 4, endsAfterMs: 42_000 },
  ])(
    'misses the heartbeat 10 s after the last of $heartbeats',
    async ({ heartbeats, endsAfterMs }) => {
      const { bench, executionArn, token } = await asked(
        machineOf({ A: ask('keep', { HeartbeatSeconds: 10 }) }),
      );
      for (let count = 1; count <= heartbeats; count += 1)
        bench.clock.at(START_MS + count * 8000, () => void bench.engine.sendTaskHeartbeat(token));
      const { status, error, stoppedAtMs } = await untilEnded(bench, executionArn);
      expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Timeout' });
      expect((stoppedAtMs ?? 0) - START_MS).toBe(endsAfterMs);
    },
  );

  it('lets a catcher name the missed heartbeat', async () => {
    const { bench, executionArn } = await asked(
      machineOf({
        A: ask('keep', {
          HeartbeatSeconds: 10,
          Next: 'B',
          Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'B' }],
        }),
        B: { Type: 'Succeed' },
      }),
    );
    expect(await untilEnded(bench, executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: { Error: 'States.Timeout', Cause: '' },
    });
  });
});

describe('timeouts', () => {
  const never = { slow: () => new Promise(() => undefined) };

  it.each([1, 30, 3600])('gives a task %i s', async (seconds) => {
    const bench = await benchWith(never);
    const { error, stoppedAtMs } = await runToEnd(
      bench,
      machineOf({ A: invoke('slow', { TimeoutSeconds: seconds }) }),
    );
    expect(error).toBe('States.Timeout');
    expect((stoppedAtMs ?? 0) - START_MS).toBe(seconds * 1000);
  });

  it('ends the whole execution after its own time', async () => {
    const bench = await benchWith(never);
    const summary = await runToEnd(bench, machineOf({ A: invoke('slow') }, { TimeoutSeconds: 5 }));
    expect(summary).toMatchObject({ status: 'TIMED_OUT', stoppedAtMs: START_MS + 5000 });
    expect(summary.error).toBeUndefined();
    expect(await eventTypes(bench, summary.executionArn)).toContain('ExecutionTimedOut');
  });

  it('ignores what a timed-out function answers later', async () => {
    const bench = await benchWith({
      slow: async (_payload, { clock }) => {
        await clock.sleep(10_000);
        return 'late';
      },
    });
    const { output } = await runToEnd(
      bench,
      machineOf({
        A: invoke('slow', {
          TimeoutSeconds: 5,
          Next: 'B',
          Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'W' }],
        }),
        W: { Type: 'Wait', Seconds: 20, Next: 'B' },
        B: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
      }),
    );
    expect(output).toBe('States.Timeout');
  });

  it('retries a timed-out task with its full time again', async () => {
    const bench = await benchWith(never);
    const { stoppedAtMs } = await runToEnd(
      bench,
      machineOf({
        A: invoke('slow', {
          TimeoutSeconds: 5,
          Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }],
        }),
      }),
    );
    expect((stoppedAtMs ?? 0) - START_MS).toBe(11_000);
  });
});

describe('Wait', () => {
  it.each([
    { wait: { Seconds: 90 }, untilMs: 90_000 },
    { wait: { Seconds: '{% $states.input.seconds %}' }, untilMs: 7000 },
    { wait: { Seconds: 0 }, untilMs: 0 },
    { wait: { Timestamp: '2026-03-01T01:00:00Z' }, untilMs: 3_600_000 },
    { wait: { Timestamp: '2026-03-01T09:00:00+08:00' }, untilMs: 3_600_000 },
    { wait: { Timestamp: '{% $states.input.at %}' }, untilMs: 60_000 },
    { wait: { Timestamp: '2020-01-01T00:00:00Z' }, untilMs: 0 },
  ])('waits until $untilMs ms for $wait', async ({ wait, untilMs }) => {
    const bench = await benchWith();
    const { status, stoppedAtMs } = await runToEnd(
      bench,
      machineOf({ W: { Type: 'Wait', ...wait, End: true } }),
      { seconds: 7, at: '2026-03-01T00:01:00.000Z' },
    );
    expect({ status, afterMs: (stoppedAtMs ?? 0) - START_MS }).toEqual({
      status: 'SUCCEEDED',
      afterMs: untilMs,
    });
  });
});

describe('Map', () => {
  const map = (more: JsonObject = {}, states: JsonObject = { I: invoke('item') }): JsonObject =>
    machineOf({
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemProcessor: { StartAt: 'I', States: states },
        End: true,
        ...more,
      },
    });

  it.each([
    { concurrency: 1, most: 1 },
    { concurrency: 2, most: 2 },
    { concurrency: 3, most: 3 },
    { concurrency: 0, most: 5 },
  ])('runs at most $most iterations at once for $concurrency', async ({ concurrency, most }) => {
    let open = 0;
    let seen = 0;
    const bench = await benchWith({
      item: async (payload, { clock }) => {
        seen = Math.max(seen, ++open);
        await clock.sleep(1000);
        open -= 1;
        return payload * 2;
      },
    });
    const { output } = await runToEnd(bench, map({ MaxConcurrency: concurrency }), [1, 2, 3, 4, 5]);
    expect(output).toEqual([2, 4, 6, 8, 10]);
    expect(seen).toBe(most);
  });

  it('keeps results in the order of the items', async () => {
    const bench = await benchWith({
      item: async (payload: number, { clock }) => {
        await clock.sleep(payload * 1000);
        return payload;
      },
    });
    expect(await runToEnd(bench, map(), [3, 1, 2])).toMatchObject({ output: [3, 1, 2] });
  });

  it('aborts the other iterations when one fails', async () => {
    const bench = await benchWith({
      item: async (payload: number, { clock }) => {
        await clock.sleep(payload * 1000);
        return payload === 1 ? failWith('Broken') : payload;
      },
    });
    const { executionArn, status, error, stoppedAtMs } = await runToEnd(bench, map(), [3, 1, 2]);
    expect({ status, error, afterMs: (stoppedAtMs ?? 0) - START_MS }).toEqual({
      status: 'FAILED',
      error: 'Broken',
      afterMs: 1000,
    });
    expect(
      (await eventTypes(bench, executionArn)).filter((type) => type === 'TaskStateAborted'),
    ).toHaveLength(2);
  });

  it('retries the whole Map', async () => {
    let calls = 0;
    const bench = await benchWith({ item: () => (++calls <= 2 ? failWith('Broken') : calls) });
    const { output } = await runToEnd(
      bench,
      map({ MaxConcurrency: 1, Retry: [{ ErrorEquals: ['Broken'] }] }),
      ['a', 'b'],
    );
    expect(output).toEqual([3, 4]);
  });

  it('keeps inner variables inside and lets inner states read outer ones', async () => {
    const bench = await benchWith();
    const { output } = await runToEnd(
      bench,
      machineOf({
        S: { Type: 'Pass', Assign: { outer: 1 }, Next: 'M' },
        M: {
          Type: 'Map',
          Items: [10, 20],
          ItemProcessor: {
            StartAt: 'I',
            States: {
              I: { Type: 'Pass', Assign: { inner: '{% $states.input %}' }, Next: 'J' },
              J: { Type: 'Pass', Output: '{% $inner + $outer %}', End: true },
            },
          },
          Next: 'E',
        },
        E: { Type: 'Pass', Output: ['{% $states.input %}', '{% $exists($inner) %}'], End: true },
      }),
    );
    expect(output).toEqual([[11, 21], false]);
  });

  it('fails the Map when the selector cannot be evaluated', async () => {
    const bench = await benchWith({ item: (payload) => payload });
    expect(
      await runToEnd(bench, map({ ItemSelector: { x: '{% $nothing %}' } }), [1]),
    ).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("'ItemSelector/x' returned nothing") as string,
    });
  });
});

describe('distributed Map', () => {
  const distributed = (
    more: JsonObject = {},
    states: JsonObject = { I: invoke('item') },
  ): JsonObject =>
    machineOf({
      M: {
        Type: 'Map',
        Items: '{% $states.input %}',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'I',
          States: states,
        },
        End: true,
        ...more,
      },
    });
  const odd: Functions = {
    item: (payload: number) => (payload % 2 === 0 ? failWith('Even') : payload),
  };

  it.each([
    { tolerated: {}, status: 'FAILED' },
    { tolerated: { ToleratedFailureCount: 1 }, status: 'FAILED' },
    { tolerated: { ToleratedFailureCount: 2 }, status: 'SUCCEEDED' },
    { tolerated: { ToleratedFailurePercentage: 39 }, status: 'FAILED' },
    { tolerated: { ToleratedFailurePercentage: 40 }, status: 'SUCCEEDED' },
  ])(
    'is $status when two of five fail and it tolerates $tolerated',
    async ({ tolerated, status }) => {
      const bench = await benchWith(odd);
      const summary = await runToEnd(
        bench,
        distributed({ MaxConcurrency: 1, ...tolerated }),
        [1, 2, 3, 4, 5],
      );
      expect(summary.status).toBe(status);
      if (status === 'FAILED') expect(summary.error).toBe('States.ExceedToleratedFailureThreshold');
      else expect(summary.output).toEqual([1, 3, 5]);
    },
  );

  it.each([
    { type: 'JSON', body: '[{"a":1},{"a":2}]', items: [{ a: 1 }, { a: 2 }] },
    { type: 'JSONL', body: '{"a":1}\n{"a":2}\n', items: [{ a: 1 }, { a: 2 }] },
    {
      type: 'CSV',
      location: 'FIRST_ROW',
      body: 'a,b\n1,x\n2,"y,z"\n',
      items: [
        { a: '1', b: 'x' },
        { a: '2', b: 'y,z' },
      ],
    },
  ])('reads $type', async ({ type, location, body, items }) => {
    const bench = await benchWith(
      { item: (payload) => payload },
      { readObject: () => Promise.resolve(body) },
    );
    const { output } = await runToEnd(
      bench,
      distributed({
        Items: undefined as never,
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: type, ...(location && { CSVHeaderLocation: location }) },
          Arguments: { Bucket: 'bucket', Key: 'key' },
        },
      }),
    );
    expect(output).toEqual(items);
  });

  it('lists its children under the map run and leaves the machine its own executions', async () => {
    const bench = await benchWith({ item: (payload) => payload });
    const { executionArn, stateMachineArn } = await runToEnd(bench, distributed(), [1, 2, 3]);
    const history = await bench.engine.history(executionArn);
    const [, details] = history.find(({ type }) => type === 'MapRunStarted')?.details ?? [];
    const children = await bench.engine.listExecutions({
      of: textOf(details?.['mapRunArn']),
      limit: 10,
    });
    expect(children.executions.map(({ status }) => status)).toEqual([
      'SUCCEEDED',
      'SUCCEEDED',
      'SUCCEEDED',
    ]);
    expect(
      (await bench.engine.listExecutions({ of: stateMachineArn, limit: 10 })).executions,
    ).toHaveLength(1);
  });

  it('writes results where the ResultWriter says', async () => {
    const written = new Map<string, string>();
    const bench = await benchWith(
      { item: (payload) => payload },
      {
        writeObject: (bucket, key, body) => {
          written.set(`${bucket}/${key}`, body);
          return Promise.resolve();
        },
      },
    );
    const { output } = await runToEnd(
      bench,
      distributed({
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Arguments: { Bucket: 'results', Prefix: 'day' },
        },
      }),
      [1, 2],
    );
    expect(output).toMatchObject({ ResultWriterDetails: { Bucket: 'results' } });
    expect([...written.keys()].map((key) => key.split('/').at(-1))).toEqual([
      'SUCCEEDED_0.json',
      'manifest.json',
    ]);
  });
});

describe('Parallel', () => {
  const branch = (name: string, state: JsonObject): JsonObject => ({
    StartAt: name,
    States: { [name]: state },
  });

  it('gives the outputs in the order of the branches', async () => {
    const bench = await benchWith({
      slow: async (_payload, { clock }) => {
        await clock.sleep(5000);
        return 'slow';
      },
      fast: () => 'fast',
    });
    const { output } = await runToEnd(
      bench,
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [branch('A', invoke('slow')), branch('B', invoke('fast'))],
          End: true,
        },
      }),
    );
    expect(output).toEqual(['slow', 'fast']);
  });

  it('aborts the other branches when one fails, and stops the executions they wait for', async () => {
    const bench = await benchWith({ bad: () => failWith('Broken') });
    const child = await bench.engine.createStateMachine({
      name: 'child',
      definition: machineOf({ W: { Type: 'Wait', Seconds: 3600, End: true } }),
    });
    const { executionArn, error } = await runToEnd(
      bench,
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [
            branch('A', {
              Type: 'Task',
              Resource: 'arn:aws:states:::states:startExecution.sync:2',
              Arguments: { StateMachineArn: child.stateMachineArn },
              End: true,
            }),
            {
              StartAt: 'W',
              States: { W: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: invoke('bad') },
            },
          ],
          End: true,
        },
      }),
    );
    await settle();
    expect(error).toBe('Broken');
    expect(await eventTypes(bench, executionArn)).toContain('TaskStateAborted');
    const { executions } = await bench.engine.listExecutions({
      of: child.stateMachineArn,
      limit: 1,
    });
    expect(executions.map(({ status }) => status)).toEqual(['ABORTED']);
  });
});

describe('nested executions', () => {
  const call = (pattern: string, machineArn: string, more: JsonObject = {}): JsonObject =>
    machineOf({
      N: {
        Type: 'Task',
        Resource: `arn:aws:states:::states:startExecution${pattern}`,
        Arguments: { StateMachineArn: machineArn, Input: { a: 1 }, Name: 'child', ...more },
        End: true,
      },
    });

  async function withChild(state: JsonObject) {
    const bench = await benchWith();
    const { stateMachineArn } = await bench.engine.createStateMachine({
      name: 'child',
      definition: machineOf({ C: state }),
    });
    return { bench, stateMachineArn };
  }

  it.each([
    { pattern: '.sync', output: '{"a":1}' },
    { pattern: '.sync:2', output: { a: 1 } },
  ])('answers $pattern with the output $output', async ({ pattern, output }) => {
    const { bench, stateMachineArn } = await withChild({ Type: 'Pass', End: true });
    expect(await runToEnd(bench, call(pattern, stateMachineArn))).toMatchObject({
      output: { Status: 'SUCCEEDED', Name: 'child', Output: output },
    });
  });

  it('does not wait without a pattern', async () => {
    const { bench, stateMachineArn } = await withChild({ Type: 'Wait', Seconds: 60, End: true });
    const { status, stoppedAtMs } = await runToEnd(bench, call('', stateMachineArn));
    expect({ status, stoppedAtMs }).toEqual({ status: 'SUCCEEDED', stoppedAtMs: START_MS });
  });

  it('fails with the description of the failed child', async () => {
    const { bench, stateMachineArn } = await withChild({
      Type: 'Fail',
      Error: 'Bad',
      Cause: 'luck',
    });
    const { error, cause } = await runToEnd(bench, call('.sync:2', stateMachineArn));
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({
      Error: 'Bad',
      Cause: 'luck',
      Status: 'FAILED',
    });
  });

  it('refuses a name that is taken by another execution', async () => {
    const { bench, stateMachineArn } = await withChild({ Type: 'Pass', End: true });
    await bench.engine.startExecution({ stateMachineArn, name: 'child' });
    expect(await runToEnd(bench, call('.sync:2', stateMachineArn))).toMatchObject({
      error: 'StepFunctions.ExecutionAlreadyExistsException',
    });
  });

  it('stops the child with its parent', async () => {
    const { bench, stateMachineArn } = await withChild({ Type: 'Wait', Seconds: 3600, End: true });
    const executionArn = await startOn(bench, call('.sync:2', stateMachineArn));
    await settle();
    await bench.engine.stopExecution(executionArn, { error: 'Stopped' });
    await settle();
    const child = await bench.engine.describeExecution(
      bench.engine.arns.execution('child', 'child'),
    );
    expect(child.status).toBe('ABORTED');
  });
});

describe('limits', () => {
  it('fails an execution that reaches 25,000 events', async () => {
    const bench = await benchWith();
    const { executionArn, status, cause } = await runToEnd(
      bench,
      machineOf({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }),
    );
    expect(status).toBe('FAILED');
    expect(cause).toContain('maximum number of history events (25000)');
    expect(await bench.engine.history(executionArn)).toHaveLength(25_000);
  });

  it.each([
    { characters: 262_142, status: 'SUCCEEDED' },
    { characters: 262_143, status: 'FAILED' },
  ])('takes a result of $characters characters as $status', async ({ characters, status }) => {
    const bench = await benchWith({ big: () => 'x'.repeat(characters) });
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:big';
    const summary = await runToEnd(
      await benchWith({ [arn]: () => 'x'.repeat(characters) }),
      machineOf({ A: { Type: 'Task', Resource: arn, End: true } }),
    );
    expect(bench.invoked).toEqual([]);
    expect(summary.status).toBe(status);
    if (status === 'FAILED') expect(summary.error).toBe('States.DataLimitExceeded');
  });

  it('counts bytes, not characters', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:big';
    const bench = await benchWith({ [arn]: () => '贷'.repeat(90_000) });
    expect(
      await runToEnd(bench, machineOf({ A: { Type: 'Task', Resource: arn, End: true } })),
    ).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });

  it('does not catch an output of its own that is too large', async () => {
    const bench = await benchWith({ work: () => 'x'.repeat(200_000) });
    expect(
      await runToEnd(
        bench,
        machineOf({
          A: invoke('work', {
            Output: ['{% $states.result.Payload %}', '{% $states.result.Payload %}'],
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
            Next: 'B',
          }),
          B: { Type: 'Succeed' },
        }),
      ),
    ).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('StartExecution', () => {
  const waiting = machineOf({ W: { Type: 'Wait', Seconds: 60, End: true } });

  it('answers a repeated start with the running execution', async () => {
    const bench = await benchWith();
    const { stateMachineArn } = await bench.engine.createStateMachine({
      name: 'm',
      definition: waiting,
    });
    const first = await bench.engine.startExecution({
      stateMachineArn,
      name: 'one',
      input: { a: 1 },
    });
    bench.clock.at(START_MS + 1, () => undefined);
    bench.clock.skip();
    expect(
      await bench.engine.startExecution({ stateMachineArn, name: 'one', input: { a: 1 } }),
    ).toEqual(first);
  });

  it.each([
    { name: 'another input', input: { a: 2 }, isEnded: false },
    { name: 'the same input after the end', input: { a: 1 }, isEnded: true },
  ])('refuses a taken name with $name', async ({ input, isEnded }) => {
    const bench = await benchWith();
    const { stateMachineArn } = await bench.engine.createStateMachine({
      name: 'm',
      definition: waiting,
    });
    const { executionArn } = await bench.engine.startExecution({
      stateMachineArn,
      name: 'one',
      input: { a: 1 },
    });
    if (isEnded) await untilEnded(bench, executionArn);
    await expect(
      bench.engine.startExecution({ stateMachineArn, name: 'one', input }),
    ).rejects.toMatchObject({
      type: 'ExecutionAlreadyExists',
    });
  });

  it('starts one execution however many ask for the name at once', async () => {
    const bench = await benchWith();
    const { stateMachineArn } = await bench.engine.createStateMachine({
      name: 'm',
      definition: waiting,
    });
    const starts = await Promise.all(
      [1, 2, 3].map(() => bench.engine.startExecution({ stateMachineArn, name: 'one' })),
    );
    expect(new Set(starts).size).toBe(1);
    const { executions } = await bench.engine.listExecutions({ of: stateMachineArn, limit: 9 });
    expect(executions).toHaveLength(1);
  });

  it('keeps the definition an execution began with when the machine is replaced', async () => {
    const bench = await benchWith();
    const executionArn = await startOn(bench, waiting);
    await bench.engine.createStateMachine({
      name: 'machine',
      definition: machineOf({ F: { Type: 'Fail' } }),
    });
    expect(await untilEnded(bench, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('RedriveExecution', () => {
  it('goes on from the state that failed', async () => {
    let isUp = false;
    const bench = await benchWith({
      first: () => 'one',
      second: () => (isUp ? 'two' : failWith('Unavailable')),
    });
    const { executionArn, status } = await runToEnd(
      bench,
      machineOf({ A: invoke('first', { Next: 'B' }), B: invoke('second') }),
    );
    expect(status).toBe('FAILED');
    isUp = true;
    await bench.engine.redriveExecution(executionArn);
    const redriven = await untilEnded(bench, executionArn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: 'two', redriveCount: 1 });
    expect(redriven.error).toBeUndefined();
    expect(bench.invoked).toEqual(['first', 'second', 'second']);
    expect((await eventTypes(bench, executionArn)).slice(-6)).toEqual([
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('runs only the unfinished branches of a Parallel again', async () => {
    let isUp = false;
    const bench = await benchWith({
      good: () => 'good',
      bad: () => (isUp ? 'better' : failWith('Unavailable')),
    });
    const branches = ['good', 'bad'].map((name) => ({
      StartAt: 'W',
      States: {
        W: { Type: 'Wait', Seconds: name === 'bad' ? 5 : 1, Next: name },
        [name]: invoke(name),
      },
    }));
    const { executionArn } = await runToEnd(
      bench,
      machineOf({ P: { Type: 'Parallel', Branches: branches, End: true } }),
    );
    isUp = true;
    await bench.engine.redriveExecution(executionArn);
    expect(await untilEnded(bench, executionArn)).toMatchObject({ output: ['good', 'better'] });
    expect(bench.invoked).toEqual(['good', 'bad', 'bad']);
  });

  it('runs only the failed iterations of a Map again', async () => {
    let isUp = false;
    const bench = await benchWith({
      item: (payload: number) => (payload === 2 && !isUp ? failWith('Unavailable') : payload),
    });
    const { executionArn } = await runToEnd(
      bench,
      machineOf({
        M: {
          Type: 'Map',
          Items: [1, 2, 3],
          MaxConcurrency: 1,
          ItemProcessor: { StartAt: 'I', States: { I: invoke('item') } },
          End: true,
        },
      }),
    );
    isUp = true;
    await bench.engine.redriveExecution(executionArn);
    expect(await untilEnded(bench, executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: [1, 2, 3],
    });
    expect(bench.invoked).toHaveLength(4);
  });

  it('gives a stopped execution its wait again', async () => {
    const bench = await benchWith();
    const executionArn = await startOn(
      bench,
      machineOf({ W: { Type: 'Wait', Seconds: 60, End: true } }),
    );
    await bench.engine.stopExecution(executionArn);
    await bench.engine.redriveExecution(executionArn);
    expect(await untilEnded(bench, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('refuses an execution that ended well', async () => {
    const bench = await benchWith();
    const { executionArn } = await runToEnd(bench, machineOf({ A: { Type: 'Succeed' } }));
    await expect(bench.engine.redriveExecution(executionArn)).rejects.toMatchObject({
      type: 'ExecutionNotRedrivable',
    });
  });
});

describe('an expression', () => {
  it.each([
    ['{% $partition([1,2,3,4,5], 2) %}', [[1, 2], [3, 4], [5]]],
    ['{% $range(0, 10, 5) %}', [0, 5, 10]],
    ['{% $range(5, 1, -2) %}', [5, 3, 1]],
    ['{% $range(1, 9, 9) %}', 1],
    [
      "{% $hash('a', 'SHA-256') %}",
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    ],
    ["{% $hash('a', 'MD5') %}", '0cc175b9c0f1b6a831c399e269772661'],
    ['{% $random(7) = $random(7) %}', true],
    ['{% $random() < 1 %}', true],
    ['{% $length($uuid()) %}', 36],
    ['{% $parse(\'{"a":[1]}\').a %}', [1]],
    ['{% $now() %}', '2026-03-01T00:00:00.000Z'],
    ['{% $millis() %}', START_MS],
    ["{% $now('[Y0001]') %}", '2026'],
    ['{% $states.input.list %}', [7]],
    ['{% $states.input.empty %}', []],
    ['{% $states.input.deep.list.a %}', [1, 2]],
    ['{% $states.input.nothing %}', null],
    ['{% $exists($states.result) %}', false],
    ['{% $states.context.Execution.RedriveCount %}', 0],
    ['{%$states.input.list[0]%}', 7],
    [' {% 1 %}', ' {% 1 %}'],
    ['{% 1 %} ', '{% 1 %} '],
  ])('%s gives %j', async (expression, value) => {
    const bench = await benchWith();
    const { output } = await runToEnd(
      bench,
      machineOf({ A: { Type: 'Pass', Output: { value: expression }, End: true } }),
      { list: [7], empty: [], nothing: null, deep: { list: [{ a: 1 }, { a: 2 }] } },
    );
    expect(output).toEqual({ value });
  });

  it.each([
    ['{% $nothing %}', 'returned nothing (undefined).'],
    [
      '{% $unknown() %}',
      'threw an error during evaluation. T1006: Attempted to invoke a non-function',
    ],
    ["{% $hash('a', 'SHA-3') %}", 'threw an error during evaluation. T0410'],
    ["{% $parse('{') %}", 'threw an error during evaluation.'],
    ['{% function($x){$x} %}', 'returned an unsupported result type.'],
    ['{% {"f": function($x){$x}} %}', 'returned an unsupported result type.'],
  ])('%s fails the state: %s', async (expression, text) => {
    const bench = await benchWith();
    expect(
      await runToEnd(bench, machineOf({ A: { Type: 'Pass', Output: expression, End: true } })),
    ).toMatchObject({ error: 'States.QueryEvaluationError', cause: expect.stringContaining(text) });
  });
});

describe('reports to the platform', () => {
  it('counts every state entered and every retry', async () => {
    const seen: string[] = [];
    const bench = await benchWith(failing(2), {
      onTransition: ({ state, isRetry }) => seen.push(isRetry ? `${state} again` : state),
    });
    await runToEnd(
      bench,
      machineOf({ A: invoke('work', { Retry: [retry()], Next: 'B' }), B: { Type: 'Succeed' } }),
    );
    expect(seen).toEqual(['A', 'A again', 'A again', 'B']);
  });

  it('says when the store fails, and leaves the execution to the next start', async () => {
    const faults: string[] = [];
    const store = new MemoryExecutionStore();
    const bench = await benchWith(
      { work: () => 'done' },
      { store, onFault: (error) => faults.push(String(error)) },
    );
    const { stateMachineArn } = await bench.engine.createStateMachine({
      name: 'm',
      definition: machineOf({ W: { Type: 'Wait', Seconds: 5, Next: 'A' }, A: invoke('work') }),
    });
    const { executionArn } = await bench.engine.startExecution({ stateMachineArn });
    const append = store.append.bind(store);
    store.append = () => Promise.reject(new Error('the table is gone'));
    bench.clock.skip();
    await settle();
    expect(faults).toEqual(['Error: the table is gone']);
    expect(bench.invoked).toEqual([]);
    store.append = append;
    bench.engine.stop();
    const next = await benchWith({ work: () => 'done' }, { store, clock: bench.clock });
    await next.engine.start();
    expect(await untilEnded(next, executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: 'done',
    });
  });
});

describe('other calls', () => {
  it('puts events with their detail as text', async () => {
    const put: unknown[] = [];
    const bench = await benchWith(
      {},
      {
        putEvents: (entries) => {
          put.push(...entries);
          return Promise.resolve({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
        },
      },
    );
    const task = {
      Type: 'Task',
      Resource: 'arn:aws:states:::events:putEvents',
      Arguments: {
        Entries: [{ Source: 's', DetailType: 't', Detail: { a: 1 }, EventBusName: 'b' }],
      },
      End: true,
    };
    expect(await runToEnd(bench, machineOf({ A: task }))).toMatchObject({
      output: { FailedEntryCount: 0 },
    });
    expect(put).toEqual([{ Source: 's', DetailType: 't', Detail: '{"a":1}', EventBusName: 'b' }]);
  });

  it('fails the task when an event is refused', async () => {
    const bench = await benchWith(
      {},
      { putEvents: () => Promise.resolve({ FailedEntryCount: 1 }) },
    );
    const task = {
      Type: 'Task',
      Resource: 'arn:aws:states:::events:putEvents',
      Arguments: { Entries: [] },
      End: true,
    };
    expect(await runToEnd(bench, machineOf({ A: task }))).toMatchObject({
      error: 'EventBridge.FailedEntry',
    });
  });

  it('reports a function that does not exist', async () => {
    const bench = await benchWith();
    expect(await runToEnd(bench, machineOf({ A: invoke('absent') }))).toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
    });
  });

  it('keeps what a function does to its payload out of the execution', async () => {
    const bench = await benchWith({
      work: (payload: { list: number[] }) => {
        payload.list.push(99);
        return 'ok';
      },
    });
    const { output } = await runToEnd(
      bench,
      machineOf({ A: invoke('work', { Output: '{% $states.input %}' }) }),
      { list: [1] },
    );
    expect(output).toEqual({ list: [1] });
  });
});
