import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ExecutionAlreadyExists,
  ListStateMachinesCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, it, vi } from 'vitest';
import { routeCommands } from '#local/hosting/sdk-commands.ts';
import { routeSdkRequests } from '#local/hosting/sdk-transport.ts';

const PORT = 4119;
const config = {
  endpoint: `http://127.0.0.1:${PORT}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
};
const workflows = new SFNClient(config);
const start = new StartExecutionCommand({ stateMachineArn: 'arn:machine', input: '{}' });

it('answers what workflows live on as the SDK would', async () => {
  const seen: unknown[] = [];
  const stop = routeCommands(PORT, (target, body) => {
    seen.push([target, body]);
    const answers: Record<string, object> = {
      'AWSStepFunctions.StartExecution': { executionArn: 'arn:one', startDate: 1.5 },
      'AWSEvents.PutEvents': { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] },
    };
    return Promise.resolve({ status: 200, body: { ...answers[target] } });
  });
  try {
    expect(await workflows.send(start)).toMatchObject({
      executionArn: 'arn:one',
      startDate: new Date(1500),
    });
    await workflows.send(new SendTaskSuccessCommand({ taskToken: 't', output: '1' }));
    const Entries = [{ Source: 's', DetailType: 'd', Detail: '{}', Time: new Date(0) }];
    expect(
      await new EventBridgeClient(config).send(new PutEventsCommand({ Entries })),
    ).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    expect(seen).toMatchObject([
      ['AWSStepFunctions.StartExecution', { stateMachineArn: 'arn:machine', input: '{}' }],
      ['AWSStepFunctions.SendTaskSuccess', { taskToken: 't', output: '1' }],
      ['AWSEvents.PutEvents', { Entries: [{ Time: '1970-01-01T00:00:00.000Z' }] }],
    ]);
  } finally {
    stop();
  }
});

it('throws the SDK’s own exceptions', async () => {
  const stop = routeCommands(PORT, () =>
    Promise.resolve({
      status: 400,
      body: { __type: 'ExecutionAlreadyExists', message: 'it is there' },
    }),
  );
  try {
    const failure: unknown = await workflows.send(start).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExecutionAlreadyExists);
    expect(failure).toMatchObject({ name: 'ExecutionAlreadyExists', message: 'it is there' });
  } finally {
    stop();
  }
});

it('leaves everything else, and every other address, to the SDK', async () => {
  const direct = vi.fn(() => Promise.resolve({ status: 200, body: {} }));
  const overHttp = vi.fn(() =>
    Promise.resolve({ status: 200, headers: {}, body: '{"stateMachines":[]}' }),
  );
  const stops = [routeCommands(PORT, direct), routeSdkRequests(PORT, overHttp)];
  try {
    expect(await workflows.send(new ListStateMachinesCommand({}))).toMatchObject({
      stateMachines: [],
    });
    const elsewhere = new SFNClient({ ...config, endpoint: 'http://127.0.0.1:9' });
    await expect(elsewhere.send(start)).rejects.toThrow();
    expect(direct).not.toHaveBeenCalled();
    expect(overHttp).toHaveBeenCalledTimes(1);
  } finally {
    for (const stop of stops) stop();
  }
});

it('hands a request’s body on without the SDK taking it for text', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const bodies: string[] = [];
  const stop = routeSdkRequests(PORT, ({ body }) => {
    bodies.push(body.toString('utf8'));
    return Promise.resolve({ status: 200, headers: {}, body: '{}' });
  });
  try {
    const client = new DynamoDBClient(config);
    await client.send(new PutItemCommand({ TableName: 'T', Item: { id: { S: '测试' } } }));
    expect(JSON.parse(bodies[0] ?? '')).toEqual({ TableName: 'T', Item: { id: { S: '测试' } } });
    expect(warn).not.toHaveBeenCalled();
  } finally {
    warn.mockRestore();
    stop();
  }
});
