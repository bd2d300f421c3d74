import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHashOf } from '../../../domain/shared/content-hash.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../../../domain/shared/errors.ts';
import { taskIdOf } from '../../../domain/shared/ids.ts';
import { closeTask } from '../../../domain/tasks/close-task.ts';
import {
  claimTask,
  decideTask,
  mayWork,
  type Operator,
  releaseTask,
  type TaskAnswer,
} from '../../../domain/tasks/decide-task.ts';
import { openTask, taskPlans } from '../../../domain/tasks/open-task.ts';
import {
  applicationOf,
  type OperatorRole,
  outcomesByKind,
  Queue,
  queueRoles,
  Task,
  TaskKind,
  TaskOutcome,
} from '../../../domain/tasks/task.ts';
import { aTask } from '../builders.ts';

const at = '2026-11-23T03:00:00.000Z';
const reviewer: Operator = { operatorId: 'reviewer-1', roles: ['Reviewer'] };
const approver = (operatorId: string): Operator => ({ operatorId, roles: ['Approver'] });

const answerTo = (task: Task, overrides: Partial<TaskAnswer> = {}): TaskAnswer => ({
  outcome: 'Approve',
  contentHash: task.contentHash,
  ...overrides,
});

const approvalTask = (approvalsRequired: 1 | 2 = 2): Task =>
  aTask({ kind: 'ApproveApplication', approvalsRequired, excludedOperators: ['maker-1'] });

describe('openTask', () => {
  it('opens work for a queue with a deadline, a reminder and the hash of what is shown', () => {
    const task = aTask();
    expect(Task.safeParse(task).success).toBe(true);
    expect(task).toMatchObject({
      taskId: taskIdOf(applicationOf(task), 'ReviewDocuments', 1),
      version: 1,
      status: 'Open',
      queue: 'DocumentReview',
      remindAt: '2026-11-23T06:00:00.000Z',
      dueAt: '2026-11-24T02:00:00.000Z',
      approvalsRequired: 1,
      contentHash: contentHashOf({ amountFen: 30_000_00 }),
      taskToken: 'token-1',
    });
  });

  it('keeps a wait for somebody outside out of every queue', () => {
    const { queue, ...wait } = aTask({ kind: 'AwaitSignature' });
    expect(queue).toBeUndefined();
    expect(wait.dueAt).toBe('2026-11-30T02:00:00.000Z');
    expect(JSON.stringify(wait.event)).not.toContain('queue');
  });

  it('never tells the workflow credential to the event', () => {
    expect(JSON.stringify(aTask().event)).not.toContain('token-1');
  });

  it('needs no credential when nobody waits for the answer', () => {
    const opening = {
      kind: 'ReviewDecision',
      applicationId: applicationOf(aTask()),
      partnerId: 'demo-partner',
      round: 1,
      content: {},
      at,
    } as const;
    expect(openTask(opening)).not.toHaveProperty('taskToken');
  });

  it('needs no application when it says what it is about', () => {
    const about = { scorecard: 'person#0002' };
    const task = openTask({
      kind: 'ReviewModel',
      subjectId: 'model|person#0002',
      about,
      round: 1,
      content: {},
      at,
    });
    expect(Task.parse(task)).toEqual(task);
    expect(task).not.toHaveProperty('applicationId');
    expect(task.event).toMatchObject({ type: 'TaskOpened', facts: about });
    expect(JSON.stringify(task.event)).not.toContain('applicationId');
    expect(() => applicationOf(task)).toThrow('is about no application');
    expect(() => openTask({ kind: 'ReviewModel', round: 1, content: {}, at })).toThrow(
      'is about nothing',
    );
  });

  it.each(TaskKind.options)('reminds before it escalates: %s', (kind) => {
    expect(taskPlans[kind].remindHours).toBeLessThan(taskPlans[kind].dueHours);
  });
});

describe('decideTask', () => {
  it('records who decided what, and takes the task off its queue', () => {
    const task = aTask();
    const decided = decideTask(task, {
      operator: reviewer,
      answer: answerTo(task, { note: 'looks right', reasonCodes: ['DocumentDoubtful'] }),
      at,
      applied: { 'key-1': 'a'.repeat(64) },
    });
    expect(decided).toMatchObject({
      status: 'Decided',
      version: 2,
      taskToken: 'token-1',
      applied: { 'key-1': 'a'.repeat(64) },
      excludedOperators: ['reviewer-1'],
      event: { type: 'TaskDecided', actor: 'operator:reviewer-1' },
      decisions: [
        {
          outcome: 'Approve',
          operatorId: 'reviewer-1',
          at,
          note: 'looks right',
          reasonCodes: ['DocumentDoubtful'],
          documentsRequested: [],
          contentHash: task.contentHash,
        },
      ],
    });
    expect(decided.queue).toBeUndefined();
  });

  it('waits for the second approver, who must be somebody else and can take the task', () => {
    const task = claimTask(approvalTask(), { operator: approver('a'), at });
    const once = decideTask(task, { operator: approver('a'), answer: answerTo(task), at });
    expect(once).toMatchObject({
      status: 'Open',
      queue: 'Approval',
      event: { type: 'TaskApprovedOnce' },
    });
    expect(once.assignee).toBeUndefined();
    expect(() => decideTask(once, { operator: approver('a'), answer: answerTo(once), at })).toThrow(
      Forbidden,
    );
    const taken = claimTask(once, { operator: approver('b'), at });
    const twice = decideTask(taken, { operator: approver('b'), answer: answerTo(taken), at });
    expect(twice).toMatchObject({ status: 'Decided', decisions: [{}, {}] });
  });

  it('needs one approver when one is enough', () => {
    const task = approvalTask(1);
    expect(decideTask(task, { operator: approver('a'), answer: answerTo(task), at }).status).toBe(
      'Decided',
    );
  });

  it('ends at once when anybody rejects', () => {
    const task = approvalTask();
    const rejected = decideTask(task, {
      operator: approver('a'),
      answer: answerTo(task, { outcome: 'Reject' }),
      at,
    });
    expect(rejected.status).toBe('Decided');
  });

  it('lets no maker check', () => {
    const task = approvalTask();
    expect(() =>
      decideTask(task, { operator: approver('maker-1'), answer: answerTo(task), at }),
    ).toThrow(Forbidden);
    expect(() => claimTask(task, { operator: approver('maker-1'), at })).toThrow(Forbidden);
  });

  it('is bound to what was shown', () => {
    const task = aTask();
    const answer = answerTo(task, { contentHash: contentHashOf({ amountFen: 1 }) });
    expect(() => decideTask(task, { operator: reviewer, answer, at })).toThrow(InvalidTransition);
  });

  it.each(['Decided', 'Closed'] as const)('happens once: not on a %s task', (status) => {
    const task: Task = { ...aTask(), status };
    expect(() => decideTask(task, { operator: reviewer, answer: answerTo(task), at })).toThrow(
      InvalidTransition,
    );
    expect(() => claimTask(task, { operator: reviewer, at })).toThrow(InvalidTransition);
    expect(() => releaseTask(task, { operator: reviewer, at })).toThrow(InvalidTransition);
  });

  it('takes only the outcomes of the kind of task', () => {
    const text = { zh: '问', en: 'question' };
    const [yes, no] = ['Yes', 'No'].map((value) => ({ value, text, isWorrying: false }));
    for (const kind of TaskKind.options) {
      if (taskPlans[kind].queue === undefined) continue;
      for (const outcome of TaskOutcome.options) {
        const questions = [{ questionId: 'contact', text, options: [yes, no] }];
        const task = { ...aTask({ kind }), content: { questions, collateral: [] } };
        const operator: Operator = { operatorId: 'boss', roles: ['Supervisor'] };
        const answer = {
          ...answerTo(task, { outcome, documentsRequested: ['Other'] }),
          ...(kind === 'FollowUpVisit' ? { answers: { contact: 'Yes' } } : {}),
        };
        const decide = () => decideTask(task, { operator, answer, at });
        if (outcomesByKind[kind].includes(outcome)) expect(decide().status).toBe('Decided');
        else expect(decide).toThrow(InvalidInput);
      }
    }
  });

  it('asks for more only by naming it', () => {
    const task = aTask();
    const ask = (documentsRequested?: string[]) => () =>
      decideTask(task, {
        operator: reviewer,
        answer: answerTo(task, { outcome: 'RequestMore', documentsRequested }),
        at,
      });
    expect(ask()).toThrow(InvalidInput);
    expect(ask([])).toThrow(InvalidInput);
    expect(ask(['BankStatement'])().decisions[0]?.documentsRequested).toEqual(['BankStatement']);
  });

  it('has one deciding record and never two by one person, whatever is tried (I11)', () => {
    const moves = fc.array(
      fc.record({
        who: fc.constantFrom('maker-1', 'a', 'b', 'c'),
        outcome: fc.constantFrom<TaskAnswer['outcome']>('Approve', 'Reject', 'Retry'),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(moves, (tried) => {
        let task = approvalTask();
        for (const { who, outcome } of tried) {
          try {
            task = decideTask(task, {
              operator: approver(who),
              answer: answerTo(task, { outcome }),
              at,
            });
          } catch {
            continue;
          }
        }
        const people = task.decisions.map(({ operatorId }) => operatorId);
        expect(new Set(people).size).toBe(people.length);
        expect(people).not.toContain('maker-1');
        const isRejected = task.decisions.some(({ outcome }) => outcome === 'Reject');
        expect(task.status === 'Decided').toBe(isRejected || people.length === 2);
      }),
    );
  });
});

describe('claimTask and releaseTask', () => {
  it('give a task to one person at a time', () => {
    const claimed = claimTask(aTask(), { operator: reviewer, at, applied: { k: 'a'.repeat(64) } });
    expect(claimed).toMatchObject({ assignee: 'reviewer-1', event: { type: 'TaskClaimed' } });
    const other: Operator = { operatorId: 'reviewer-2', roles: ['Reviewer'] };
    expect(() => claimTask(claimed, { operator: other, at })).toThrow(InvalidTransition);
    expect(claimTask(claimed, { operator: reviewer, at }).assignee).toBe('reviewer-1');
    expect(() => releaseTask(claimed, { operator: other, at })).toThrow(InvalidTransition);
    expect(releaseTask(claimed, { operator: reviewer, at }).assignee).toBeUndefined();
    const boss: Operator = { operatorId: 'boss', roles: ['Supervisor'] };
    const released = releaseTask(claimed, { operator: boss, at, applied: { r: 'b'.repeat(64) } });
    expect(released.assignee).toBeUndefined();
    expect(released.applied).toEqual({ k: 'a'.repeat(64), r: 'b'.repeat(64) });
  });
});

describe('mayWork', () => {
  const roles: OperatorRole[] = [
    'Reviewer',
    'CreditAnalyst',
    'Approver',
    'Supervisor',
    'Administrator',
    'Auditor',
  ];

  it.each(Queue.options.flatMap((queue) => roles.map((role) => ({ queue, role }))))(
    'follows the table for $role and $queue',
    ({ queue, role }) => {
      const operator: Operator = { operatorId: 'x', roles: [role] };
      expect(mayWork({ ...aTask(), queue }, operator)).toBe(queueRoles[queue].includes(role));
    },
  );

  it('refuses whoever has no role, and a task of no queue', () => {
    const task = aTask();
    expect(mayWork(task, { operatorId: 'x', roles: [] })).toBe(false);
    expect(mayWork(aTask({ kind: 'AwaitDocuments' }), reviewer)).toBe(false);
    const stranger = { operatorId: 'x', roles: ['Auditor' as const] };
    expect(() => decideTask(task, { operator: stranger, answer: answerTo(task), at })).toThrow(
      Forbidden,
    );
  });
});

describe('closeTask', () => {
  it('leaves every list and forgets the credential', () => {
    const closed = closeTask(aTask(), { at, because: 'ApplicationClosed' });
    expect(closed).toMatchObject({ status: 'Closed', event: { type: 'TaskClosed' } });
    expect(closed).not.toHaveProperty('queue');
    expect(closed).not.toHaveProperty('taskToken');
  });
});
