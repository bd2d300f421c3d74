import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#local/interpreter/json.ts';
import { lintMachine } from '#local/interpreter/house-lint.ts';
import { validateDefinition } from '#local/interpreter/validate-definition.ts';
import { faultsOfMachine } from '#local/interpreter/validate-machines.ts';
import { ask, invoke, machineOf } from './support/bench.ts';

function faultsOf(definition: JsonObject, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): string[] {
  return validateDefinition(JSON.stringify(definition), { type, hasServicePort: false }).map(
    ({ message, location }) => `${message} at ${location ?? 'nowhere'}`,
  );
}

const pass = (more: JsonObject = {}): JsonObject => ({ Type: 'Pass', End: true, ...more });

describe('validateDefinition', () => {
  it.each([
    ['InputPath', '$'],
    ['OutputPath', '$'],
    ['ResultPath', '$.x'],
    ['ResultSelector', {}],
    ['Parameters', {}],
    ['Result', 1],
    ['ItemsPath', '$'],
    ['SecondsPath', '$.s'],
    ['TimestampPath', '$.t'],
    ['TimeoutSecondsPath', '$.t'],
    ['ErrorPath', '$.e'],
    ['CausePath', '$.c'],
  ])('refuses JSONPath by name: %s', (field, value) => {
    for (const QueryLanguage of ['JSONata', 'JSONPath'])
      expect(
        faultsOf({ QueryLanguage, StartAt: 'A', States: { A: pass({ [field]: value }) } }),
      ).toContain(
        `Field '${field}' is JSONPath, which is not supported: set 'QueryLanguage' to 'JSONata' at /States/A`,
      );
  });

  it.each([
    {
      name: 'a misspelt field',
      states: { A: pass({ Outptu: 1 }) },
      fault: "Field 'Outptu' is not supported at /States/A",
    },
    {
      name: 'a field of another type',
      states: { A: { Type: 'Succeed', End: true } },
      fault: "Field 'End' is not supported at /States/A",
    },
    {
      name: 'a field of a retrier',
      states: { A: invoke('f', { Retry: [{ ErrorEquals: ['E'], Attempts: 1 }] }) },
      fault: "Field 'Attempts' is not supported at /States/A/Retry[0]",
    },
    {
      name: 'a field of a catcher',
      states: { A: invoke('f', { Catch: [{ ErrorEquals: ['E'], Next: 'A', Result: 1 }] }) },
      fault:
        "Field 'Result' is JSONPath, which is not supported: set 'QueryLanguage' to 'JSONata' at /States/A/Catch[0]",
    },
    {
      name: 'a field of a rule',
      states: {
        A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'B', Goto: 1 }] },
        B: pass(),
      },
      fault: "Field 'Goto' is not supported at /States/A/Choices[0]",
    },
    {
      name: 'an unknown type',
      states: { A: { Type: 'Loop' } },
      fault:
        "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type",
    },
    {
      name: 'no type',
      states: { A: { End: true } },
      fault: 'These fields are required: [Type] at /States/A',
    },
    {
      name: 'a target that is not there',
      states: { A: { Type: 'Pass', Next: 'B' } },
      fault: "Missing 'Next' target: B at /States/A/Next",
    },
    {
      name: 'a default that is not there',
      states: { A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'B' } },
      fault: "Missing 'Next' target: B at /States/A/Default",
    },
    {
      name: 'a catcher that leads nowhere',
      states: { A: invoke('f', { Catch: [{ ErrorEquals: ['E'], Next: 'B' }] }) },
      fault: "Missing 'Next' target: B at /States/A/Catch[0]/Next",
    },
    {
      name: 'neither Next nor End',
      states: { A: { Type: 'Pass' } },
      fault: "Exactly one of 'Next' or 'End' must be specified at /States/A",
    },
    {
      name: 'both Next and End',
      states: { A: pass({ Next: 'A' }) },
      fault: "Exactly one of 'Next' or 'End' must be specified at /States/A",
    },
    {
      name: 'a wait for nothing',
      states: { A: { Type: 'Wait', End: true } },
      fault: "Exactly one of 'Seconds' or 'Timestamp' must be specified at /States/A",
    },
    {
      name: 'half a second',
      states: { A: { Type: 'Wait', Seconds: 0.5, End: true } },
      fault: 'Value must be a non-negative integer at /States/A/Seconds',
    },
    {
      name: 'a date without a time',
      states: { A: { Type: 'Wait', Timestamp: '2026-01-01', End: true } },
      fault: 'String does not match RFC3339 timestamp at /States/A/Timestamp',
    },
    {
      name: 'a timeout of nothing',
      states: { A: invoke('f', { TimeoutSeconds: 0 }) },
      fault: 'Value must be a positive integer at /States/A/TimeoutSeconds',
    },
    {
      name: 'an unknown service',
      states: { A: invoke('f', { Resource: 'arn:aws:states:::dynamodb:query' }) },
      fault:
        'The resource provided arn:aws:states:::dynamodb:query is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/A/Resource',
    },
    {
      name: 'a service nobody emulates',
      states: { A: invoke('f', { Resource: 'arn:aws:states:::sqs:sendMessage' }) },
      fault:
        'The resource provided arn:aws:states:::sqs:sendMessage is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/A/Resource',
    },
    {
      name: 'no function',
      states: { A: invoke('f', { Arguments: {} }) },
      fault: "The field 'FunctionName' is required but was missing at /States/A/Arguments",
    },
    {
      name: 'no branches',
      states: { A: { Type: 'Parallel', Branches: [], End: true } },
      fault: 'Value cannot be empty at /States/A/Branches',
    },
    {
      name: 'no rules',
      states: { A: { Type: 'Choice', Choices: [] } },
      fault: 'Value cannot be empty at /States/A/Choices',
    },
    {
      name: 'a broken expression',
      states: { A: pass({ Output: '{% $f( %}' }) },
      fault: expect.stringContaining("The JSONata expression '$f(' is not valid") as string,
    },
    {
      name: '$eval',
      states: { A: pass({ Output: "{% $eval('1') %}" }) },
      fault: "The JSONata function '$eval' is not supported at /States/A/Output",
    },
    {
      name: 'States.ALL among others',
      states: { A: invoke('f', { Retry: [{ ErrorEquals: ['E', 'States.ALL'] }] }) },
      fault:
        "'States.ALL' must appear alone, in the last handler at /States/A/Retry[0]/ErrorEquals",
    },
    {
      name: 'a fault inside a branch',
      states: {
        A: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'B', States: { B: pass({ X: 1 }) } }],
          End: true,
        },
      },
      fault: "Field 'X' is not supported at /States/A/Branches[0]/States/B",
    },
    {
      name: 'a fault inside a processor',
      states: {
        A: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'B', States: { B: pass({ X: 1 }) } },
          End: true,
        },
      },
      fault: "Field 'X' is not supported at /States/A/ItemProcessor/States/B",
    },
    {
      name: 'a reader of an inline Map',
      states: {
        A: {
          Type: 'Map',
          ItemReader: {},
          ItemProcessor: { StartAt: 'B', States: { B: pass() } },
          End: true,
        },
      },
      fault: "Field 'ItemReader' is only supported when Mode is 'DISTRIBUTED' at /States/A",
    },
    {
      name: 'a JSONPath state in a JSONata machine',
      states: { A: pass({ QueryLanguage: 'JSONPath' }) },
      fault:
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A",
    },
  ])('refuses $name', ({ states, fault }) => {
    expect(faultsOf(machineOf(states))).toContainEqual(fault);
  });

  it.each([
    {
      name: 'a JSONPath condition',
      state: { Type: 'Choice', Choices: [{ Variable: '$.x', IsNull: true, Next: 'A' }] },
    },
    { name: 'a JSONPath reference', state: pass({ Assign: { 'x.$': '$.x' } }) },
  ])('refuses $name', ({ state }) => {
    expect(faultsOf({ StartAt: 'A', States: { A: state } }).join()).toContain(
      'is JSONPath, which is not supported',
    );
  });

  it.each([
    { pattern: 'arn:aws:states:::lambda:invoke.waitForTaskToken', text: '.waitForTaskToken' },
    { pattern: 'arn:aws:states:::states:startExecution.sync', text: '.sync' },
    { pattern: 'arn:aws:states:::states:startExecution.sync:2', text: '.sync' },
  ])('refuses $pattern in an EXPRESS machine', ({ pattern, text }) => {
    expect(faultsOf(machineOf({ A: ask('f', { Resource: pattern }) }), 'EXPRESS')).toEqual([
      `Express state machine does not support '${text}' service integration at /States/A/Resource`,
    ]);
  });

  it('takes a machine neutral of language', () => {
    expect(
      faultsOf({
        StartAt: 'A',
        States: { A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: { Type: 'Succeed' } },
      }),
    ).toEqual([]);
  });
});

describe('lintMachine', () => {
  const good = machineOf(
    {
      A: invoke('f', {
        TimeoutSeconds: 30,
        Retry: [
          { ErrorEquals: ['Unavailable', 'States.Timeout', 'Lambda.TooManyRequestsException'] },
        ],
        Output: "{% 'a' & $states.result.Payload.b %}",
      }),
    },
    { Comment: 'Does something for somebody.', TimeoutSeconds: 60 },
  );

  it('has nothing to say about a machine as the house wants it', () => {
    expect(lintMachine(good, ['Unavailable'])).toEqual([]);
  });

  it.each([
    { name: 'no comment', change: { Comment: '' }, fault: 'Comment' },
    { name: 'no timeout', change: { TimeoutSeconds: null }, fault: 'TimeoutSeconds' },
    { name: 'another language', change: { QueryLanguage: 'JSONPath' }, fault: 'QueryLanguage' },
    {
      name: 'a Task without a timeout',
      change: { States: { A: invoke('f') } },
      fault: 'A: a Task needs TimeoutSeconds',
    },
    {
      name: 'a Choice without a Default',
      change: { States: { A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }] } } },
      fault: 'A: a Choice needs a Default',
    },
    {
      name: 'a Retry on everything',
      change: {
        States: { A: invoke('f', { TimeoutSeconds: 1, Retry: [{ ErrorEquals: ['States.ALL'] }] }) },
      },
      fault: 'Retry on States.ALL',
    },
    {
      name: 'an error nobody throws',
      change: {
        States: {
          A: invoke('f', {
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ['Unavailble'], Next: 'A' }],
          }),
        },
      },
      fault: "nobody throws 'Unavailble'",
    },
    {
      name: 'a sum',
      change: { States: { A: pass({ Output: '{% $sum($states.input.amounts) %}' }) } },
      fault: 'arithmetic',
    },
    {
      name: 'a product',
      change: { States: { A: pass({ Output: { x: '{% $states.input.fen * 2 %}' } }) } },
      fault: 'arithmetic',
    },
    {
      name: 'a sum inside a branch',
      change: {
        States: {
          P: {
            Type: 'Parallel',
            Branches: [{ StartAt: 'A', States: { A: pass({ Output: '{% 1 + 1 %}' }) } }],
            End: true,
          },
        },
      },
      fault: 'arithmetic',
    },
  ])('minds $name', ({ change, fault }) => {
    expect(lintMachine({ ...good, ...change }, ['Unavailable']).join('\n')).toContain(fault);
  });

  it('reads tokens of the template as what they will be', () => {
    const text = JSON.stringify(
      machineOf(
        { A: invoke('${WorkFunctionArn}', { TimeoutSeconds: 1 }) },
        { Comment: 'Does something.', TimeoutSeconds: 9 },
      ),
    );
    expect(faultsOfMachine(text, [])).toEqual([]);
  });
});
