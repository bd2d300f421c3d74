import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '#local/interpreter/history.ts';
import type { Json, JsonObject } from '#local/interpreter/json.ts';
import { createStepFunctionsProtocol } from '#local/interpreter/step-functions-protocol.ts';
import {
  ask,
  benchWith,
  failWith,
  invoke,
  machineOf,
  runToEnd,
  settle,
  startOn,
  untilEnded,
  type Bench,
  type Functions,
} from './support/bench.ts';

/**
 * One test per numbered point of the conformance vectors' notes: what their authors learnt from the records of AWS. The
 * records themselves run in conformance.test.ts; here each point stands by itself, also where its record is in JSONPath.
 */

interface Point {
  readonly point: string;
  readonly states: JsonObject;
  readonly input?: Json;
  readonly functions?: Functions;
  readonly expected: JsonObject;
  /** The history's types after ExecutionStarted, in order. */
  readonly types?: string;
  readonly check?: (events: readonly HistoryEvent[]) => void;
}

const pass = (more: JsonObject = {}): JsonObject => ({ Type: 'Pass', End: true, ...more });
const broken: Functions = { work: () => failWith('CustomException', 'said so') };
const map = (more: JsonObject = {}, inner: JsonObject = { I: pass() }): JsonObject => ({
  Type: 'Map',
  MaxConcurrency: 1,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: Object.keys(inner)[0] ?? '',
    States: inner,
  },
  ...('Next' in more ? {} : { End: true }),
  ...more,
});

function detailsOf(events: readonly HistoryEvent[], type: string, nth = 0): JsonObject {
  const found = events.filter((event) => event.type === type)[nth];
  if (!found) throw new Error(`no event ${type}`);
  return found.details?.[1] ?? {};
}

const failedAt = (state: string, id: number, text: string): JsonObject => ({
  status: 'FAILED',
  error: 'States.QueryEvaluationError',
  cause: `An error occurred while executing the state '${state}' (entered at the event id #${id}). ${text}`,
});
const undefinedAt = (state: string, id: number, field: string, expression: string): JsonObject =>
  failedAt(
    state,
    id,
    `The JSONata expression '${expression}' specified for the field '${field}' returned nothing (undefined).`,
  );

const PASSED = 'PassStateEntered PassStateExited ExecutionSucceeded';
const iteration = 'MapIterationStarted PassStateEntered PassStateExited MapIterationSucceeded';

const points: Point[] = [
  {
    point: '1: a Pass without Output exits with its input',
    states: { S: pass() },
    input: { a: 1 },
    expected: { status: 'SUCCEEDED', output: { a: 1 } },
    types: PASSED,
  },
  {
    point: '2: ExecutionStarted and the first StateEntered both follow event 0',
    states: { S: pass({ Next: 'T', End: undefined as never }), T: pass() },
    expected: { status: 'SUCCEEDED' },
    check: (events) => {
      expect(events.map(({ id, previousEventId }) => [id, previousEventId])).toEqual([
        [1, 0],
        [2, 0],
        [3, 2],
        [4, 3],
        [5, 4],
        [6, 5],
      ]);
    },
  },
  ...([null, 7, true, 'text', [1, [2]], { a: { b: null } }] as Json[]).map((output): Point => ({
    point: `3: Output may be ${JSON.stringify(output)} and replaces everything`,
    states: { S: pass({ Output: output }) },
    input: { a: 1 },
    expected: { status: 'SUCCEEDED', output },
  })),
  {
    point: '4: Output {} gives {}',
    states: { S: pass({ Output: {} }) },
    input: { a: 1 },
    expected: { output: {} },
  },
  {
    point: '5: only text that begins and ends with the markers is an expression',
    states: {
      S: pass({
        Output: {
          blank: ' {% $states.input %} ',
          variable: '$states.input',
          path: '$.x',
          context: '$$',
          intrinsic: "States.Format('{}', 1)",
          'key.$': '$.x',
        },
      }),
    },
    expected: {
      output: {
        blank: ' {% $states.input %} ',
        variable: '$states.input',
        path: '$.x',
        context: '$$',
        intrinsic: "States.Format('{}', 1)",
        'key.$': '$.x',
      },
    },
  },
  {
    point: '6: expressions are evaluated at any depth',
    states: { S: pass({ Output: [[{ a: ['{% $states.input %}', 'literal'] }]] }) },
    input: 5,
    expected: { output: [[{ a: [5, 'literal'] }]] },
  },
  {
    point: '7: the context of a Pass has no RetryCount',
    states: { S: pass({ Output: '{% $states.context.$map($keys(), function($k) { $k }) %}' }) },
    expected: { output: ['Execution', 'StateMachine', 'State'] },
  },
  {
    point: '7: the context names execution, machine and state',
    states: {
      S: pass({
        Output: {
          execution: '{% $keys($states.context.Execution) %}',
          machine: '{% $keys($states.context.StateMachine) %}',
          state: '{% $keys($states.context.State) %}',
        },
      }),
    },
    expected: {
      output: {
        execution: ['Id', 'Input', 'StartTime', 'Name', 'RoleArn', 'RedriveCount'],
        machine: ['Id', 'Name'],
        state: ['Name', 'EnteredTime'],
      },
    },
  },
  {
    point: '8: the context of a Task has a RetryCount',
    states: {
      S: invoke('echo', {
        Arguments: { FunctionName: 'echo', Payload: '{% $states.context.State.RetryCount %}' },
      }),
    },
    functions: { echo: (payload) => payload },
    expected: { output: 0 },
  },
  {
    point: '9: an expression without a result fails the state',
    states: { S: pass({ Output: '{% $nothing %}' }) },
    expected: undefinedAt('S', 2, 'Output', '$nothing'),
  },
  {
    point: '10: the field is a path, the expression is trimmed: Output/result',
    states: { S: pass({ Output: { result: '{%   $nothing   %}' } }) },
    expected: undefinedAt('S', 2, 'Output/result', '$nothing'),
  },
  {
    point: '10: the field is a path: Assign/result',
    states: { S: pass({ Assign: { result: '{% $nothing %}' } }) },
    expected: undefinedAt('S', 2, 'Assign/result', '$nothing'),
  },
  {
    point: '10: the field is a path: Arguments/FunctionName',
    states: {
      S: invoke('f', { Arguments: { FunctionName: '{% $states.input.name %}', Payload: {} } }),
    },
    expected: undefinedAt('S', 2, 'Arguments/FunctionName', '$states.input.name'),
  },
  {
    point: '10: the field is a path: Items',
    states: { S: map({ Items: '{% $nothing %}' }) },
    expected: undefinedAt('S', 2, 'Items', '$nothing'),
  },
  {
    point: '11: the cause names the event by which the state was entered',
    states: {
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Pass', Next: 'C' },
      C: pass({ Output: '{% $nothing %}' }),
    },
    expected: undefinedAt('C', 6, 'Output', '$nothing'),
  },
  {
    point: '12: EvaluationFailed says state, error, cause and location; nothing exits',
    states: { S: pass({ Output: { a: '{% $nothing %}' } }) },
    expected: { status: 'FAILED' },
    types: 'PassStateEntered EvaluationFailed ExecutionFailed',
    check: (events) => {
      const { cause } = detailsOf(events, 'ExecutionFailed');
      expect(detailsOf(events, 'EvaluationFailed')).toEqual({
        state: 'S',
        error: 'States.QueryEvaluationError',
        cause,
        location: 'Output/a',
      });
    },
  },
  {
    point: '13: EvaluationFailed follows what the state followed',
    states: { A: { Type: 'Pass', Next: 'B' }, B: pass({ Output: '{% $nothing %}' }) },
    expected: { status: 'FAILED' },
    check: (events) => {
      expect(events.find(({ type }) => type === 'EvaluationFailed')).toMatchObject({
        id: 5,
        previousEventId: 3,
      });
    },
  },
  {
    point: '14: a failure of no expression has no location',
    states: { S: map() },
    input: 1,
    expected: { status: 'FAILED' },
    check: (events) => {
      expect(Object.keys(detailsOf(events, 'EvaluationFailed')).toSorted()).toEqual([
        'cause',
        'error',
        'state',
      ]);
    },
  },
  {
    point: '15: a Task whose Arguments fail is never scheduled',
    states: { S: invoke('f', { Arguments: { FunctionName: 'f', Payload: '{% $nothing %}' } }) },
    expected: { error: 'States.QueryEvaluationError' },
    types: 'TaskStateEntered EvaluationFailed ExecutionFailed',
  },
  {
    point: '16: a thrown error is quoted with its code',
    states: { S: pass({ Output: { r: '{% $f(1) %}' } }) },
    expected: failedAt(
      'S',
      2,
      "The JSONata expression '$f(1)' specified for the field 'Output/r' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    ),
  },
  {
    point: '17: there is no $randomSeeded',
    states: { S: pass({ Output: '{% $randomSeeded(1) %}' }) },
    expected: failedAt(
      'S',
      2,
      "The JSONata expression '$randomSeeded(1)' specified for the field 'Output' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    ),
  },
  ...(
    [
      ['1', 'number', '1'],
      ["'a'", 'string', '"a"'],
      ['true', 'boolean', 'true'],
      ["{'a': 1}", 'object', '{"a":1}'],
      ['null', 'null', 'null'],
    ] as const
  ).map(([source, type, shown]): Point => ({
    point: `18: Items that are a ${type} fail`,
    states: { S: map({ Items: `{% ${source} %}` }) },
    expected: failedAt(
      'S',
      2,
      `The JSONata expression '${source}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${type}' for value: ${shown}`,
    ),
  })),
  {
    point: '19: a function is no result',
    states: { S: pass({ Output: '{% $sum %}' }) },
    expected: failedAt(
      'S',
      2,
      "The JSONata expression '$sum' specified for the field 'Output' returned an unsupported result type.",
    ),
  },
  ...([1, 'a', true, null, { a: 1 }] as Json[]).map((input): Point => ({
    point: `20: a Map without Items refuses the input ${JSON.stringify(input)}`,
    states: { S: map() },
    input,
    expected: failedAt(
      'S',
      2,
      `Map state input must be an array but was: ${JSON.stringify(input)}`,
    ),
  })),
  {
    point: '21: a Map that fails before it starts has no MapStateStarted',
    states: { S: map() },
    input: 1,
    expected: { status: 'FAILED' },
    types: 'MapStateEntered EvaluationFailed MapStateFailed ExecutionFailed',
  },
  {
    point: '22: a Map tells each iteration, one after the other',
    states: { S: map() },
    input: ['a', 'b'],
    expected: { output: ['a', 'b'] },
    types: `MapStateEntered MapStateStarted ${iteration} ${iteration} MapStateSucceeded MapStateExited ExecutionSucceeded`,
    check: (events) => {
      expect(detailsOf(events, 'MapStateStarted')).toEqual({ length: 2 });
      expect(detailsOf(events, 'MapIterationStarted', 1)).toEqual({ index: 1, name: 'S' });
      expect(detailsOf(events, 'MapIterationSucceeded')).toEqual({ index: 0, name: 'S' });
    },
  },
  {
    point:
      '23: the next iteration follows the last event inside the one before; the exit, as recorded, its success',
    states: { S: map() },
    input: ['a', 'b'],
    expected: { status: 'SUCCEEDED' },
    check: (events) => {
      const before = (type: string, nth = 0): number | undefined =>
        events.filter((event) => event.type === type)[nth]?.previousEventId;
      const [first] = events.filter(({ type }) => type === 'PassStateExited');
      const [, second] = events.filter(({ type }) => type === 'MapIterationSucceeded');
      expect(before('MapIterationStarted', 1)).toBe(first?.id);
      expect(before('MapStateExited')).toBe(second?.id);
    },
  },
  {
    point: '24: an empty Map gives []',
    states: { S: map({ Items: '{% [] %}' }) },
    expected: { output: [] },
    types: 'MapStateEntered MapStateStarted MapStateSucceeded MapStateExited ExecutionSucceeded',
  },
  {
    point: '25: the limits of a Map may be expressions',
    states: {
      S: map({
        Items: '{% [1, 2] %}',
        MaxConcurrency: '{% $limit := 1 %}',
        ToleratedFailureCount: '{% $states.input.count %}',
        ToleratedFailurePercentage: '{% 12.5 %}',
      }),
    },
    input: { count: 1 },
    expected: { output: [1, 2] },
  },
  {
    point: '26: ItemSelector sees the item and the variables outside',
    states: {
      A: { Type: 'Pass', Assign: { base: 10 }, Next: 'S' },
      S: map({
        ItemSelector: {
          value: '{% $states.context.Map.Item.Value %}',
          index: '{% $states.context.Map.Item.Index %}',
          base: '{% $base %}',
        },
      }),
    },
    input: ['a'],
    expected: { output: [{ value: 'a', index: 0, base: 10 }] },
  },
  {
    point: '27: a failed iteration fails the Map with its own error and cause',
    states: { S: map({}, { F: { Type: 'Fail', Error: 'Inner', Cause: 'because' } }) },
    input: [1],
    expected: { status: 'FAILED', error: 'Inner', cause: 'because' },
    types:
      'MapStateEntered MapStateStarted MapIterationStarted FailStateEntered MapIterationFailed MapStateFailed ExecutionFailed',
  },
  {
    point: '28: a retried Map starts again without being entered again',
    states: {
      S: map(
        { Retry: [{ ErrorEquals: ['Inner'], MaxAttempts: 1 }] },
        { F: { Type: 'Fail', Error: 'Inner' } },
      ),
    },
    input: [1],
    expected: { error: 'Inner' },
    types:
      'MapStateEntered MapStateStarted MapIterationStarted FailStateEntered MapIterationFailed MapStateStarted MapIterationStarted FailStateEntered MapIterationFailed MapStateFailed ExecutionFailed',
  },
  {
    point: '29: a caught Map fails, then exits with the error output',
    states: {
      S: map(
        { Catch: [{ ErrorEquals: ['Inner'], Next: 'T' }], Next: 'T' },
        { F: { Type: 'Fail', Error: 'Inner', Cause: 'because' } },
      ),
      T: pass(),
    },
    input: [1],
    expected: { output: { Error: 'Inner', Cause: 'because' } },
    types:
      'MapStateEntered MapStateStarted MapIterationStarted FailStateEntered MapIterationFailed MapStateFailed MapStateExited PassStateEntered PassStateExited ExecutionSucceeded',
  },
  {
    point: '33: the Assign and Output of the rule that matches are used',
    states: {
      C: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input = 1 %}', Assign: { by: 'rule' }, Output: 'r', Next: 'T' },
        ],
        Default: 'T',
        Assign: { by: 'state' },
        Output: 's',
      },
      T: pass({ Output: ['{% $by %}', '{% $states.input %}'] }),
    },
    input: 1,
    expected: { output: ['rule', 'r'] },
  },
  {
    point: "33: the state's own are used when the Default is taken",
    states: {
      C: {
        Type: 'Choice',
        Choices: [{ Condition: false, Assign: { by: 'rule' }, Output: 'r', Next: 'T' }],
        Default: 'T',
        Assign: { by: 'state' },
        Output: 's',
      },
      T: pass({ Output: ['{% $by %}', '{% $states.input %}'] }),
    },
    expected: { output: ['state', 's'] },
  },
  {
    point: "34: a Choice's exit shows its output and variables; a Condition may be a literal",
    states: {
      C: {
        Type: 'Choice',
        Choices: [{ Condition: true, Assign: { a: 1 }, Output: { o: 2 }, Next: 'T' }],
      },
      T: pass(),
    },
    expected: { output: { o: 2 } },
    types: `ChoiceStateEntered ChoiceStateExited ${PASSED}`,
    check: (events) => {
      expect(detailsOf(events, 'ChoiceStateExited')).toMatchObject({
        output: '{"o":2}',
        assignedVariables: { a: '1' },
      });
    },
  },
  {
    point: '35: assignedVariables holds JSON text of what this state assigned',
    states: {
      A: { Type: 'Pass', Assign: { a: 'x', b: { c: 1 } }, Next: 'B' },
      B: pass({ Assign: { d: null } }),
    },
    expected: { status: 'SUCCEEDED' },
    check: (events) => {
      expect(detailsOf(events, 'PassStateExited')['assignedVariables']).toEqual({
        a: '"x"',
        b: '{"c":1}',
      });
      expect(detailsOf(events, 'PassStateExited', 1)['assignedVariables']).toEqual({ d: 'null' });
    },
  },
  {
    point: '36: Assign sees the values from before the state, and so does Output',
    states: {
      A: { Type: 'Pass', Assign: { answer: 42 }, Next: 'B' },
      B: {
        Type: 'Pass',
        Assign: { answer: 18, old: '{% $answer %}' },
        Output: '{% $answer %}',
        Next: 'C',
      },
      C: pass({ Output: ['{% $answer %}', '{% $old %}', '{% $states.input %}'] }),
    },
    expected: { output: [18, 42, 42] },
  },
  {
    point: "37: a catcher's Assign takes the place of the state's own",
    states: {
      S: invoke('work', {
        Assign: { by: 'state', result: '{% $states.result %}' },
        Catch: [
          {
            ErrorEquals: ['CustomException'],
            Assign: { by: '{% $states.errorOutput.Error & $states.input.id %}' },
            Next: 'T',
          },
        ],
      }),
      T: pass({ Output: ['{% $by %}', '{% $exists($result) %}'] }),
    },
    input: { id: 7 },
    functions: broken,
    expected: { output: ['CustomException7', false] },
  },
  {
    point: '38: inner states read outer variables, and what they assign stays inside',
    states: {
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'M' },
      M: map({ Next: 'Z' }, { I: pass({ Assign: { y: '{% $x + 1 %}' }, Output: '{% $x %}' }) }),
      Z: pass({ Output: ['{% $states.input %}', '{% $x %}', '{% $exists($y) %}'] }),
    },
    input: [0],
    expected: { output: [[1], 1, false] },
  },
  {
    point: '39: a function as Resource gives its bare payload',
    states: {
      S: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:work',
        Arguments: { a: 1 },
        Output: '{% $states.result %}',
        End: true,
      },
    },
    functions: { 'arn:aws:lambda:us-east-1:000000000000:function:work': (payload) => payload },
    expected: { output: { a: 1 } },
    types:
      'TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded TaskStateExited ExecutionSucceeded',
    check: (events) => {
      expect(detailsOf(events, 'LambdaFunctionScheduled')).toMatchObject({
        input: '{"a":1}',
        resource: 'arn:aws:lambda:us-east-1:000000000000:function:work',
      });
      expect(detailsOf(events, 'LambdaFunctionSucceeded')).toMatchObject({ output: '{"a":1}' });
    },
  },
  {
    point: '40: Arguments {} hand the function {}',
    states: {
      S: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:work',
        Arguments: {},
        End: true,
      },
    },
    input: { a: 1 },
    functions: { 'arn:aws:lambda:us-east-1:000000000000:function:work': (payload) => payload },
    expected: { output: {} },
  },
  {
    point: '41: lambda:invoke gives the payload among the facts of the call',
    states: { S: invoke('work', { Output: '{% $states.result %}' }) },
    functions: { work: () => ({ a: 1 }) },
    expected: {
      output: {
        ExecutedVersion: '$LATEST',
        Payload: { a: 1 },
        SdkHttpMetadata: {
          AllHttpHeaders: expect.anything() as never,
          HttpHeaders: expect.anything() as never,
          HttpStatusCode: 200,
        },
        SdkResponseMetadata: { RequestId: expect.any(String) as never },
        StatusCode: 200,
      },
    },
    types:
      'TaskStateEntered TaskScheduled TaskStarted TaskSucceeded TaskStateExited ExecutionSucceeded',
  },
  {
    point: '42: timeouts show on TaskScheduled as they were evaluated',
    states: { S: invoke('work', { TimeoutSeconds: '{% 9 %}', HeartbeatSeconds: '{% 4 %}' }) },
    functions: { work: () => 1 },
    expected: { status: 'SUCCEEDED' },
    check: (events) => {
      expect(detailsOf(events, 'TaskScheduled')).toMatchObject({
        timeoutInSeconds: 9,
        heartbeatInSeconds: 4,
        resource: 'invoke',
        resourceType: 'lambda',
      });
    },
  },
  {
    point: '42: and are left out where the field is absent',
    states: { S: invoke('work') },
    functions: { work: () => 1 },
    expected: { status: 'SUCCEEDED' },
    check: (events) => {
      expect(Object.keys(detailsOf(events, 'TaskScheduled'))).not.toContain('timeoutInSeconds');
    },
  },
  {
    point: "43: a function's error is its class, its cause JSON text",
    states: { S: invoke('work') },
    functions: broken,
    expected: { error: 'CustomException' },
    check: (events) => {
      expect(JSON.parse(String(detailsOf(events, 'TaskFailed')['cause']))).toEqual({
        errorMessage: 'said so',
        errorType: 'CustomException',
        requestId: expect.any(String) as string,
        stackTrace: expect.any(Array) as string[],
      });
    },
  },
  {
    point: '44: a retry adds a new call and no new entry',
    states: {
      S: invoke('work', { Retry: [{ ErrorEquals: ['CustomException'], MaxAttempts: 1 }] }),
    },
    functions: broken,
    expected: { error: 'CustomException' },
    types:
      'TaskStateEntered TaskScheduled TaskStarted TaskFailed TaskScheduled TaskStarted TaskFailed ExecutionFailed',
    check: (events) => {
      const [failed] = events.filter(({ type }) => type === 'TaskFailed');
      const [, scheduled] = events.filter(({ type }) => type === 'TaskScheduled');
      expect(scheduled?.previousEventId).toBe(failed?.id);
    },
  },
  {
    point: '45: retries are used up before the catcher runs',
    states: {
      S: invoke('work', {
        Retry: [{ ErrorEquals: ['CustomException'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['CustomException'], Output: 'caught', Next: 'T' }],
      }),
      T: pass(),
    },
    functions: broken,
    expected: { output: 'caught' },
    types: `TaskStateEntered TaskScheduled TaskStarted TaskFailed TaskScheduled TaskStarted TaskFailed TaskStateExited ${PASSED}`,
  },
  {
    point: '46: without an Output of its own a catcher gives {Error, Cause}',
    states: {
      S: invoke('work', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'T' }] }),
      T: pass({ Output: '{% $keys($states.input) %}' }),
    },
    functions: broken,
    expected: { output: ['Error', 'Cause'] },
  },
  {
    point: "47: with one, the state's own Output is not evaluated",
    states: {
      S: invoke('work', {
        Output: '{% $states.result.missing.twice %}',
        Catch: [
          { ErrorEquals: ['States.ALL'], Output: '{% $keys($states.errorOutput) %}', Next: 'T' },
        ],
      }),
      T: pass(),
    },
    functions: broken,
    expected: { output: ['Error', 'Cause'] },
  },
  {
    point: '48: $states is {input, context, errorOutput} in a catcher',
    states: {
      S: invoke('work', {
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $keys($states) %}', Next: 'T' }],
      }),
      T: pass(),
    },
    functions: broken,
    expected: { output: ['input', 'context', 'errorOutput'] },
  },
  {
    point: '48: $states is {input, context, result} after a success',
    states: { S: invoke('work', { Output: '{% $keys($states) %}' }) },
    functions: { work: () => 1 },
    expected: { output: ['input', 'context', 'result'] },
  },
  {
    point: '49: what fails after a caught error fails the iteration and the Map',
    states: {
      S: map(
        {},
        {
          I: invoke('work', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'F' }] }),
          F: pass({ Output: '{% $errorOutput.Error %}' }),
        },
      ),
    },
    input: [1],
    functions: broken,
    expected: { error: 'States.QueryEvaluationError' },
    types:
      'MapStateEntered MapStateStarted MapIterationStarted TaskStateEntered TaskScheduled TaskStarted TaskFailed TaskStateExited PassStateEntered EvaluationFailed MapIterationFailed MapStateFailed ExecutionFailed',
  },
  {
    point: '50: nothing catches States.Runtime, not even its name',
    states: {
      S: invoke('work', {
        Retry: [{ ErrorEquals: ['States.Runtime'] }],
        Catch: [
          { ErrorEquals: ['States.Runtime'], Next: 'T' },
          { ErrorEquals: ['States.ALL'], Next: 'T' },
        ],
      }),
      T: pass(),
    },
    functions: { work: () => failWith('States.Runtime') },
    expected: { status: 'FAILED', error: 'States.Runtime' },
    types: 'TaskStateEntered TaskScheduled TaskStarted TaskFailed ExecutionFailed',
  },
  {
    point: '51: a timeout is States.Timeout without a cause',
    states: { S: invoke('slow', { TimeoutSeconds: 1 }) },
    functions: { slow: () => new Promise(() => undefined) },
    expected: { status: 'FAILED', error: 'States.Timeout', cause: undefined as never },
    types: 'TaskStateEntered TaskScheduled TaskStarted TaskTimedOut ExecutionFailed',
    check: (events) => {
      expect(detailsOf(events, 'TaskTimedOut')).toMatchObject({ error: 'States.Timeout' });
      expect(detailsOf(events, 'ExecutionFailed')).toEqual({ error: 'States.Timeout' });
    },
  },
  {
    point: '51: caught, its cause is the empty text',
    states: {
      S: invoke('slow', {
        TimeoutSeconds: 1,
        Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'T' }],
      }),
      T: pass(),
    },
    functions: { slow: () => new Promise(() => undefined) },
    expected: { output: { Error: 'States.Timeout', Cause: '' } },
  },
  {
    point: '52: a missed heartbeat is States.Timeout too',
    states: { S: ask('keep', { HeartbeatSeconds: 5, TimeoutSeconds: 60 }) },
    functions: { keep: () => undefined },
    expected: { status: 'FAILED', error: 'States.Timeout' },
    types: 'TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskTimedOut ExecutionFailed',
  },
  {
    point: '57: Error and Cause of a Fail may be expressions',
    states: {
      S: { Type: 'Fail', Error: '{% $states.input.e %}', Cause: "{% 'for ' & $states.input.e %}" },
    },
    input: { e: 'Mine' },
    expected: { status: 'FAILED', error: 'Mine', cause: 'for Mine' },
    types: 'FailStateEntered ExecutionFailed',
  },
  {
    point: '57: what a Fail does not say is absent',
    states: { S: { Type: 'Fail' } },
    expected: { status: 'FAILED', error: undefined as never, cause: undefined as never },
    check: (events) => {
      expect(detailsOf(events, 'ExecutionFailed')).toEqual({});
    },
  },
  {
    point: '58: an error without a name is caught by no name, and State.ALL is no wildcard',
    states: {
      S: map(
        {
          Catch: [{ ErrorEquals: ['State.ALL', 'States.TaskFailed'], Next: 'T' }],
          Next: 'T',
        },
        { F: { Type: 'Fail' } },
      ),
      T: pass(),
    },
    input: [1],
    expected: { status: 'FAILED', error: undefined as never },
  },
  {
    point: '59: a Succeed exits with its input',
    states: { S: { Type: 'Succeed' } },
    input: { a: 1 },
    expected: { output: { a: 1 } },
    types: 'SucceedStateEntered SucceedStateExited ExecutionSucceeded',
  },
  ...[
    '2016-12-05T21:29:29',
    '2016-12-05 21:29:29Z',
    '2016-12-05T25:29:29Z',
    '2016-13-05T21:29:29Z',
    'soon',
  ].map((value): Point => ({
    point: `60: a Wait until '${value}' fails at run time`,
    states: { S: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } },
    input: value,
    expected: failedAt(
      'S',
      2,
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${value}`,
    ),
    types: 'WaitStateEntered EvaluationFailed ExecutionFailed',
  })),
  {
    point: '61: a retried Parallel starts again, fails once, and exits if caught',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'Inner' } } }],
        Retry: [{ ErrorEquals: ['Inner'], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['Inner'], Next: 'T' }],
        Next: 'T',
      },
      T: pass(),
    },
    expected: { status: 'SUCCEEDED' },
    types: `ParallelStateEntered ParallelStateStarted FailStateEntered ParallelStateStarted FailStateEntered ParallelStateFailed ParallelStateExited ${PASSED}`,
  },
  {
    point: '61: a Task that fails inside a Parallel is aborted too',
    states: {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'W', States: { W: invoke('work') } }],
        End: true,
      },
    },
    functions: broken,
    expected: { error: 'CustomException' },
    types:
      'ParallelStateEntered ParallelStateStarted TaskStateEntered TaskScheduled TaskStarted TaskFailed TaskStateAborted ParallelStateFailed ExecutionFailed',
  },
  ...(
    [
      ['$range(1, 9, 9)', 1],
      ['$partition([0], 1)', [[0]]],
      ['$parse("-0")', 0],
      ['$partition([0, 1, 2], 2)', [[0, 1], [2]]],
      ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ] as [string, Json][]
  ).map(([source, output]): Point => ({
    point: `62: ${source} gives ${JSON.stringify(output)}`,
    states: { S: pass({ Output: `{% ${source} %}` }) },
    expected: { output },
  })),
];

describe('what was learnt on AWS', () => {
  it.each(points)(
    '$point',
    async ({ states, input = {}, functions = {}, expected, types, check }) => {
      const bench = await benchWith(functions);
      const summary = await runToEnd(bench, machineOf(states), input);
      for (const [field, value] of Object.entries(expected))
        expect({ [field]: summary[field as keyof typeof summary] }).toEqual({ [field]: value });
      const events = await bench.engine.history(summary.executionArn);
      if (types !== undefined)
        expect(events.map(({ type }) => type)).toEqual(['ExecutionStarted', ...types.split(' ')]);
      check?.(events);
    },
  );

  it('30: the history of a distributed Map holds its run, and the exit follows the start of the run', async () => {
    const bench = await benchWith();
    const { executionArn, output } = await runToEnd(
      bench,
      machineOf({
        S: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'I',
            States: { I: pass() },
          },
          End: true,
        },
      }),
      [1, 2],
    );
    const events = await bench.engine.history(executionArn);
    expect(output).toEqual([1, 2]);
    expect(events.map(({ type }) => type).slice(1)).toEqual(
      'MapStateEntered MapStateStarted MapRunStarted MapRunSucceeded MapStateSucceeded MapStateExited ExecutionSucceeded'.split(
        ' ',
      ),
    );
    const runStarted = events.find(({ type }) => type === 'MapRunStarted');
    expect(events.find(({ type }) => type === 'MapStateExited')?.previousEventId).toBe(
      runStarted?.id,
    );
    expect(detailsOf(events, 'MapStateStarted')).toEqual({ length: 2 });
  });

  const reading = (more: JsonObject): JsonObject =>
    machineOf({
      S: {
        Type: 'Map',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSON' },
          Arguments: { Bucket: 'bucket', Key: 'key' },
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'I',
          States: { I: pass() },
        },
        End: true,
        ...more,
      },
    });

  it('31: a batch is {BatchInput, Items}, its limits may be expressions, and a read Map says length 0', async () => {
    const bench = await benchWith({}, { readObject: () => Promise.resolve('[1,2,3]') });
    const { executionArn, output } = await runToEnd(
      bench,
      reading({
        ItemBatcher: {
          MaxItemsPerBatch: '{% $states.input.most %}',
          BatchInput: { day: '{% $states.input.day %}' },
        },
      }),
      { most: 2, day: '2026-03-01' },
    );
    expect(output).toEqual([
      { BatchInput: { day: '2026-03-01' }, Items: [1, 2] },
      { BatchInput: { day: '2026-03-01' }, Items: [3] },
    ]);
    expect(detailsOf(await bench.engine.history(executionArn), 'MapStateStarted')).toEqual({
      length: 0,
    });
  });

  it('32: what cannot be read fails the run with States.ItemReaderFailed', async () => {
    const bench = await benchWith({}, { readObject: () => Promise.resolve('{"a":1}') });
    const { executionArn, error, cause } = await runToEnd(bench, reading({}));
    expect({ error, cause }).toEqual({
      error: 'States.ItemReaderFailed',
      cause: 'Attempting to map over non-iterable node.',
    });
    expect((await bench.engine.history(executionArn)).map(({ type }) => type).slice(-3)).toEqual([
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('53: an execution that runs out of its time is TIMED_OUT, without error or cause', async () => {
    const bench = await benchWith();
    const summary = await runToEnd(
      bench,
      machineOf({ S: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 5 }),
    );
    expect(summary.status).toBe('TIMED_OUT');
    const { body } = await createStepFunctionsProtocol(bench.engine)(
      'AWSStepFunctions.DescribeExecution',
      { executionArn: summary.executionArn },
    );
    expect(Object.keys(body as object)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(error|cause)$/)]),
    );
  });

  async function asked(more: JsonObject = {}): Promise<{
    bench: Bench;
    executionArn: string;
    token: string;
  }> {
    const tokens: string[] = [];
    const bench = await benchWith({
      keep: ({ token }: { token: string }) => {
        tokens.push(token);
        return 'taken';
      },
    });
    const executionArn = await startOn(bench, machineOf({ S: ask('keep', more), T: pass() }));
    await settle();
    return { bench, executionArn, token: tokens[0] ?? '' };
  }

  it('54: a callback is submitted, then ends with the output of the token alone', async () => {
    const { bench, executionArn, token } = await asked();
    await bench.engine.sendTaskSuccess(token, { answer: 1 });
    expect(await untilEnded(bench, executionArn)).toMatchObject({ output: { answer: 1 } });
    const events = await bench.engine.history(executionArn);
    expect(events.map(({ type }) => type).slice(1)).toEqual(
      'TaskStateEntered TaskScheduled TaskStarted TaskSubmitted TaskSucceeded TaskStateExited ExecutionSucceeded'.split(
        ' ',
      ),
    );
    expect(detailsOf(events, 'TaskSubmitted')).toMatchObject({
      resource: 'invoke.waitForTaskToken',
      output: expect.stringContaining('"Payload":"taken"') as string,
    });
  });

  it('55: a failure without error and cause is caught by States.ALL alone, as nulls', async () => {
    const { bench, executionArn, token } = await asked({
      Catch: [
        { ErrorEquals: ['States.Runtime'], Output: 'runtime', Next: 'T' },
        { ErrorEquals: ['States.ALL'], Next: 'T' },
      ],
    });
    await bench.engine.sendTaskFailure(token, {});
    expect(await untilEnded(bench, executionArn)).toMatchObject({
      output: { Error: null, Cause: null },
    });
    expect(
      Object.keys(detailsOf(await bench.engine.history(executionArn), 'TaskFailed')).toSorted(),
    ).toEqual(['resource', 'resourceType']);
  });

  it.each([
    { point: '56: .sync gives the output as text', suffix: '.sync', output: '{"a":1}' },
    { point: '56: .sync:2 gives it as a value', suffix: '.sync:2', output: { a: 1 } },
  ])('$point', async ({ suffix, output }) => {
    const bench = await benchWith();
    const child = await bench.engine.createStateMachine({
      name: 'child',
      definition: machineOf({ S: pass({ Output: { a: 1 } }) }),
    });
    const summary = await runToEnd(
      bench,
      machineOf({
        S: {
          Type: 'Task',
          Resource: `arn:aws:states:::states:startExecution${suffix}`,
          Arguments: { StateMachineArn: child.stateMachineArn, Input: {} },
          Output: '{% $states.result.Output %}',
          End: true,
        },
      }),
    );
    expect(summary.output).toEqual(output);
  });

  it('56: a failed child is States.TaskFailed, its description the cause', async () => {
    const bench = await benchWith();
    const child = await bench.engine.createStateMachine({
      name: 'child',
      definition: machineOf({ S: { Type: 'Fail', Error: 'Inner', Cause: 'because' } }),
    });
    const { error, cause } = await runToEnd(
      bench,
      machineOf({
        S: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          Arguments: { StateMachineArn: child.stateMachineArn, Input: {} },
          End: true,
        },
      }),
    );
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({
      Error: 'Inner',
      Cause: 'because',
      Status: 'FAILED',
      StateMachineArn: child.stateMachineArn,
    });
  });

  it('63: a machine in JSONata has no state in JSONPath; a machine in JSONPath may have one in JSONata', async () => {
    const bench = await benchWith();
    await expect(
      bench.engine.createStateMachine({
        name: 'm',
        definition: machineOf({ S: pass({ QueryLanguage: 'JSONPath' }) }),
      }),
    ).rejects.toThrow(
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/S",
    );
    const { output } = await runToEnd(bench, {
      StartAt: 'S',
      States: { S: pass({ QueryLanguage: 'JSONata', Output: '{% 1 + 1 %}' }) },
    });
    expect(output).toBe(2);
  });

  it.each([
    { given: {}, status: 'RETRIABLE', details: { retryIndex: 0, retryBackoffIntervalSeconds: 1 } },
    {
      given: { retrierRetryCount: 4 },
      status: 'RETRIABLE',
      details: { retryIndex: 0, retryBackoffIntervalSeconds: 16 },
    },
    { given: { retrierRetryCount: 5 }, status: 'CAUGHT_ERROR', details: { catchIndex: 0 } },
  ])('64: TestState after $given is $status', async ({ given, status, details }) => {
    const { engine } = await benchWith();
    const { body } = await createStepFunctionsProtocol(engine)('AWSStepFunctions.TestState', {
      definition: JSON.stringify({
        ...invoke('work', {
          QueryLanguage: 'JSONata',
          Retry: [{ ErrorEquals: ['Mocked'], IntervalSeconds: 1, MaxAttempts: 5, BackoffRate: 2 }],
          Catch: [{ ErrorEquals: ['Mocked'], Next: 'Other' }],
        }),
      }),
      inspectionLevel: 'DEBUG',
      mock: { errorOutput: { error: 'Mocked', cause: 'for the test' } },
      stateConfiguration: given,
    });
    expect(body).toMatchObject({
      status,
      error: 'Mocked',
      inspectionData: { errorDetails: details },
    });
  });

  it('65: a result above the limit is States.DataLimitExceeded, which States.ALL catches', async () => {
    const bench = await benchWith({ work: () => 'x'.repeat(262_144) });
    const { output } = await runToEnd(
      bench,
      machineOf({
        S: invoke('work', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'T' }] }),
        T: pass(),
      }),
    );
    expect(output).toEqual({
      Error: 'States.DataLimitExceeded',
      Cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });
});
