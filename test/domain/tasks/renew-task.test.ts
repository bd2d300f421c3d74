import { describe, expect, it } from 'vitest';
import { contentHashOf } from '../../../domain/shared/content-hash.ts';
import { decideTask } from '../../../domain/tasks/decide-task.ts';
import { renewTask } from '../../../domain/tasks/renew-task.ts';
import { aTask } from '../builders.ts';

const at = '2026-11-23T04:00:00.000Z';
const content = { amountFen: 30_000_00 };

describe('renewTask', () => {
  const task = aTask({
    kind: 'ApproveApplication',
    approvalsRequired: 2,
    excludedOperators: ['maker-1'],
  });
  const once = decideTask(task, {
    operator: { operatorId: 'a', roles: ['Approver'] },
    answer: { outcome: 'Approve', contentHash: task.contentHash },
    at,
  });

  it('takes a new credential and keeps what was approved when nothing changed', () => {
    expect(renewTask(once, { taskToken: 'token-2', content, at })).toMatchObject({
      taskToken: 'token-2',
      decisions: [{ operatorId: 'a' }],
      excludedOperators: ['maker-1', 'a'],
      event: { type: 'TaskRenewed' },
    });
  });

  it('forgets approvals of another content, and lets the same people judge the new one', () => {
    const other = { amountFen: 31_000_00 };
    expect(renewTask(once, { taskToken: 'token-2', content: other, at })).toMatchObject({
      content: other,
      contentHash: contentHashOf(other),
      decisions: [],
      excludedOperators: ['maker-1'],
    });
  });
});
