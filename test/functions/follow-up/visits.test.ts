import { beforeEach, describe, expect, it } from 'vitest';
import type { Loan } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { runOpenVisit } from '#functions/follow-up/open-visit.ts';
import { runRecordVisit } from '#functions/follow-up/record-visit.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { InMemoryLoanFiles } from '#test/support/in-memory-loan-files.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';
import { anActivatedLoan } from '../../domain/servicing/loan-builders.ts';

const visits = { firstAfterDays: 30, everyDays: 90, afterWorryDays: 15 };
const calm = { contact: 'Reached', useOfFunds: 'AsAgreed', income: 'Stable', intent: 'Willing' };
const at = '2026-12-24T03:00:00.000Z';

let files: InMemoryLoanFiles;
let tasks: InMemoryTasks;
let loanId: string;
let status: Loan['status'];

const loans: Pick<Loans, 'find'> = {
  find: async () => {
    const file = await files.find(loanId);
    return file && { ...file.loan, status };
  },
};
const dependencies = () => ({
  files,
  tasks,
  loans: loans as Loans,
  catalog: inMemoryCatalog(),
  now: () => new Date(at),
});
const inbox = async (queue: Task['queue']) =>
  (await tasks.listInbox({ queue: queue ?? 'FollowUp' }, { limit: 10 })).items;

beforeEach(() => {
  files = new InMemoryLoanFiles();
  tasks = new InMemoryTasks();
  status = 'Active';
  const { loan, agreement, schedule, entry } = anActivatedLoan({
    agreement: (agreed) => ({ ...agreed, visits }),
  });
  loanId = loan.loanId;
  files.seed(loan, agreement, schedule, entry);
});

const due = () => runOpenVisit({ loanId, visitNumber: 1 }, dependencies());

/** The visit as an operator hands it in, through the decision every task goes through. */
async function answer(answers: Readonly<Record<string, string>>): Promise<Task> {
  const [task] = await inbox('FollowUp');
  if (task === undefined) throw new Error('no visit in the queue');
  const decided = decideTask(task, {
    operator: { operatorId: 'operator-a', roles: ['Reviewer'] },
    answer: { outcome: 'Complete', contentHash: task.contentHash, answers },
    at,
  });
  await tasks.replace(decided);
  return decided;
}
const made = ({ taskId }: Task) =>
  runRecordVisit({ subjectId: taskId, kind: 'FollowUpVisit' }, dependencies());

describe('a follow-up visit', () => {
  it('stands in the queue once, with its questions, however often its event comes', async () => {
    expect([await due(), await due()]).toEqual([
      { outcome: 'Opened' },
      { outcome: 'OpenedBefore' },
    ]);
    const [task, ...others] = await inbox('FollowUp');
    expect(others).toEqual([]);
    expect(task?.content).toMatchObject({ loanId, visitNumber: 1, questionnaire: 'follow-up#1' });
  });

  it('is not made to a borrower whose loan has ended', async () => {
    status = 'Settled';
    expect(await due()).toEqual({ outcome: 'LoanEnded' });
  });

  it.each([
    ['an answer left out', { contact: 'Reached' }, 'answers.useOfFunds must be one of'],
    ['an answer nobody offered', { ...calm, intent: 'Maybe' }, 'answers.intent must be one of'],
  ])('is not taken with %s', async (_name, answers, message) => {
    await due();
    await expect(answer(answers)).rejects.toThrow(message);
  });

  it('is kept with the loan, warns nobody when all is well, and leaves the queue', async () => {
    await due();
    const task = await answer(calm);
    expect(await made(task)).toEqual({ worries: [] });
    const file = await files.find(loanId);
    expect(file?.visits).toMatchObject([
      { visitNumber: 1, answers: calm, operatorId: 'operator-a' },
    ]);
    expect(await inbox('Supervisor')).toEqual([]);
    expect(await tasks.find(task.taskId)).toMatchObject({ status: 'Closed' });
  });

  it('warns a supervisor of what worries and moves the next visit closer, once', async () => {
    await due();
    const task = await answer({ ...calm, income: 'Lost' });
    await Promise.all([made(task), made(task)]);
    await made(task);
    const warnings = await inbox('Supervisor');
    expect(warnings.map(({ kind, content }) => [kind, content['worries']])).toEqual([
      ['ReviewWarning', ['income.Lost']],
    ]);
    const file = await files.find(loanId);
    expect(file?.loan.nextVisitOn).toBe('2026-12-24');
    expect(file?.visits).toHaveLength(1);
  });

  it('is finished by the next delivery when the first died between loan and warning', async () => {
    await due();
    const task = await answer({ ...calm, contact: 'NotReached' });
    const broken = new InMemoryTasks();
    await broken.create(task.version === 1 ? task : { ...task, version: 1 });
    broken.create = () => Promise.reject(new Error('killed'));
    await expect(
      runRecordVisit(
        { subjectId: task.taskId, kind: 'FollowUpVisit' },
        { ...dependencies(), tasks: broken },
      ),
    ).rejects.toThrow('killed');
    await made(task);
    expect(await inbox('Supervisor')).toHaveLength(1);
    expect((await files.find(loanId))?.visits).toHaveLength(1);
  });
});
