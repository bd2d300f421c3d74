import type { Loan } from '../loans/loan.ts';
import { openTask } from '../tasks/open-task.ts';
import { applicationOf, type Task } from '../tasks/task.ts';
import { Questionnaire } from './questionnaire.ts';
import type { VisitRecord } from './visit-record.ts';

/** The work of one visit. The questions are part of what is shown: the answers are bound to them by its hash. */
export function visitTask(
  { loanId, applicationId, partnerId, bucket }: Loan,
  visit: {
    readonly visitNumber: number;
    readonly questionnaire: Questionnaire;
    readonly at: string;
  },
): Task {
  const { visitNumber, questionnaire, at } = visit;
  const { questionnaireId, version, questions } = questionnaire;
  return openTask({
    kind: 'FollowUpVisit',
    applicationId,
    partnerId,
    round: visitNumber,
    content: {
      loanId,
      visitNumber,
      bucket,
      questionnaire: `${questionnaireId}#${version}`,
      questions,
    },
    at,
  });
}

/** The questions of a visit's task, as they were shown. */
export function questionsOf({ content }: Pick<Task, 'content'>): Questionnaire['questions'] {
  return Questionnaire.shape.questions.parse(content['questions']);
}

/** A warning for a supervisor: a visit found something that somebody has to act on. */
export function warningTask(
  visited: Pick<Task, 'taskId' | 'applicationId' | 'partnerId'>,
  { loanId, visitNumber, worries }: Pick<VisitRecord, 'loanId' | 'visitNumber' | 'worries'>,
  at: string,
): Task {
  return openTask({
    kind: 'ReviewWarning',
    applicationId: applicationOf(visited),
    ...(visited.partnerId === undefined ? {} : { partnerId: visited.partnerId }),
    round: visitNumber,
    content: { loanId, visitNumber, worries },
    at,
  });
}
