import { createServer, type Server } from 'node:http';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  paginateListStateMachines,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
  TestStateCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStepFunctionsProtocol } from '#local/interpreter/step-functions-protocol.ts';
import {
  ask,
  benchWith,
  failWith,
  invoke,
  machineOf,
  settle,
  type Bench,
} from './support/bench.ts';

let bench: Bench;
let server: Server;
let client: SFNClient;
let isUp: boolean;
const tokens: string[] = [];
const roleArn = 'arn:aws:iam::000000000000:role/machine';

beforeEach(async () => {
  isUp = false;
  tokens.length = 0;
  bench = await benchWith({
    keep: ({ token }: { token: string }) => void tokens.push(token),
    echo: (payload) => payload,
    flaky: () => (isUp ? 'up' : failWith('Unavailable')),
  });
  const protocol = createStepFunctionsProtocol(bench.engine);
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = String(request.headers['x-amz-target']);
      void protocol(target, JSON.parse(Buffer.concat(chunks).toString())).then(
        ({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
          response.end(JSON.stringify(body));
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  client = new SFNClient({
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    // The SDK would call sync-127.0.0.1 for StartSyncExecution and TestState.
    disableHostPrefix: true,
  });
});

afterEach(() => {
  client.destroy();
  server.close();
  bench.engine.stop();
});

async function create(
  definition: unknown,
  type: 'STANDARD' | 'EXPRESS' = 'STANDARD',
): Promise<string> {
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn,
      type,
    }),
  );
  return stateMachineArn ?? '';
}

async function start(stateMachineArn: string, input: unknown = {}, name?: string): Promise<string> {
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
  );
  await settle();
  return executionArn ?? '';
}

describe('the Step Functions API, through the SDK', () => {
  it('creates, describes, lists, updates and deletes a machine', async () => {
    const definition = machineOf({ A: { Type: 'Succeed' } });
    const stateMachineArn = await create(definition);
    expect(stateMachineArn).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:machine');
    expect(await create(definition)).toBe(stateMachineArn);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({
      name: 'machine',
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn,
    });
    expect(JSON.parse(described.definition ?? '')).toEqual(definition);
    expect(described.creationDate).toBeInstanceOf(Date);
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['machine']);
    const executionArn = await start(stateMachineArn);
    const updated = JSON.stringify(machineOf({ B: { Type: 'Fail' } }));
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: updated }));
    const forExecution = await client.send(
      new DescribeStateMachineForExecutionCommand({ executionArn }),
    );
    expect(JSON.parse(forExecution.definition ?? '')).toEqual(definition);
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await expect(
      client.send(new DescribeStateMachineCommand({ stateMachineArn })),
    ).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${stateMachineArn}'`,
    });
  });

  it('starts, describes and lists executions and pages through history both ways', async () => {
    const stateMachineArn = await create(machineOf({ A: invoke('echo') }));
    const executionArn = await start(stateMachineArn, { a: 1 }, 'first');
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'SUCCEEDED',
      name: 'first',
      input: '{"a":1}',
      output: '{"a":1}',
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
    });
    await start(stateMachineArn, {}, 'second');
    const page = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }));
    expect(page.executions?.map(({ name }) => name)).toEqual(['second']);
    const next = await client.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: 1, nextToken: page.nextToken }),
    );
    expect(next.executions?.map(({ name }) => name)).toEqual(['first']);
    const running = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
    );
    expect(running.executions).toEqual([]);
    const ids: number[] = [];
    for await (const { events = [] } of paginateGetExecutionHistory(
      { client, pageSize: 3 },
      { executionArn },
    ))
      ids.push(...events.map(({ id = 0 }) => id));
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const { events } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
    );
    expect(events?.[0]).toMatchObject({
      type: 'ExecutionSucceeded',
      id: 7,
      previousEventId: 6,
      executionSucceededEventDetails: { output: '{"a":1}', outputDetails: { truncated: false } },
    });
  });

  it('shows the details of every event of a task', async () => {
    const executionArn = await start(
      await create(
        machineOf({
          A: invoke('echo', { TimeoutSeconds: 9, Assign: { seen: '{% $states.input.a %}' } }),
        }),
      ),
      { a: 1 },
    );
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.[1]?.stateEnteredEventDetails).toMatchObject({ name: 'A', input: '{"a":1}' });
    expect(events?.[2]?.taskScheduledEventDetails).toMatchObject({
      resource: 'invoke',
      resourceType: 'lambda',
      region: 'us-east-1',
      timeoutInSeconds: 9,
      parameters: '{"FunctionName":"echo","Payload":{"a":1}}',
    });
    expect(events?.[4]?.taskSucceededEventDetails?.output).toContain('"StatusCode":200');
    expect(events?.[5]?.stateExitedEventDetails).toMatchObject({
      output: '{"a":1}',
      assignedVariables: { seen: '1' },
    });
  });

  it('describes an execution that waits for a token, then takes heartbeat and answer', async () => {
    const executionArn = await start(
      await create(machineOf({ A: ask('keep', { HeartbeatSeconds: 60 }) })),
    );
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'RUNNING',
    });
    const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.at(-1)?.type).toBe('TaskSubmitted');
    const [taskToken] = tokens;
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await expect(
      client.send(new SendTaskSuccessCommand({ taskToken, output: 'no json' })),
    ).rejects.toMatchObject({
      name: 'InvalidOutput',
    });
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"b":2}' }));
    await settle();
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"b":2}',
    });
    await expect(client.send(new SendTaskFailureCommand({ taskToken }))).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  });

  it('stops and redrives', async () => {
    const stateMachineArn = await create(
      machineOf({ A: ask('keep', { Next: 'B' }), B: invoke('flaky') }),
    );
    const executionArn = await start(stateMachineArn);
    await client.send(
      new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by hand' }),
    );
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'ABORTED',
      error: 'Stopped',
      cause: 'by hand',
      redriveStatus: 'REDRIVABLE',
    });
    await client.send(new RedriveExecutionCommand({ executionArn }));
    await settle();
    await client.send(new SendTaskSuccessCommand({ taskToken: tokens[1], output: '1' }));
    await settle();
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'FAILED',
    });
    isUp = true;
    const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
    expect(redriveDate).toBeInstanceOf(Date);
    await settle();
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'SUCCEEDED',
      redriveCount: 2,
    });
  });

  it('runs an EXPRESS machine to its answer', async () => {
    const stateMachineArn = await create(machineOf({ A: invoke('echo') }), 'EXPRESS');
    expect(
      await client.send(new StartSyncExecutionCommand({ stateMachineArn, input: '{"a":1}' })),
    ).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}' });
  });

  it('gives a worker the task of its activity', async () => {
    const { activityArn } = await client.send(new CreateActivityCommand({ name: 'work' }));
    const executionArn = await start(
      await create(machineOf({ A: { Type: 'Task', Resource: activityArn ?? '', End: true } })),
      { a: 1 },
    );
    const task = await client.send(new GetActivityTaskCommand({ activityArn, workerName: 'me' }));
    expect(task.input).toBe('{"a":1}');
    await client.send(new SendTaskSuccessCommand({ taskToken: task.taskToken, output: '"done"' }));
    await settle();
    expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      output: '"done"',
    });
  });

  it('tests one state with a mock', async () => {
    expect(
      await client.send(
        new TestStateCommand({
          definition: JSON.stringify(
            invoke('echo', { QueryLanguage: 'JSONata', Retry: [{ ErrorEquals: ['Unavailable'] }] }),
          ),
          input: '{"a":1}',
          mock: { errorOutput: { error: 'Unavailable', cause: 'down' } },
          inspectionLevel: 'DEBUG',
        }),
      ),
    ).toMatchObject({
      status: 'RETRIABLE',
      error: 'Unavailable',
      inspectionData: {
        input: '{"a":1}',
        errorDetails: { retryIndex: 0, retryBackoffIntervalSeconds: 1 },
      },
    });
  });

  it('tests one state for real', async () => {
    expect(
      await client.send(
        new TestStateCommand({
          definition: JSON.stringify(invoke('echo', { QueryLanguage: 'JSONata' })),
          input: '{"a":1}',
          roleArn,
        }),
      ),
    ).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}' });
  });

  it('validates without creating', async () => {
    expect(
      await client.send(new ValidateStateMachineDefinitionCommand({ definition: '{}' })),
    ).toMatchObject({
      result: 'FAIL',
      diagnostics: [{ code: 'SCHEMA_VALIDATION_FAILED', location: '/' }],
    });
  });

  it.each([
    {
      name: 'an unknown machine',
      command: () =>
        new StartExecutionCommand({
          stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:none',
        }),
      error: 'StateMachineDoesNotExist',
    },
    {
      name: 'an unknown execution',
      command: () =>
        new DescribeExecutionCommand({
          executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:none',
        }),
      error: 'ExecutionDoesNotExist',
    },
    {
      name: 'the history of an unknown execution',
      command: () =>
        new GetExecutionHistoryCommand({
          executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:none',
        }),
      error: 'ExecutionDoesNotExist',
    },
    {
      name: 'a stop of an unknown execution',
      command: () =>
        new StopExecutionCommand({
          executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:none',
        }),
      error: 'ExecutionDoesNotExist',
    },
    {
      name: 'a redrive of an unknown execution',
      command: () =>
        new RedriveExecutionCommand({
          executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:none',
        }),
      error: 'ExecutionDoesNotExist',
    },
    {
      name: 'what is no ARN',
      command: () => new DescribeExecutionCommand({ executionArn: 'arn:x' }),
      error: 'InvalidArn',
    },
    {
      name: 'a page that nobody gave out',
      command: () => new ListStateMachinesCommand({ nextToken: 'garbage' }),
      error: 'InvalidToken',
    },
    {
      name: 'a page of a place that is none',
      command: () =>
        new ListStateMachinesCommand({
          nextToken: Buffer.from('["x"]').toString('base64url'),
        }),
      error: 'InvalidToken',
    },
    {
      name: 'a foreign token',
      command: () => new SendTaskSuccessCommand({ taskToken: 'abc', output: '1' }),
      error: 'InvalidToken',
    },
    {
      name: 'a definition that is no JSON',
      command: () => new CreateStateMachineCommand({ name: 'm', definition: '{', roleArn }),
      error: 'InvalidDefinition',
    },
    {
      name: 'a name that is no name',
      command: () =>
        new StartExecutionCommand({
          stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
          name: 'a b',
        }),
      error: 'ValidationException',
    },
    {
      name: 'a page that is too large',
      command: () =>
        new ListExecutionsCommand({
          stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
          maxResults: 5000,
        }),
      error: 'ValidationException',
    },
  ])('refuses $name with $error', async ({ command, error }) => {
    await expect(client.send(command() as StartExecutionCommand)).rejects.toMatchObject({
      name: error,
    });
  });

  it('lists machines page by page', async () => {
    for (const name of ['a', 'b', 'c'])
      await client.send(
        new CreateStateMachineCommand({
          name,
          roleArn,
          definition: JSON.stringify(machineOf({ A: { Type: 'Succeed' } })),
        }),
      );
    const names: unknown[] = [];
    for await (const page of paginateListStateMachines({ client, pageSize: 2 }, {}))
      names.push(page.stateMachines?.map(({ name }) => name));
    expect(names).toEqual([['a', 'b'], ['c']]);
  });

  it('leaves out of a history what is not asked for', async () => {
    const executionArn = await start(
      await create(machineOf({ A: { Type: 'Pass', Assign: { a: 1 }, Output: 2, End: true } })),
    );
    const { events } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }),
    );
    const exited = events?.find(({ type }) => type === 'PassStateExited');
    expect(exited?.stateExitedEventDetails?.name).toBe('A');
    expect(JSON.stringify(events)).not.toMatch(/"(input|output|assignedVariables)":/);
  });

  it('lists executions by whether they were redriven', async () => {
    const stateMachineArn = await create(machineOf({ A: invoke('flaky') }));
    const failed = await start(stateMachineArn, {}, 'failed');
    await start(stateMachineArn, {}, 'left');
    isUp = true;
    await client.send(new RedriveExecutionCommand({ executionArn: failed }));
    const named = async (redriveFilter: 'REDRIVEN' | 'NOT_REDRIVEN'): Promise<unknown> =>
      (
        await client.send(new ListExecutionsCommand({ stateMachineArn, redriveFilter }))
      ).executions?.map(({ name }) => name);
    expect(await named('REDRIVEN')).toEqual(['failed']);
    expect(await named('NOT_REDRIVEN')).toEqual(['left']);
  });

  it('refuses input that is no JSON and a name that is taken', async () => {
    const stateMachineArn = await create(machineOf({ A: { Type: 'Succeed' } }));
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn, input: '{' })),
    ).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await start(stateMachineArn, {}, 'one');
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{"b":1}' })),
    ).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuses input larger than a payload may be', async () => {
    const stateMachineArn = await create(machineOf({ A: { Type: 'Succeed' } }));
    await expect(
      client.send(
        new StartExecutionCommand({ stateMachineArn, input: JSON.stringify('x'.repeat(262_143)) }),
      ),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
