import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task } from '#domain/tasks/task.ts';
import { type Idempotency, replayedHeader } from './api-route.ts';
import { wasApplied } from './applied-before.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export const ReviewRequest = z.strictObject({ reason: z.string().min(1).max(500) });

export const OpenedReview = z.object({
  applicationId: z.string(),
  taskId: z.string(),
  /** By when a person has looked, at the latest; supervisors are told when nobody has. */
  dueAt: Instant,
});

/** Whoever had a word in the decision does not review it: a second look is somebody else's. */
function decidersOf(earlier: readonly Task[]): string[] {
  const operators = earlier
    .filter(({ kind }) => kind !== 'ReviewDecision')
    .flatMap(({ decisions }) => decisions.map(({ operatorId }) => operatorId));
  return [...new Set(operators)];
}

/** One review a decline: asking again meets the same task. */
const REVIEW_ROUND = 1;

interface ReviewCall {
  readonly actor: string;
  readonly idempotency: Idempotency;
  readonly find: () => Promise<Application>;
}

/** Has a person look at a decline (PIPL art. 24), whoever or whatever declined and at whichever step. */
export function openReview(
  { actor, idempotency, find }: ReviewCall,
  dependencies: {
    readonly applications: Applications;
    readonly tasks: Tasks;
    readonly now: () => Date;
  },
): Promise<{ body: z.infer<typeof OpenedReview>; headers: Readonly<Record<string, string>> }> {
  const { applications, tasks, now } = dependencies;
  return retryOnConflict(async () => {
    const application = await find();
    const { applicationId, partnerId, applied } = application;
    if (application.status !== 'Declined')
      throw new InvalidTransition(`application ${applicationId} is ${application.status}`);
    const at = now().toISOString();
    const task = openTask({
      kind: 'ReviewDecision',
      applicationId,
      partnerId,
      round: REVIEW_ROUND,
      excludedOperators: decidersOf(await tasks.listByApplication(applicationId)),
      content: {
        reasonCodes: application.reasonCodes,
        requested: application.requested,
        decision: application.decision ?? null,
      },
      at,
    });
    const isRepeat = wasApplied(applied, idempotency);
    // The task first: a request that is answered always has its task, however often it is sent.
    const known = await tasks.find(task.taskId);
    if (known === undefined) await tasks.create(task);
    const { taskId, dueAt } = known ?? task;
    const { declineReview = { taskId, dueAt, outcome: 'Open' as const } } = application;
    if (!isRepeat)
      await applications.replace(
        changeApplication(application, {
          isAfterClose: true,
          patch: {
            declineReview,
            applied: { ...applied, [idempotency.mark]: idempotency.bodyHash },
          },
          event: {
            type: 'ReviewRequested',
            at,
            actor,
            facts: { applicationId, taskId },
          },
        }),
      );
    return { body: { applicationId, taskId, dueAt }, headers: isRepeat ? replayedHeader : {} };
  });
}
