import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#local/interpreter/json.ts';
import { createStepFunctionsProtocol } from '#local/interpreter/step-functions-protocol.ts';
import { validateDefinition } from '#local/interpreter/validate-definition.ts';
import {
  benchWith,
  failWith,
  invoke,
  machineOf,
  runToEnd,
  type Bench,
  type Functions,
} from './support/bench.ts';

/** What the service's documentation says and no record shows. */

const pass = (more: JsonObject = {}): JsonObject => ({ Type: 'Pass', End: true, ...more });
const distributed = (
  more: JsonObject = {},
  inner: JsonObject = { I: invoke('item') },
): JsonObject =>
  machineOf({
    M: {
      Type: 'Map',
      Items: '{% $states.input %}',
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'I',
        States: inner,
      },
      End: true,
      ...more,
    },
  });
/** Fails on even numbers, and on batches that hold one. */
const odd: Functions = {
  item: (payload: number | { Items: number[] }) => {
    const numbers = typeof payload === 'number' ? [payload] : payload.Items;
    return numbers.some((number) => number % 2 === 0) ? failWith('Even') : payload;
  },
};

function apiOf({ engine }: Bench): (operation: string, body: JsonObject) => Promise<JsonObject> {
  const protocol = createStepFunctionsProtocol(engine);
  return async (operation, body) => {
    const answer = await protocol(`AWSStepFunctions.${operation}`, body);
    return JSON.parse(JSON.stringify(answer.body)) as JsonObject;
  };
}

describe('the tolerated failures of a distributed Map', () => {
  it.each([
    { count: 2, percentage: 100, status: 'SUCCEEDED' },
    { count: 1, percentage: 100, status: 'FAILED' },
    { count: 5, percentage: 39, status: 'FAILED' },
    { count: 2, percentage: 40, status: 'SUCCEEDED' },
    { count: 0, percentage: 0, status: 'FAILED' },
  ])(
    'are exceeded by either limit: $count and $percentage % of two in five is $status',
    async ({ count, percentage, status }) => {
      const bench = await benchWith(odd);
      const definition = distributed({
        ToleratedFailureCount: count,
        ToleratedFailurePercentage: percentage,
      });
      expect(await runToEnd(bench, definition, [1, 2, 3, 4, 5])).toMatchObject({ status });
    },
  );

  it.each([
    { count: 1, status: 'FAILED' },
    { count: 2, status: 'SUCCEEDED' },
  ])('count every item of a failed batch: $count is $status', async ({ count, status }) => {
    const bench = await benchWith(odd);
    const definition = distributed({
      ItemBatcher: { MaxItemsPerBatch: 2 },
      ToleratedFailureCount: count,
    });
    expect(await runToEnd(bench, definition, [1, 3, 5, 6, 7])).toMatchObject({ status });
  });

  it.each([
    ['ToleratedFailureCount', '{% -1 %}', 'a non-negative integer but was: -1'],
    ['ToleratedFailureCount', '{% 1.5 %}', 'a non-negative integer but was: 1.5'],
    ['ToleratedFailurePercentage', '{% 101 %}', 'a number from 0 to 100 but was: 101'],
    ['MaxConcurrency', '{% -1 %}', 'a non-negative integer but was: -1'],
  ])('must make sense: %s %s', async (field, value, text) => {
    const bench = await benchWith(odd);
    expect(await runToEnd(bench, distributed({ [field]: value }), [1])).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(`The ${field} field must be ${text}`) as string,
    });
  });
});

describe('times', () => {
  it.each([
    ['Seconds', { Type: 'Wait', Seconds: '{% -1 %}', End: true }],
    ['Seconds', { Type: 'Wait', Seconds: '{% 0.5 %}', End: true }],
    ['TimeoutSeconds', invoke('item', { TimeoutSeconds: '{% 0 %}' })],
    ['HeartbeatSeconds', invoke('item', { HeartbeatSeconds: '{% 100000000 %}' })],
  ])('must be whole: %s', async (field, state) => {
    const bench = await benchWith(odd);
    expect(await runToEnd(bench, machineOf({ S: state }))).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(`The ${field} field must be a`) as string,
    });
  });

  it('must be numbers', async () => {
    const bench = await benchWith();
    const state = { Type: 'Wait', Seconds: "{% '5' %}", End: true };
    expect(await runToEnd(bench, machineOf({ S: state }))).toMatchObject({
      cause: expect.stringContaining(
        `Expected 'number', but was 'string' for value: "5"`,
      ) as string,
    });
  });
});

describe('a ResultWriter', () => {
  const lists: Functions = {
    item: (payload: number) => (payload === 9 ? failWith('Nine') : [payload]),
  };

  it.each([
    { writer: { WriterConfig: { Transformation: 'COMPACT' } }, output: [[1], [2]] },
    { writer: { WriterConfig: { Transformation: 'FLATTEN' } }, output: [1, 2] },
    { writer: { WriterConfig: { OutputType: 'JSON' } }, output: [[1], [2]] },
  ])('without a place shapes the results: $writer', async ({ writer, output }) => {
    const bench = await benchWith(lists);
    expect(await runToEnd(bench, distributed({ ResultWriter: writer }), [1, 2])).toMatchObject({
      output,
    });
  });

  it('without a place and with NONE gives all that is known of the children', async () => {
    const bench = await benchWith(lists);
    const { output } = await runToEnd(
      bench,
      distributed({ ResultWriter: { WriterConfig: { Transformation: 'NONE' } } }),
      [1],
    );
    expect(output).toEqual([
      expect.objectContaining({ Status: 'SUCCEEDED', Input: '1', Output: '[1]' }),
    ]);
  });

  it.each([
    { config: {}, file: 'SUCCEEDED_0.json', body: /^\[\{"ExecutionArn".*\]$/ },
    {
      config: { Transformation: 'COMPACT', OutputType: 'JSON' },
      file: 'SUCCEEDED_0.json',
      body: /^\[\[1\],\[2\]\]$/,
    },
    {
      config: { Transformation: 'FLATTEN', OutputType: 'JSONL' },
      file: 'SUCCEEDED_0.jsonl',
      body: /^1\n2$/,
    },
  ])('writes $file for $config', async ({ config, file, body }) => {
    const written = new Map<string, string>();
    const bench = await benchWith(lists, {
      writeObject: (_bucket, key, text) => {
        written.set(key.split('/').at(-1) ?? '', text);
        return Promise.resolve();
      },
    });
    const summary = await runToEnd(
      bench,
      distributed({
        ToleratedFailureCount: 1,
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Arguments: { Bucket: 'results', Prefix: 'day' },
          WriterConfig: config,
        },
      }),
      [1, 2, 9],
    );
    expect(summary.output).toMatchObject({ ResultWriterDetails: { Bucket: 'results' } });
    expect(written.get(file)).toMatch(body);
    expect(JSON.parse(written.get('manifest.json') ?? '')).toMatchObject({
      DestinationBucket: 'results',
      ResultFiles: { SUCCEEDED: [{ Size: written.get(file)?.length }], FAILED: [{}], PENDING: [] },
    });
  });
});

describe('sizes', () => {
  const half = 'x'.repeat(140_000);
  const tooLarge = (state: string): JsonObject => ({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  });

  it.each([
    {
      name: 'results of a Parallel together',
      state: {
        Type: 'Parallel',
        Branches: [1, 2].map(() => ({ StartAt: 'I', States: { I: pass() } })),
        End: true,
      },
    },
    {
      name: 'results of a Map together',
      state: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: { StartAt: 'I', States: { I: pass({ Output: half }) } },
        End: true,
      },
    },
    {
      name: 'what a Task is called with',
      state: invoke('item', {
        Arguments: { FunctionName: 'item', Payload: ['{% $states.input %}', half] },
      }),
    },
    {
      name: 'what a state assigns',
      state: pass({ Assign: { a: half, b: '{% $states.input %}' } }),
    },
    { name: 'an Output', state: pass({ Output: [half, '{% $states.input %}'] }) },
  ])('limit $name', async ({ state }) => {
    const bench = await benchWith({ item: () => 1 });
    expect(await runToEnd(bench, machineOf({ S: state }), half)).toMatchObject(tooLarge('S'));
    expect(bench.invoked).toEqual([]);
  });

  it('limit the variables of an execution to 10 MiB together', async () => {
    const bench = await benchWith();
    const states: JsonObject = {};
    const text = 'x'.repeat(250_000);
    for (let index = 1; index <= 42; index += 1)
      states[`S${index}`] = {
        Type: 'Pass',
        Assign: { [`v${index}`]: text },
        ...(index === 42 ? { End: true } : { Next: `S${index + 1}` }),
      };
    expect(await runToEnd(bench, machineOf(states))).toMatchObject(tooLarge('S42'));
  });
});

describe('an iteration', () => {
  it('knows its item in each of its states, before any selector', async () => {
    const bench = await benchWith();
    const { output } = await runToEnd(
      bench,
      machineOf({
        M: {
          Type: 'Map',
          Items: ['a', 'b'],
          ItemSelector: { chosen: '{% $states.context.Map.Item.Value %}' },
          ItemProcessor: {
            StartAt: 'I',
            States: {
              I: pass({ Output: ['{% $states.context.Map.Item %}', '{% $states.input %}'] }),
            },
          },
          Next: 'Z',
        },
        Z: pass({ Output: ['{% $states.input %}', '{% $exists($states.context.Map) %}'] }),
      }),
    );
    expect(output).toEqual([
      [
        [{ Index: 0, Value: 'a' }, { chosen: 'a' }],
        [{ Index: 1, Value: 'b' }, { chosen: 'b' }],
      ],
      false,
    ]);
  });
});

describe('a redriven map run', () => {
  /** Fails on every even number until told otherwise. */
  function repairable(): { functions: Functions; seen: number[]; repair: () => void } {
    let isBroken = true;
    const seen: number[] = [];
    return {
      seen,
      repair: () => {
        isBroken = false;
      },
      functions: {
        item: (payload: number) => {
          seen.push(payload);
          return isBroken && payload % 2 === 0 ? failWith('Even') : payload * 10;
        },
      },
    };
  }

  async function failedRun(tolerated = 1): Promise<{
    bench: Bench;
    executionArn: string;
    seen: number[];
    repair: () => void;
  }> {
    const { functions, seen, repair } = repairable();
    const bench = await benchWith(functions);
    const { executionArn, status } = await runToEnd(
      bench,
      distributed({ ToleratedFailureCount: tolerated }),
      [1, 2, 3, 4, 5],
    );
    expect(status).toBe('FAILED');
    return { bench, executionArn, seen, repair };
  }

  it('runs only the children again that did not end well', async () => {
    const { bench, executionArn, seen, repair } = await failedRun();
    expect(seen).toEqual([1, 2, 3, 4]);
    repair();
    await bench.engine.redriveExecution(executionArn);
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await bench.engine.describeExecution(executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: [10, 20, 30, 40, 50],
      redriveCount: 1,
    });
    expect(seen.slice(4)).toEqual([2, 4, 5]);
    const events = await bench.engine.history(executionArn);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === 'MapRunStarted')).toHaveLength(1);
    expect(types.slice(types.indexOf('ExecutionRedriven'))).toEqual([
      'ExecutionRedriven',
      'MapRunRedriven',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails again when its children do', async () => {
    const { bench, executionArn } = await failedRun();
    await bench.engine.redriveExecution(executionArn);
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await bench.engine.describeExecution(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    });
  });

  it('is described with its counts, its limits and its redrives', async () => {
    const { bench, executionArn, repair } = await failedRun();
    const api = apiOf(bench);
    const { mapRuns } = await api('ListMapRuns', { executionArn });
    const [listed] = mapRuns as JsonObject[];
    const mapRunArn = listed?.['mapRunArn'] ?? null;
    expect(listed).toMatchObject({
      executionArn,
      stateMachineArn: expect.stringMatching(/machine\/M$/) as string,
    });
    expect(await api('DescribeMapRun', { mapRunArn })).toMatchObject({
      mapRunArn,
      executionArn,
      status: 'FAILED',
      maxConcurrency: 1,
      toleratedFailureCount: 1,
      toleratedFailurePercentage: 0,
      redriveCount: 0,
      itemCounts: { total: 5, succeeded: 2, failed: 2, pending: 1, running: 0 },
      executionCounts: { total: 5, succeeded: 2, failed: 2, pending: 1, running: 0 },
    });
    repair();
    await api('RedriveExecution', { executionArn });
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await api('DescribeMapRun', { mapRunArn })).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 1,
      itemCounts: { total: 5, succeeded: 5, failed: 0, pending: 0 },
    });
  });

  it('leaves its children no redrive of their own', async () => {
    const { bench, executionArn } = await failedRun(0);
    const api = apiOf(bench);
    const { mapRuns } = await api('ListMapRuns', { executionArn });
    const [run] = mapRuns as JsonObject[];
    const { executions } = await api('ListExecutions', {
      mapRunArn: run?.['mapRunArn'] ?? null,
      statusFilter: 'FAILED',
    });
    const [child] = executions as JsonObject[];
    const childArn = child?.['executionArn'] ?? null;
    expect(await api('DescribeExecution', { executionArn: childArn })).toMatchObject({
      redriveStatus: 'REDRIVABLE_BY_MAP_RUN',
    });
    expect(await api('RedriveExecution', { executionArn: childArn })).toMatchObject({
      __type: 'ExecutionNotRedrivable',
    });
  });

  it('knows no other map run', async () => {
    const { bench } = await failedRun();
    expect(
      await apiOf(bench)('DescribeMapRun', {
        mapRunArn: 'arn:aws:states:us-east-1:000000000000:mapRun:machine/M:none',
      }),
    ).toMatchObject({ __type: 'ResourceNotFound' });
  });

  it('is not begun twice by two redrives at once', async () => {
    const { bench, executionArn, repair, seen } = await failedRun();
    repair();
    const answers = await Promise.allSettled(
      [1, 2].map(() => bench.engine.redriveExecution(executionArn)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.slice(4)).toEqual([2, 4, 5]);
  });
});

describe('a number without end', () => {
  it.each(['1/0', '{"a": [1/0]}'])('is no result: %s', async (source) => {
    const bench = await benchWith();
    expect(
      await runToEnd(bench, machineOf({ S: pass({ Output: `{% ${source} %}` }) })),
    ).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('TestState', () => {
  const mapState = (more: JsonObject = {}): JsonObject => ({
    QueryLanguage: 'JSONata',
    Type: 'Map',
    Items: '{% $states.input %}',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'I',
      States: { I: pass() },
    },
    End: true,
    ...more,
  });
  const test = async (state: JsonObject, more: JsonObject): Promise<JsonObject> =>
    apiOf(await benchWith({ item: () => 1 }))('TestState', {
      definition: JSON.stringify(state),
      input: '[1,2,3]',
      inspectionLevel: 'DEBUG',
      ...more,
    });
  const exceeded = {
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };

  it.each([
    { limits: {}, failed: 0, answer: { status: 'SUCCEEDED', output: '[1,4,9]' } },
    { limits: {}, failed: 1, answer: exceeded },
    { limits: { ToleratedFailureCount: 1 }, failed: 1, answer: { status: 'SUCCEEDED' } },
    { limits: { ToleratedFailureCount: 1 }, failed: 2, answer: exceeded },
    { limits: { ToleratedFailurePercentage: 40 }, failed: 1, answer: { status: 'SUCCEEDED' } },
    { limits: { ToleratedFailurePercentage: 40 }, failed: 2, answer: exceeded },
  ])('tells $failed failed iterations of 3 with $limits', async ({ limits, failed, answer }) => {
    expect(
      await test(mapState(limits), {
        mock: { result: '[1,4,9]' },
        stateConfiguration: { mapIterationFailureCount: failed },
      }),
    ).toMatchObject(answer);
  });

  it('lets a mocked error stand whatever the limits', async () => {
    expect(
      await test(mapState({ ToleratedFailureCount: 1 }), {
        mock: { errorOutput: { error: 'Mocked', cause: 'so' } },
        stateConfiguration: { mapIterationFailureCount: 2, errorCausedByState: 'I' },
      }),
    ).toMatchObject({ status: 'FAILED', error: 'Mocked', cause: 'so' });
  });

  it('catches an exceeded threshold', async () => {
    const Catch = [
      { ErrorEquals: ['Other'], Next: 'A' },
      { ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'B' },
    ];
    expect(
      await test(mapState({ Catch }), {
        mock: { result: '[1]' },
        stateConfiguration: { mapIterationFailureCount: 1 },
      }),
    ).toMatchObject({
      status: 'CAUGHT_ERROR',
      nextState: 'B',
      inspectionData: { errorDetails: { catchIndex: 1 } },
    });
  });

  it('shows what selector and batcher make of the items', async () => {
    const state = mapState({
      ItemSelector: { n: '{% $states.context.Map.Item.Value %}' },
      ItemBatcher: { MaxItemsPerBatch: 2 },
    });
    const { inspectionData } = await test(state, { mock: { result: '[1,2]' } });
    const inspected = inspectionData as Record<string, string>;
    expect(JSON.parse(inspected['afterItemSelector'] ?? '')).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    expect(JSON.parse(inspected['afterItemBatcher'] ?? '')).toEqual([
      { Items: [{ n: 1 }, { n: 2 }] },
      { Items: [{ n: 3 }] },
    ]);
  });

  it.each(['.sync:2', '.sync', '.waitForTaskToken'])('wants a mock for %s', async (suffix) => {
    const state = {
      QueryLanguage: 'JSONata',
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${suffix}`,
      Arguments: {},
      End: true,
    };
    expect(await test(state, { roleArn: 'arn:aws:iam::000000000000:role/r' })).toMatchObject({
      __type: 'ValidationException',
    });
  });
});

describe('a definition', () => {
  const faultsOf = (state: JsonObject): string[] =>
    validateDefinition(JSON.stringify(machineOf({ S: state, T: pass() })), {
      type: 'STANDARD',
      hasServicePort: false,
    }).map(({ message, location }) => `${message} at ${location ?? 'nowhere'}`);
  const retry = (more: JsonObject): JsonObject =>
    invoke('f', { Retry: [{ ErrorEquals: ['E'], ...more }] });
  const map = (
    more: JsonObject,
    config: JsonObject = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  ): JsonObject => ({
    Type: 'Map',
    ItemProcessor: { ProcessorConfig: config, StartAt: 'I', States: { I: pass() } },
    End: true,
    ...more,
  });
  const reader = (config: JsonObject): JsonObject =>
    map({
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: config,
        Arguments: { Bucket: 'b', Key: 'k' },
      },
    });

  it.each<[string, JsonObject, string]>([
    ['an interval of nothing', retry({ IntervalSeconds: 0 }), 'Retry[0]/IntervalSeconds'],
    ['half an interval', retry({ IntervalSeconds: 0.5 }), 'Retry[0]/IntervalSeconds'],
    ['fewer attempts than none', retry({ MaxAttempts: -1 }), 'Retry[0]/MaxAttempts'],
    ['a backoff below one', retry({ BackoffRate: 0.9 }), 'Retry[0]/BackoffRate'],
    ['a longest delay of nothing', retry({ MaxDelaySeconds: 0 }), 'Retry[0]/MaxDelaySeconds'],
    [
      'a longest delay below the interval',
      retry({ IntervalSeconds: 10, MaxDelaySeconds: 10 }),
      'Retry[0]/MaxDelaySeconds',
    ],
    ['an unknown jitter', retry({ JitterStrategy: 'SOME' }), 'Retry[0]/JitterStrategy'],
    [
      'a heartbeat as long as the timeout',
      invoke('f', { TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      'HeartbeatSeconds',
    ],
    ['the reserved variable', pass({ Assign: { states: 1 } }), 'Assign/states'],
    ['a variable with a blank', pass({ Assign: { 'a b': 1 } }), 'Assign/a b'],
    ['a variable that begins with a digit', pass({ Assign: { '1a': 1 } }), 'Assign/1a'],
    ['a long variable', pass({ Assign: { ['v'.repeat(81)]: 1 } }), `Assign/${'v'.repeat(81)}`],
    [
      'the reserved variable in a catcher',
      invoke('f', { Catch: [{ ErrorEquals: ['E'], Next: 'T', Assign: { states: 1 } }] }),
      'Catch[0]/Assign/states',
    ],
    [
      'a condition that is no expression',
      { Type: 'Choice', Choices: [{ Condition: '$x = 1', Next: 'T' }] },
      'Choices[0]/Condition',
    ],
    ['an unknown mode', map({}, { Mode: 'SPREAD' }), 'ItemProcessor/ProcessorConfig/Mode'],
    [
      'an unknown execution type',
      map({}, { Mode: 'DISTRIBUTED', ExecutionType: 'FAST' }),
      'ItemProcessor/ProcessorConfig/ExecutionType',
    ],
    [
      'a distributed Map without execution type',
      map({}, { Mode: 'DISTRIBUTED' }),
      'ItemProcessor/ProcessorConfig',
    ],
    ['a negative concurrency', map({ MaxConcurrency: -1 }), 'MaxConcurrency'],
    ['half a failure', map({ ToleratedFailureCount: 0.5 }), 'ToleratedFailureCount'],
    ['more than all', map({ ToleratedFailurePercentage: 101 }), 'ToleratedFailurePercentage'],
    ['a label with a blank', map({ Label: 'a b' }), 'Label'],
    ['a long label', map({ Label: 'l'.repeat(41) }), 'Label'],
    [
      'a format it cannot read',
      reader({ InputType: 'PARQUET' }),
      'ItemReader/ReaderConfig/InputType',
    ],
    [
      'an unknown delimiter',
      reader({ InputType: 'CSV', CSVDelimiter: ';' }),
      'ItemReader/ReaderConfig/CSVDelimiter',
    ],
    ['an unknown reader field', reader({ Skip: 1 }), 'ItemReader/ReaderConfig'],
    [
      'an unknown transformation',
      map({ ResultWriter: { WriterConfig: { Transformation: 'ZIP' } } }),
      'ResultWriter/WriterConfig/Transformation',
    ],
  ])('with %s is refused', (_name, state, location) => {
    expect(faultsOf(state)).toEqual([
      expect.stringMatching(new RegExp(` at /States/S/${location.replaceAll(/[[\]]/g, '\\$&')}$`)),
    ]);
  });

  it.each<[string, JsonObject]>([
    [
      'limits as expressions',
      map({ MaxConcurrency: '{% 1 %}', ToleratedFailurePercentage: '{% 5 %}' }),
    ],
    ['a Chinese variable', pass({ Assign: { 金额: 1 } })],
    ['a literal condition', { Type: 'Choice', Choices: [{ Condition: true, Next: 'T' }] }],
    ['a format chosen at run time', reader({ InputType: '{% $states.input.type %}' })],
    ['the longest label', map({ Label: 'l'.repeat(40) })],
    ['full jitter', retry({ JitterStrategy: 'FULL', MaxDelaySeconds: 2 })],
  ])('with %s is taken', (_name, state) => {
    expect(faultsOf(state)).toEqual([]);
  });
});

describe('a Choice', () => {
  const choice = (more: JsonObject): JsonObject =>
    machineOf({
      C: { Type: 'Choice', Choices: [{ Condition: false, Next: 'T' }], ...more },
      T: pass(),
    });

  it('without a match and without a Default fails with what nothing catches', async () => {
    const bench = await benchWith();
    expect(await runToEnd(bench, choice({}))).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'C' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    });
  });

  it.each([
    ["{% 'true' %}", `Expected 'boolean', but was 'string' for value: "true"`],
    ['{% 1 %}', `Expected 'boolean', but was 'number' for value: 1`],
    ['{% $nothing %}', 'returned nothing (undefined).'],
  ])('wants a boolean: %s', async (Condition, text) => {
    const bench = await benchWith();
    expect(
      await runToEnd(bench, choice({ Choices: [{ Condition, Next: 'T' }], Default: 'T' })),
    ).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining(text) as string,
    });
  });

  it('takes the first rule that holds', async () => {
    const bench = await benchWith();
    const { output } = await runToEnd(
      bench,
      choice({
        Choices: [
          { Condition: false, Output: 0, Next: 'T' },
          { Condition: true, Output: 1, Next: 'T' },
          { Condition: true, Output: 2, Next: 'T' },
        ],
      }),
    );
    expect(output).toBe(1);
  });
});

describe('the order of steps', () => {
  it('evaluates nothing of a state that fails before', async () => {
    const bench = await benchWith({ item: () => failWith('Broken') });
    const { error } = await runToEnd(
      bench,
      machineOf({
        S: invoke('item', { Assign: { a: '{% $nothing %}' }, Output: '{% $nothing %}' }),
      }),
    );
    expect(error).toBe('Broken');
  });

  it.each<[string, JsonObject, Json]>([
    [
      'an evaluation of Arguments is retried',
      { Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 2 }] },
      3,
    ],
    ['and by States.ALL', { Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }] }, 2],
    ['and not by another name', { Retry: [{ ErrorEquals: ['States.Timeout'] }] }, 1],
  ])('%s', async (_name, more, evaluations) => {
    const bench = await benchWith();
    const { executionArn } = await runToEnd(
      bench,
      machineOf({
        S: invoke('item', {
          Arguments: { FunctionName: 'item', Payload: '{% $nothing %}' },
          ...more,
        }),
      }),
    );
    const failures = (await bench.engine.history(executionArn)).filter(
      ({ type }) => type === 'EvaluationFailed',
    );
    expect(failures).toHaveLength(Number(evaluations));
  });

  it.each<[string, JsonObject]>([
    [
      'Map',
      {
        Type: 'Map',
        Items: '{% $nothing %}',
        ItemProcessor: { StartAt: 'I', States: { I: pass() } },
      },
    ],
    [
      'Parallel',
      {
        Type: 'Parallel',
        Arguments: '{% $nothing %}',
        Branches: [{ StartAt: 'I', States: { I: pass() } }],
      },
    ],
  ])('a %s catches what cannot be evaluated', async (_type, state) => {
    const bench = await benchWith();
    const { output } = await runToEnd(
      bench,
      machineOf({
        S: {
          ...state,
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'T' }],
          Next: 'T',
        },
        T: pass({ Output: '{% $states.input.Error %}' }),
      }),
    );
    expect(output).toBe('States.QueryEvaluationError');
  });

  it('an error in the inner of two Parallels ends both and every branch beside', async () => {
    const bench = await benchWith();
    const wait = { Type: 'Wait', Seconds: 60, End: true };
    const inner = {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Deep' } } },
        { StartAt: 'W', States: { W: wait } },
      ],
      End: true,
    };
    const { status, error, executionArn, startedAtMs, stoppedAtMs } = await runToEnd(
      bench,
      machineOf({
        P: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'V', States: { V: wait } },
            { StartAt: 'Q', States: { Q: inner } },
          ],
          End: true,
        },
      }),
    );
    expect({ status, error, tookMs: (stoppedAtMs ?? 0) - startedAtMs }).toEqual({
      status: 'FAILED',
      error: 'Deep',
      tookMs: 0,
    });
    const types = (await bench.engine.history(executionArn)).map(({ type }) => type);
    expect(types.filter((type) => type === 'WaitStateAborted')).toHaveLength(2);
    expect(types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(2);
  });
});
