import { openTask } from '../../tasks/open-task.ts';
import type { Task } from '../../tasks/task.ts';
import type { ModelReport } from './model-report.ts';

/** What tasks about a scorecard are numbered under. */
export function modelSubjectOf(scorecard: string): string {
  return `model|${scorecard}`;
}

/** Work for the risk team: a scorecard is stale. They are shown which figure left its bounds; there is nobody in it. */
export function modelReviewTask(
  { scorecard, asOf, fromMonth, level, decisions, findings }: ModelReport,
  { round, at }: { readonly round: number; readonly at: string },
): Task {
  return openTask({
    kind: 'ReviewModel',
    subjectId: modelSubjectOf(scorecard),
    about: { scorecard },
    round,
    content: { scorecard, asOf, fromMonth, level, decisions, findings, round },
    at,
  });
}
