import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseOperator, SandboxOperator } from '#local/sandbox/operator.ts';
import { decideByRule } from '#local/sandbox/operator-rule.ts';
import { until } from '../sandbox/sandbox-server.ts';
import { FakePlatform } from './fake-platform.ts';
import type { FakeTask } from './fake-platform.ts';

const platform = new FakePlatform();
let staff: SandboxOperator;

beforeEach(async () => {
  const baseUrl = await platform.start();
  // The fake platform takes the bearer token for the operator's id.
  staff = new SandboxOperator({ baseUrl, mintToken: (operatorId) => operatorId, rescanMs: 30 });
});
afterEach(async () => {
  await staff.stop();
  await platform.stop();
});

function open(change: Partial<FakeTask> = {}): FakeTask {
  const task: FakeTask = {
    taskId: `task_${platform.tasks.size}`,
    version: 1,
    kind: 'ApproveApplication',
    queue: 'Approval',
    status: 'Open',
    excludedOperators: [],
    decisions: [],
    approvalsRequired: 1,
    content: {},
    contentHash: 'cd'.repeat(32),
    ...change,
  };
  platform.tasks.set(task.taskId, task);
  return task;
}

describe('SandboxOperator', () => {
  it('finds open tasks by itself and decides them', async () => {
    const task = open();
    staff.start();
    await until(() => task.status === 'Decided');
    expect(task.decisions).toEqual([{ operatorId: 'operator-b', outcome: 'Approve' }]);
  });

  it('takes two people for two approvals, and never one who reviewed the documents', async () => {
    const task = open({ approvalsRequired: 2, excludedOperators: ['operator-a'] });
    staff.onEvent({
      'detail-type': 'TaskOpened',
      detail: { subjectId: task.taskId, queue: task.queue },
    });
    await until(() => task.status === 'Decided');
    expect(task.decisions.map(({ operatorId }) => operatorId)).toEqual([
      'operator-b',
      'supervisor',
    ]);
  });

  it('leaves a task alone that nobody of the queue may decide', async () => {
    const task = open({
      queue: 'PayoutReview',
      kind: 'ResolvePayout',
      excludedOperators: ['supervisor'],
    });
    staff.onEvent({
      'detail-type': 'TaskOpened',
      detail: { subjectId: task.taskId, queue: task.queue },
    });
    await staff.idle();
    expect(task).toMatchObject({ status: 'Open', decisions: [], version: 1 });
  });

  it('leaves a task alone that a person has claimed', async () => {
    const task = open({ assignee: 'operator-demo' });
    staff.onEvent({
      'detail-type': 'TaskOpened',
      detail: { subjectId: task.taskId, queue: task.queue },
    });
    await staff.idle();
    expect(task.decisions).toEqual([]);
  });
});

describe('chooseOperator', () => {
  it('goes on with a task it holds already', () => {
    expect(chooseOperator(open({ assignee: 'supervisor' }))).toBe('supervisor');
  });
});

describe('decideByRule', () => {
  it.each([
    { kind: 'ReviewDocuments', content: { identity: 'Match' }, outcome: 'Approve' },
    { kind: 'ReviewDocuments', content: { review: { identity: 'Mismatch' } }, outcome: 'Reject' },
    { kind: 'ReviewDocuments', content: { identity: 'NotFound' }, outcome: 'Reject' },
    { kind: 'ReviewDocuments', content: { reasonCodes: ['IdentityMismatch'] }, outcome: 'Reject' },
    { kind: 'ReviewDocuments', content: { reasonCodes: ['IncomeLower'] }, outcome: 'Approve' },
    {
      kind: 'ReviewDocuments',
      content: { documents: [{ result: 'Unreadable' }] },
      outcome: 'Reject',
    },
    {
      kind: 'ReviewDocuments',
      content: { documents: [{ result: 'Doubtful' }] },
      outcome: 'Approve',
    },
    { kind: 'CheckCreditManually', content: { round: 1 }, outcome: 'Retry' },
    { kind: 'CheckCreditManually', content: { round: 3 }, outcome: 'Approve' },
    {
      kind: 'ApproveApplication',
      content: { credit: { currentOverdueFen: 0 } },
      outcome: 'Approve',
    },
    {
      kind: 'ApproveApplication',
      content: { credit: { currentOverdueFen: 1 } },
      outcome: 'Reject',
    },
    { kind: 'ResolvePayout', content: { payoutNumber: 2 }, outcome: 'Retry' },
    { kind: 'ResolvePayout', content: { payoutNumber: 3 }, outcome: 'Cancel' },
    { kind: 'ReviewDecision', content: {}, outcome: 'Uphold' },
    { kind: 'ConfirmPayout', content: { payoutRef: 'R' }, outcome: 'Retry' },
  ])('answers $outcome to $kind with $content', async ({ kind, content, outcome }) => {
    expect((await decideByRule(open({ kind, content }))).outcome).toBe(outcome);
  });

  it.each([
    { said: 'Paid', outcome: 'ConfirmPaid' },
    { said: 'NotPaid', outcome: 'ConfirmNotPaid' },
    { said: 'Processing', outcome: 'Retry' },
  ] as const)('answers $outcome when the bank says $said', async ({ said, outcome }) => {
    const task = open({ kind: 'ConfirmPayout', content: { payoutRef: 'R', attempt: 2 } });
    expect((await decideByRule(task, () => said)).outcome).toBe(outcome);
  });
});
