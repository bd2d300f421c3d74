import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handler as getExecution } from '#functions/operator-api/get-execution.ts';
import { handler as getHistory } from '#functions/operator-api/get-execution-history.ts';
import { handler as listExecutions } from '#functions/operator-api/list-executions.ts';
import { handler as redriveExecution } from '#functions/operator-api/redrive-execution.ts';
import { handler as stopExecution } from '#functions/operator-api/stop-execution.ts';
import { send, startApiWorld, type ApiHandler, type ApiWorld } from '#test/support/api-world.ts';

const supervisor = { operatorId: 'operator-s', roles: 'Supervisor' };
const administrator = { operatorId: 'operator-y', roles: 'Administrator' };
const arnPrefix = 'arn:aws:states:us-east-1:000000000000';
const executionId = 'originate-loan:app_00000000000000000000000001';
const executionArn = `${arnPrefix}:execution:${executionId}`;
const startedAt = 1_795_000_000;

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});
beforeEach(() => {
  world.stubs.calls.length = 0;
});

/** Lets Step Functions answer one operation. */
function answers(operation: string, body: unknown, status = 200): void {
  world.stubs.answers.set(`AWSStepFunctions.${operation}`, () => ({ status, body }));
}
const refuses = (operation: string, name: string) => {
  answers(operation, { __type: name, message: 'inner words of Step Functions' }, 400);
};
const asked = (operation: string) => world.stubs.callsOf(`AWSStepFunctions.${operation}`);
const on = (id: string) => ({ parameters: { executionId: id } });

describe('listExecutions', () => {
  it('names executions by machine and name, and passes the filter and the page on', async () => {
    answers('ListExecutions', {
      executions: [
        {
          executionArn,
          stateMachineArn: `${arnPrefix}:stateMachine:originate-loan`,
          name: 'app_1',
          status: 'FAILED',
          startDate: startedAt,
        },
      ],
      nextToken: 'next-page',
    });
    const answer = await send(listExecutions, {
      as: supervisor,
      query: { status: 'FAILED', limit: '7', cursor: 'this-page' },
    });
    expect(answer.body).toMatchObject({
      items: [{ executionId, status: 'FAILED', startedAt: '2026-11-18T11:06:40.000Z' }],
      nextCursor: 'next-page',
    });
    expect(asked('ListExecutions')).toEqual([
      {
        stateMachineArn: `${arnPrefix}:stateMachine:originate-loan`,
        statusFilter: 'FAILED',
        maxResults: 7,
        nextToken: 'this-page',
      },
    ]);
  });

  it.each([{ machine: 'not-ours' }, { status: 'failed' }, { limit: '201' }, { name: 'x' }])(
    'refuses the query %o and asks nobody',
    async (query) => {
      const answer = await send(listExecutions, { as: supervisor, query: { ...query } });
      expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
      expect(asked('ListExecutions')).toEqual([]);
    },
  );
});

describe.each<[string, ApiHandler, string, string | undefined]>([
  ['listExecutions', listExecutions, 'ListExecutions', undefined],
  ['getExecutionHistory', getHistory, 'GetExecutionHistory', executionId],
])('%s', (...row) => {
  const [, handler, operation, id] = row;

  it('answers a cursor that is none of its own as invalid input', async () => {
    refuses(operation, 'InvalidToken');
    const answer = await send(handler, {
      as: supervisor,
      query: { cursor: 'made-up' },
      ...(id === undefined ? {} : on(id)),
    });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
    expect(answer.text).not.toContain('inner words');
  });
});

const byId: [string, ApiHandler, string, Record<string, string>, object][] = [
  ['getExecution', getExecution, 'DescribeExecution', supervisor, {}],
  ['getExecutionHistory', getHistory, 'GetExecutionHistory', supervisor, {}],
  ['redriveExecution', redriveExecution, 'RedriveExecution', administrator, {}],
  ['stopExecution', stopExecution, 'StopExecution', administrator, { body: { reason: 'stuck' } }],
];

describe.each(byId)('%s', (...row) => {
  const [, handler, operation, caller, request] = row;

  it.each([
    'not-ours:app_1',
    'originate-loan',
    'originate-loan:',
    'originate-loan:app_1:more',
    executionArn,
    'originate-loan:../../x',
    'constructor:app_1',
  ])('does not know %s, and asks nobody', async (id) => {
    const answer = await send(handler, { as: caller, ...on(id), ...request });
    expect([answer.status, answer.body['code']]).toEqual([404, 'NotFound']);
    expect(asked(operation)).toEqual([]);
  });

  it('answers an execution that does not exist as not found, in no words but ours', async () => {
    refuses(operation, 'ExecutionDoesNotExist');
    const answer = await send(handler, { as: caller, ...on(executionId), ...request });
    expect([answer.status, answer.body['code']]).toEqual([404, 'NotFound']);
    expect(answer.text).not.toContain('inner words');
  });

  it('is not for reviewers', async () => {
    const as = { operatorId: 'operator-a', roles: 'Reviewer,CreditAnalyst,Approver' };
    const answer = await send(handler, { as, ...on(executionId), ...request });
    expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
    expect(asked(operation)).toEqual([]);
  });
});

describe('getExecution', () => {
  it('shows where it stands and what it was given', async () => {
    answers('DescribeExecution', {
      executionArn,
      stateMachineArn: `${arnPrefix}:stateMachine:originate-loan`,
      status: 'FAILED',
      startDate: startedAt,
      input: '{"applicationId":"app_1"}',
      error: 'Unavailable',
      cause: 'the bureau is down',
      redriveCount: 1,
    });
    const answer = await send(getExecution, { as: supervisor, ...on(executionId) });
    expect(answer.body).toMatchObject({
      executionId,
      machine: 'originate-loan',
      status: 'FAILED',
      input: { applicationId: 'app_1' },
      error: 'Unavailable',
      redriveCount: 1,
    });
    expect(asked('DescribeExecution')).toEqual([{ executionArn }]);
  });
});

describe('getExecutionHistory', () => {
  const token = 'AAAAKgAAAAIAAAAA-a-token';
  const input = { applicationId: 'app_1', taskToken: token };

  it.each<[string, string]>([
    ['in the payload of a task', JSON.stringify({ Payload: input })],
    ['in a payload that is text itself', JSON.stringify({ Payload: JSON.stringify(input) })],
    ['in text inside of text', JSON.stringify({ a: JSON.stringify({ b: JSON.stringify(input) }) })],
    ['with blanks', `{ "taskToken" : "${token}" }`],
  ])('never shows a token %s', async (_, parameters) => {
    answers('GetExecutionHistory', {
      events: [
        {
          id: 5,
          previousEventId: 4,
          type: 'TaskScheduled',
          timestamp: startedAt,
          taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke', parameters },
        },
      ],
    });
    const answer = await send(getHistory, { as: supervisor, ...on(executionId) });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(token);
    expect(answer.body['items']).toEqual([
      expect.objectContaining({ id: 5, previousEventId: 4, type: 'TaskScheduled' }),
    ]);
  });

  it('shows the newest first when asked to', async () => {
    answers('GetExecutionHistory', { events: [] });
    const query = { newestFirst: 'true', limit: '3' };
    await send(getHistory, { as: supervisor, ...on(executionId), query });
    expect(asked('GetExecutionHistory')).toEqual([
      expect.objectContaining({ executionArn, reverseOrder: true, maxResults: 3 }),
    ]);
  });
});

describe('redriveExecution', () => {
  it('is done once for one key, and by Step Functions too', async () => {
    answers('RedriveExecution', { redriveDate: startedAt });
    const request = { as: administrator, ...on(executionId), key: 'redrive-once' };
    const first = await send(redriveExecution, request);
    const again = await send(redriveExecution, request);
    expect([first.status, again.text]).toEqual([202, first.text]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(asked('RedriveExecution')).toEqual([
      { executionArn, clientToken: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    ]);
    const elsewhere = on('originate-loan:app_00000000000000000000000002');
    const other = await send(redriveExecution, { ...request, ...elsewhere });
    expect([other.status, other.body['code']]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it('refuses what did not fail', async () => {
    refuses('RedriveExecution', 'ExecutionNotRedrivable');
    const answer = await send(redriveExecution, { as: administrator, ...on(executionId) });
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
    expect(answer.text).not.toContain('inner words');
  });

  it.each([
    ['redriven', redriveExecution, {}],
    ['stopped', stopExecution, { body: { reason: 'stuck' } }],
  ] as [string, ApiHandler, object][])(
    'is for administrators: not %s by others',
    async (...row) => {
      const [, handler, request] = row;
      const answer = await send(handler, { as: supervisor, ...on(executionId), ...request });
      expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
    },
  );
});

describe('stopExecution', () => {
  it('says who stopped it and why', async () => {
    answers('StopExecution', { stopDate: startedAt });
    const body = { reason: 'stuck since noon' };
    const answer = await send(stopExecution, { as: administrator, ...on(executionId), body });
    expect([answer.status, answer.body['stoppedAt']]).toEqual([200, '2026-11-18T11:06:40.000Z']);
    expect(asked('StopExecution')).toEqual([
      { executionArn, error: 'StoppedByOperator', cause: 'operator-y: stuck since noon' },
    ]);
  });

  it.each([{}, { reason: '' }, { reason: 'x'.repeat(501) }, { reason: 'x', force: true }])(
    'refuses the body %o',
    async (body) => {
      const answer = await send(stopExecution, { as: administrator, ...on(executionId), body });
      expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
    },
  );
});
