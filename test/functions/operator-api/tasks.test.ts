import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applicationIdOf } from '#domain/shared/ids.ts';
import type { TaskOpening } from '#domain/tasks/open-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { handler as claimTask } from '#functions/operator-api/claim-task.ts';
import { handler as decideTask } from '#functions/operator-api/decide-task.ts';
import { handler as getTask } from '#functions/operator-api/get-task.ts';
import { handler as listTasks } from '#functions/operator-api/list-tasks.ts';
import { handler as releaseTask } from '#functions/operator-api/release-task.ts';
import { handler as answerWorkflow } from '#functions/tasks/answer-workflow.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { send, startApiWorld, type ApiHandler, type ApiWorld } from '#test/support/api-world.ts';
import { invoke } from '#test/support/invoke.ts';
import { aTask } from '../../domain/builders.ts';

const as = (operatorId: string, roles: string) => ({ operatorId, roles });
const reviewer = as('operator-a', 'Reviewer');
const otherReviewer = as('operator-b', 'Reviewer');
const analyst = as('operator-c', 'CreditAnalyst');
const approverOne = as('operator-d', 'Approver');
const approverTwo = as('operator-e', 'Approver');
const supervisor = as('operator-s', 'Supervisor');
const auditor = as('operator-z', 'Auditor');
const administrator = as('operator-y', 'Administrator');

let world: ApiWorld;
let tasks: DynamoTasks;

beforeAll(async () => {
  world = await startApiWorld();
  tasks = new DynamoTasks(world.documents, 'Tasks');
});
afterAll(async () => {
  await world.stop();
});
beforeEach(() => {
  world.stubs.calls.length = 0;
  world.stubs.answers.delete('AWSStepFunctions.SendTaskSuccess');
});

let number = 0;

async function opened(overrides: Partial<TaskOpening> = {}): Promise<Task> {
  number += 1;
  const task = aTask({
    applicationId: applicationIdOf('demo-partner', `tasks-${number}`),
    taskToken: `token-${number}`,
    ...overrides,
  });
  await tasks.create(task);
  return task;
}

const on = ({ taskId }: Task) => ({ parameters: { taskId } });
const answering = ({ contentHash }: Task, outcome: string, more: object = {}) => ({
  body: { outcome, contentHash, ...more },
});
const askedFor = { documentsRequested: ['IncomeProof'] };
const successes = () => world.stubs.callsOf('AWSStepFunctions.SendTaskSuccess');

describe('listTasks', () => {
  it('shows each role its own queues, and never a token', async () => {
    const review = await opened();
    const credit = await opened({ kind: 'CheckCreditManually' });
    const payout = await opened({ kind: 'ResolvePayout' });
    const wait = await opened({ kind: 'AwaitSignature' });
    const all = [review, credit, payout, wait].map(({ taskId }) => taskId);
    const seenBy = async (caller: Record<string, string>) => {
      const answer = await send(listTasks, { as: caller, query: { limit: '100' } });
      expect(answer.text).not.toMatch(/token/i);
      const ids = (answer.body['items'] as Task[]).map(({ taskId }) => taskId);
      return all.map((taskId) => ids.includes(taskId));
    };
    expect(await seenBy(reviewer)).toEqual([true, false, false, false]);
    expect(await seenBy(analyst)).toEqual([false, true, false, false]);
    expect(await seenBy(as('operator-m', 'Reviewer,CreditAnalyst'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await seenBy(supervisor)).toEqual([true, true, true, false]);
    expect(await seenBy(auditor)).toEqual([true, true, true, false]);
  });

  it('puts the most urgent first across queues', async () => {
    const answer = await send(listTasks, { as: supervisor, query: { limit: '100' } });
    const due = (answer.body['items'] as Task[]).map(({ dueAt }) => dueAt);
    expect(due.length).toBeGreaterThan(2);
    expect(due).toEqual(due.toSorted());
  });

  it.each([
    ['a queue of somebody else', { queue: 'PayoutReview' }, 403, 'Forbidden'],
    ['a queue that does not exist', { queue: 'Nope' }, 400, 'InvalidInput'],
    ['a page of nothing', { limit: '0' }, 400, 'InvalidInput'],
    ['a page of everything', { limit: '101' }, 400, 'InvalidInput'],
    ['a time that is none', { dueBefore: 'tomorrow' }, 400, 'InvalidInput'],
    ['an unknown filter', { applicationId: 'app_1' }, 400, 'InvalidInput'],
  ])('refuses %s', async (...row) => {
    const [, query, status, code] = row;
    const answer = await send(listTasks, { as: reviewer, query: { ...query } });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it('is not for administrators: they run the machines and decide nothing', async () => {
    const answer = await send(listTasks, { as: administrator });
    expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
  });
});

describe('getTask', () => {
  it('shows what is to be decided, what may be answered and the hash of it, but no token', async () => {
    const task = await opened();
    const answer = await send(getTask, { as: reviewer, ...on(task) });
    expect(answer.body).toMatchObject({
      taskId: task.taskId,
      contentHash: task.contentHash,
      content: { amountFen: 30_000_00 },
      outcomes: ['Approve', 'Reject', 'RequestMore'],
    });
    expect(answer.text).not.toContain(task.taskToken);
    for (const inner of ['taskToken', 'applied', 'auditHash'])
      expect(answer.body).not.toHaveProperty(inner);
  });

  it('answers a task of a queue one may not work exactly as one that does not exist', async () => {
    const task = await opened();
    const foreign = await send(getTask, { as: analyst, ...on(task) });
    const unknown = await send(getTask, {
      as: analyst,
      parameters: { taskId: 'task_00000000000000000000000000' },
    });
    expect(foreign.status).toBe(404);
    expect(foreign.text).toBe(unknown.text);
    expect((await send(getTask, { as: auditor, ...on(task) })).status).toBe(200);
  });
});

describe('claimTask and releaseTask', () => {
  it('give a task to one person until it is given back', async () => {
    const task = await opened();
    const first = await send(claimTask, { as: reviewer, ...on(task) });
    expect([first.status, first.body['assignee']]).toEqual([200, 'operator-a']);
    const second = await send(claimTask, { as: otherReviewer, ...on(task) });
    expect([second.status, second.body['code']]).toEqual([409, 'InvalidTransition']);
    const stolen = await send(releaseTask, { as: otherReviewer, ...on(task) });
    expect(stolen.status).toBe(409);
    const released = await send(releaseTask, { as: reviewer, ...on(task) });
    expect([released.status, released.body['assignee']]).toEqual([200, undefined]);
    expect((await send(claimTask, { as: otherReviewer, ...on(task) })).status).toBe(200);
    expect((await send(releaseTask, { as: supervisor, ...on(task) })).status).toBe(200);
  });

  it('let one of eight people at once have it', async () => {
    const task = await opened();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        send(claimTask, { as: as(`operator-${index}`, 'Reviewer'), ...on(task) }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      200,
      ...Array<number>(7).fill(409),
    ]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await tasks.find(task.taskId))?.assignee).toBe(winner?.body['assignee']);
  });

  it('change nothing when the same request comes again', async () => {
    const task = await opened();
    const request = { as: reviewer, ...on(task), key: 'claim-again' };
    const first = await send(claimTask, request);
    const again = await send(claimTask, request);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    expect((await tasks.find(task.taskId))?.version).toBe(2);
  });

  it('do not take the key of one operator for that of another', async () => {
    const task = await opened();
    const key = 'shared-by-two';
    await send(claimTask, { as: reviewer, ...on(task), key });
    const other = await send(claimTask, { as: otherReviewer, ...on(task), key });
    expect([other.status, other.body['code']]).toEqual([409, 'InvalidTransition']);
  });

  it('refuse a key that claimed before and releases now', async () => {
    const task = await opened();
    await send(claimTask, { as: reviewer, ...on(task), key: 'two-uses' });
    const answer = await send(releaseTask, { as: reviewer, ...on(task), key: 'two-uses' });
    expect([answer.status, answer.body['code']]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it.each<[string, ApiHandler]>([
    ['claim', claimTask],
    ['decide', decideTask],
  ])('need the role of the queue to %s', async (_, handler) => {
    const task = await opened();
    const body = handler === decideTask ? answering(task, 'Approve') : {};
    const answer = await send(handler, { as: analyst, ...on(task), ...body });
    expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
    expect(await tasks.find(task.taskId)).toEqual(task);
  });

  it.each<[string, ApiHandler]>([
    ['claim', claimTask],
    ['release', releaseTask],
    ['decide', decideTask],
  ])('do not let an auditor %s', async (_, handler) => {
    const task = await opened();
    const answer = await send(handler, { as: auditor, ...on(task), ...answering(task, 'Approve') });
    expect(answer.status).toBe(403);
    expect(await tasks.find(task.taskId)).toEqual(task);
  });
});

describe('decideTask', () => {
  it('stores the decision, then tells the workflow, and never shows the token', async () => {
    const task = await opened();
    const answer = await send(decideTask, {
      as: reviewer,
      ...on(task),
      ...answering(task, 'Reject', { note: 'blurred', reasonCodes: ['DocumentsDoubtful'] }),
    });
    expect([answer.status, answer.body['status']]).toEqual([200, 'Decided']);
    expect(answer.text).not.toContain(task.taskToken);
    expect(successes()).toEqual([
      {
        taskToken: task.taskToken,
        output: JSON.stringify({
          applicationId: task.applicationId,
          taskId: task.taskId,
          outcome: 'Reject',
        }),
      },
    ]);
    const stored = await tasks.find(task.taskId);
    expect(stored?.decisions).toEqual([
      expect.objectContaining({ operatorId: 'operator-a', outcome: 'Reject', note: 'blurred' }),
    ]);
    expect(stored?.queue).toBeUndefined();
  });

  it.each<[string, (task: Task) => object, number, string]>([
    [
      'the hash of something else',
      (task) => answering({ ...task, contentHash: 'f'.repeat(64) }, 'Approve'),
      409,
      'InvalidTransition',
    ],
    [
      'an answer of another kind of task',
      (task) => answering(task, 'ConfirmPaid'),
      400,
      'InvalidInput',
    ],
    ['an answer that does not exist', (task) => answering(task, 'Maybe'), 400, 'InvalidInput'],
    [
      'a request for documents that names none',
      (task) => answering(task, 'RequestMore'),
      400,
      'InvalidInput',
    ],
    ['no hash', () => ({ body: { outcome: 'Approve' } }), 400, 'InvalidInput'],
    [
      'an outcome for somebody else',
      (task) => answering(task, 'Approve', { operatorId: 'operator-b' }),
      400,
      'InvalidInput',
    ],
  ])('refuses %s, stores nothing and tells nobody', async (...row) => {
    const [, request, status, code] = row;
    const task = await opened();
    const answer = await send(decideTask, { as: reviewer, ...on(task), ...request(task) });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(await tasks.find(task.taskId)).toEqual(task);
    expect(successes()).toEqual([]);
  });

  it('is not for whoever made what is checked', async () => {
    const task = await opened({ excludedOperators: ['operator-a'] });
    const answer = await send(decideTask, {
      as: reviewer,
      ...on(task),
      ...answering(task, 'Approve'),
    });
    expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
    const other = await send(decideTask, {
      as: otherReviewer,
      ...on(task),
      ...answering(task, 'Approve'),
    });
    expect(other.status).toBe(200);
  });

  it('takes two different people where two must approve', async () => {
    const task = await opened({ kind: 'ApproveApplication', approvalsRequired: 2 });
    const approve = (caller: Record<string, string>) =>
      send(decideTask, { as: caller, ...on(task), ...answering(task, 'Approve') });
    const first = await approve(approverOne);
    expect([first.status, first.body['status']]).toEqual([200, 'Open']);
    expect(successes()).toEqual([]);
    const twice = await approve(approverOne);
    expect([twice.status, twice.body['code']]).toEqual([403, 'Forbidden']);
    const second = await approve(approverTwo);
    expect([second.status, second.body['status']]).toEqual([200, 'Decided']);
    expect(successes()).toHaveLength(1);
  });

  it('counts both when two people approve at the same moment', async () => {
    const task = await opened({ kind: 'ApproveApplication', approvalsRequired: 2 });
    const answers = await Promise.all(
      [approverOne, approverTwo].map((caller) =>
        send(decideTask, { as: caller, ...on(task), ...answering(task, 'Approve') }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const stored = await tasks.find(task.taskId);
    expect([stored?.status, stored?.decisions.length]).toEqual(['Decided', 2]);
    expect(successes()).toHaveLength(1);
  });

  it('is made once when two people answer differently at once', async () => {
    const task = await opened();
    const answers = await Promise.all([
      send(decideTask, { as: reviewer, ...on(task), ...answering(task, 'Approve') }),
      send(decideTask, { as: otherReviewer, ...on(task), ...answering(task, 'Reject') }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await tasks.find(task.taskId))?.decisions).toHaveLength(1);
    expect(successes()).toHaveLength(1);
  });

  it('tells the workflow again when told again, in case the first time was lost', async () => {
    const task = await opened();
    const request = { as: reviewer, ...on(task), ...answering(task, 'Approve'), key: 'lost-once' };
    world.stubs.answers.set('AWSStepFunctions.SendTaskSuccess', () => ({
      status: 400,
      body: { __type: 'ThrottlingException', message: 'Rate exceeded' },
    }));
    const first = await send(decideTask, request);
    expect([first.status, first.body['code']]).toEqual([503, 'Unavailable']);
    world.stubs.answers.delete('AWSStepFunctions.SendTaskSuccess');
    world.stubs.calls.length = 0;
    const again = await send(decideTask, request);
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([200, 'true']);
    expect(successes()).toHaveLength(1);
    expect((await tasks.find(task.taskId))?.decisions).toHaveLength(1);
  });

  it('reaches the workflow by its event when nobody tells it again', async () => {
    const task = await opened();
    const envelope = { id: 'event-1', 'detail-type': 'TaskDecided', source: 'zhudai' };
    const event = { ...envelope, detail: { subjectId: task.taskId } };
    await invoke(answerWorkflow, event);
    expect(successes()).toEqual([]);
    world.stubs.answers.set('AWSStepFunctions.SendTaskSuccess', () => ({
      status: 400,
      body: { __type: 'ThrottlingException', message: 'Rate exceeded' },
    }));
    const answer = { as: reviewer, ...on(task), ...answering(task, 'RequestMore', askedFor) };
    expect((await send(decideTask, answer)).status).toBe(503);
    await expect(invoke(answerWorkflow, event)).rejects.toThrow('Rate exceeded');
    world.stubs.answers.delete('AWSStepFunctions.SendTaskSuccess');
    world.stubs.calls.length = 0;
    await invoke(answerWorkflow, event);
    const output = { applicationId: task.applicationId, taskId: task.taskId };
    expect(successes()).toEqual([
      {
        taskToken: task.taskToken,
        output: JSON.stringify({ ...output, outcome: 'RequestMore' }),
      },
    ]);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'stands when the workflow no longer waits (%s)',
    async (name) => {
      const task = await opened();
      world.stubs.answers.set('AWSStepFunctions.SendTaskSuccess', () => ({
        status: 400,
        body: { __type: name, message: 'gone' },
      }));
      const answer = await send(decideTask, {
        as: reviewer,
        ...on(task),
        ...answering(task, 'Approve'),
      });
      expect([answer.status, answer.body['status']]).toEqual([200, 'Decided']);
    },
  );

  it('leaves a chain of who did what', async () => {
    const task = await opened();
    await send(claimTask, { as: reviewer, ...on(task) });
    await send(decideTask, { as: reviewer, ...on(task), ...answering(task, 'Approve') });
    const stored = await tasks.find(task.taskId);
    expect(stored).toMatchObject({
      version: 3,
      event: {
        type: 'TaskDecided',
        actor: 'operator:operator-a',
        facts: { contentHash: task.contentHash },
      },
    });
    expect(JSON.stringify(stored?.event)).not.toContain(task.taskToken);
  });
});
