import { describe, expect, it } from 'vitest';
import { watchTask } from '../../../domain/tasks/watch-task.ts';
import { aTask } from '../builders.ts';

describe('watchTask', () => {
  it.each([
    { at: '2026-11-23T05:59:59.999Z', type: undefined },
    { at: '2026-11-23T06:00:00.000Z', type: 'TaskReminded' },
    { at: '2026-11-23T14:00:00+08:00', type: 'TaskReminded' },
    { at: '2026-11-24T01:59:59.999Z', type: 'TaskReminded' },
    { at: '2026-11-24T02:00:00.000Z', type: 'TaskEscalated' },
  ])('answers $type at $at', ({ at, type }) => {
    expect(watchTask(aTask(), at)?.event).toEqual(
      type === undefined ? undefined : expect.objectContaining({ type, at }),
    );
  });

  it('reminds once', () => {
    const reminded = watchTask(aTask(), '2026-11-23T06:00:00.000Z');
    expect(reminded?.remindedAt).toBe('2026-11-23T06:00:00.000Z');
    expect(watchTask(reminded ?? aTask(), '2026-11-23T07:00:00.000Z')).toBeUndefined();
  });

  it('passes a task on to the supervisors once, free of its assignee, with a new deadline', () => {
    const at = '2026-11-24T03:00:00.000Z';
    const escalated = watchTask({ ...aTask(), assignee: 'reviewer-1' }, at);
    expect(escalated).toMatchObject({
      queue: 'Supervisor',
      escalatedAt: at,
      dueAt: '2026-11-25T03:00:00.000Z',
    });
    expect(escalated).not.toHaveProperty('assignee');
    const reminded = watchTask(escalated ?? aTask(), '2026-11-26T00:00:00.000Z');
    expect(reminded).toMatchObject({ queue: 'Supervisor', event: { type: 'TaskReminded' } });
    expect(watchTask(reminded ?? aTask(), '2026-12-26T00:00:00.000Z')).toBeUndefined();
  });

  it.each([
    { name: 'a decided task', task: { ...aTask(), status: 'Decided' as const } },
    { name: 'a wait for somebody outside', task: aTask({ kind: 'AwaitDocuments' }) },
  ])('leaves $name alone', ({ task }) => {
    expect(watchTask(task, '2027-01-01T00:00:00.000Z')).toBeUndefined();
  });

  it('escalates a task without a reminder, and reminds nobody of it', () => {
    const { remindAt, ...task } = aTask();
    expect(remindAt).toBeDefined();
    expect(watchTask(task, '2026-11-23T23:00:00.000Z')).toBeUndefined();
    expect(watchTask(task, '2026-11-24T02:00:00.000Z')?.queue).toBe('Supervisor');
  });
});
