import * as z from 'zod';
import { worriesIn } from '#domain/follow-up/questionnaire.ts';
import { recordVisit, type Visit } from '#domain/follow-up/record-visit.ts';
import { questionsOf, warningTask } from '#domain/follow-up/visit-task.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { LoanId, TaskId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task } from '#domain/tasks/task.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';

export const VisitMade = z.looseObject({ subjectId: TaskId, kind: z.literal('FollowUpVisit') });

export interface RecordVisitDependencies {
  readonly files: LoanFiles;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

/**
 * Puts what a visit found on the loan, warns a supervisor when it worries, and closes the task, in this order: an event
 * that comes again after a crash finds what was done and does the rest.
 */
export async function runRecordVisit(
  { subjectId }: z.infer<typeof VisitMade>,
  { files, tasks, now }: RecordVisitDependencies,
): Promise<{ worries: readonly string[] }> {
  const task = existing(await tasks.find(subjectId), `task ${subjectId}`);
  const { loanId, visit } = visitIn(task);
  if (task.status === 'Closed') return { worries: visit.worries };
  await retryOnConflict(async () => {
    const file = existing(await files.find(loanId), `loan ${loanId}`);
    if (file.visits.some(({ visitNumber }) => visitNumber === visit.visitNumber)) return;
    const { loan, record } = recordVisit(file, visit);
    await files.store({ loan, once: [record] });
  });
  const at = now().toISOString();
  if (visit.worries.length > 0)
    await unlessDone(() => tasks.create(warningTask(task, { loanId, ...visit }, at)));
  await unlessDone(() => tasks.replace(closeTask(task, { at, because: 'VisitRecorded' })));
  return { worries: visit.worries };
}

const Content = z.looseObject({
  loanId: LoanId,
  visitNumber: z.int().min(1),
  questionnaire: z.string(),
});

function visitIn(task: Task): {
  readonly loanId: string;
  readonly visit: Visit & { readonly worries: string[] };
} {
  const { loanId, visitNumber, questionnaire } = Content.parse(task.content);
  const decision = task.decisions.at(-1);
  if (decision?.answers === undefined) throw new Error(`task ${task.taskId} was not answered`);
  const { answers, at, operatorId } = decision;
  const visit = {
    visitNumber,
    visitedOn: businessDateOf(Date.parse(at)),
    questionnaire,
    answers,
    worries: worriesIn(questionsOf(task), answers),
    operatorId,
    at,
  };
  return { loanId, visit };
}

/** A twin of this delivery may have been faster. */
async function unlessDone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ConcurrentChange)) throw error;
  }
}

export const handler = eventConsumer({
  detail: VisitMade,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
    tasks: new DynamoTasks(documentClient(), requireEnvironment('TASKS_TABLE')),
    now,
  }),
  run: runRecordVisit,
});
