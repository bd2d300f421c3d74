import { describe, expect, it } from 'vitest';
import { chooseOperator } from '#local/sandbox/operator.ts';
import type { TaskView } from '#local/sandbox/operator-rule.ts';

function task(kind: string, queue: string): TaskView {
  const nothing = { excludedOperators: [], decisions: [], content: {}, contentHash: '' };
  return { taskId: 'task_1', version: 1, kind, status: 'Open', queue, ...nothing };
}

describe('chooseOperator', () => {
  it.each(['CallBorrower', 'ApproveWriteOff', 'DecideHardship', 'ApproveRestructuring'])(
    'leaves a %s to people, even when the supervisors have it',
    (kind) => {
      expect(chooseOperator(task(kind, 'Supervisor'))).toBeUndefined();
    },
  );

  it('has somebody for what the rule can decide', () => {
    expect(chooseOperator(task('ReviewDocuments', 'Supervisor'))).toBeDefined();
  });
});
