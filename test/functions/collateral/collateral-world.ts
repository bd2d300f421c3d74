import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import type { Loan } from '#domain/loans/loan.ts';
import { loanIdOf, taskIdOf } from '#domain/shared/ids.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { InMemoryCollaterals } from '#test/support/in-memory-collaterals.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';
import { anApplication, anEvent } from '../../domain/builders.ts';

export const at = '2026-11-23T10:00:00.000Z';
export const evidence = `sha256:${'e'.repeat(64)}`;

/** A signed application with two pledges, and everything the handlers of collateral work with. */
export async function collateralWorld() {
  const applications = new InMemoryApplications();
  const collaterals = new InMemoryCollaterals();
  const tasks = new InMemoryTasks();
  const succeeded: string[] = [];
  const loans = new Map<string, Loan>();
  const application = anApplication({
    status: 'Signed',
    backing: {
      guarantorKeys: [],
      pledges: [
        { kind: 'Vehicle', valueFen: 80_000_00 },
        { kind: 'Equipment', valueFen: 10_000_00 },
      ],
    },
    approvals: [{ taskId: 'task_1', operatorId: 'operator-b', at, contentHash: 'a'.repeat(64) }],
  });
  await applications.create(application);
  const { applicationId } = application;
  const dependencies = {
    applications,
    collaterals,
    tasks,
    loans: { find: (loanId: string) => Promise.resolve(loans.get(loanId)) },
    tokens: {
      succeed: (taskToken: string) => {
        succeeded.push(taskToken);
        return Promise.resolve();
      },
      fail: () => Promise.resolve(),
    },
    now: () => new Date(at),
  };
  return {
    applicationId,
    dependencies,
    succeeded,
    application: async (): Promise<Application> => {
      const found = await applications.find(applicationId);
      if (found === undefined) throw new Error('the application is gone');
      return found;
    },
    statuses: async () => (await collaterals.list(applicationId)).map(({ status }) => status),
    taskOf: async (kind: Task['kind'], round = 1): Promise<Task> => {
      const task = await tasks.find(taskIdOf(applicationId, kind, round));
      if (task === undefined) throw new Error(`there is no ${kind} task`);
      return task;
    },
    async decide(task: Task, outcome: 'Complete' | 'Reject'): Promise<Task> {
      const shown = task.content['collateral'] as { collateralId: string }[];
      const answers = Object.fromEntries(shown.map(({ collateralId }) => [collateralId, evidence]));
      const decided = decideTask(task, {
        operator: { operatorId: 'operator-a', roles: ['Reviewer'] },
        answer: {
          outcome,
          contentHash: task.contentHash,
          ...(outcome === 'Complete' ? { answers } : {}),
        },
        at,
      });
      await tasks.replace(decided);
      return decided;
    },
    async end(status: 'Withdrawn' | 'Expired'): Promise<void> {
      const found = await applications.find(applicationId);
      if (found === undefined) throw new Error('the application is gone');
      await applications.replace(
        changeApplication(found, { status, event: anEvent(`Application${status}`) }),
      );
    },
    putLoan(status: Loan['status']): string {
      const loanId = loanIdOf(applicationId);
      loans.set(loanId, { loanId, applicationId, status } as Loan);
      return loanId;
    },
  };
}
