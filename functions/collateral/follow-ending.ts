import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import {
  abandonCollateral,
  keepCollateral,
  requireRelease,
  type Collateral,
} from '#domain/collateral/collateral.ts';
import { releaseTask } from '#domain/collateral/collateral-task.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import type { Loans } from '#domain/loans/ports.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { ApplicationId, LoanId } from '#domain/shared/primitives.ts';
import { closeTask } from '#domain/tasks/close-task.ts';
import type { Tasks } from '#domain/tasks/ports.ts';
import type { Task, TaskKind } from '#domain/tasks/task.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { currentTask } from '#platform/task-rounds.ts';
import { collateralDependencies } from './collateral-dependencies.ts';
import { registerProven } from './register-proven.ts';
import { unlessDone } from './unless-done.ts';

/** A loan that settled or runs again, or an application that ended before it became one. */
export const Ending = z.union([
  z.looseObject({ loanId: LoanId }),
  z.looseObject({ applicationId: ApplicationId, isPledged: z.literal(true) }),
]);

export interface FollowEndingDependencies {
  readonly applications: Applications;
  readonly collaterals: Collaterals;
  readonly loans: Pick<Loans, 'find'>;
  readonly tasks: Tasks;
  readonly now: () => Date;
}

type Standing = 'Over' | 'Running' | 'Undecided';

/**
 * Brings what is pledged to where its loan is: nothing owed any more opens the work of cancelling the registrations, a
 * loan that runs again takes it back. By what is stored now, not by the event: late and repeated events do no harm.
 */
export async function runFollowEnding(
  ending: z.infer<typeof Ending>,
  dependencies: FollowEndingDependencies,
): Promise<{ standing: Standing | 'NothingPledged' }> {
  const applicationId = await applicationOf(ending, dependencies);
  const records =
    applicationId === undefined ? [] : await dependencies.collaterals.list(applicationId);
  if (applicationId === undefined || records.length === 0) return { standing: 'NothingPledged' };
  const standing = await standingOf(applicationId, dependencies);
  if (standing === 'Over') await release(applicationId, dependencies);
  if (standing === 'Running') await keep(applicationId, dependencies);
  return { standing };
}

async function applicationOf(
  ending: z.infer<typeof Ending>,
  { loans }: FollowEndingDependencies,
): Promise<string | undefined> {
  if ('isPledged' in ending && typeof ending.applicationId === 'string')
    return ending.applicationId;
  const loan = typeof ending.loanId === 'string' ? await loans.find(ending.loanId) : undefined;
  return loan?.applicationId;
}

async function standingOf(
  applicationId: string,
  { applications, loans }: FollowEndingDependencies,
): Promise<Standing> {
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  const loan = await loans.find(loanIdOf(applicationId));
  if (loan?.status === 'Settled') return 'Over';
  if (loan?.status === 'Active') return 'Running';
  const wasPaidOut = application.status === 'Disbursed' || loan?.status === 'WrittenOff';
  return isClosed(application.status) && !wasPaidOut ? 'Over' : 'Undecided';
}

/** The task first: whatever is due for release always has somebody who is asked for it. */
async function release(
  applicationId: string,
  dependencies: FollowEndingDependencies,
): Promise<void> {
  const { applications, collaterals, tasks, now } = dependencies;
  const at = now().toISOString();
  const answered = await giveUp(applicationId, 'RegisterCollateral', dependencies);
  // Registered at the register although the loan came to nothing: what is proven is recorded, and then released.
  if (answered !== undefined) await registerProven(answered, collaterals);
  const records = await collaterals.list(applicationId);
  const held = records.filter(({ status }) => status === 'Registered' || status === 'ReleaseDue');
  if (held.length > 0) {
    const { round, task } = await currentTask(tasks, applicationId, 'ReleaseCollateral');
    const application = existing(
      await applications.find(applicationId),
      `application ${applicationId}`,
    );
    if (task === undefined)
      await unlessDone(() => tasks.create(releaseTask(application, held, { round, at })));
  }
  await move(records, 'Registered', { to: (record) => requireRelease(record, at), collaterals });
  await move(records, 'Pledged', { to: (record) => abandonCollateral(record, at), collaterals });
}

/** The task is closed first: who answers it at this very moment either comes first and counts, or is told it is over. */
async function keep(applicationId: string, dependencies: FollowEndingDependencies): Promise<void> {
  const { collaterals, now } = dependencies;
  const at = now().toISOString();
  if ((await giveUp(applicationId, 'ReleaseCollateral', dependencies)) !== undefined) return;
  const records = await collaterals.list(applicationId);
  await move(records, 'ReleaseDue', { to: (record) => keepCollateral(record, at), collaterals });
}

/** Closes the open task of a kind; answers with it when a person has decided it already. */
function giveUp(
  applicationId: string,
  kind: TaskKind,
  { tasks, now }: FollowEndingDependencies,
): Promise<Task | undefined> {
  return retryOnConflict(async () => {
    const { task } = await currentTask(tasks, applicationId, kind);
    if (task?.status === 'Decided') return task;
    if (task !== undefined)
      await tasks.replace(closeTask(task, { at: now().toISOString(), because: 'NoLongerNeeded' }));
    return undefined;
  });
}

interface Step {
  readonly to: (record: Collateral) => Collateral;
  readonly collaterals: Collaterals;
}

async function move(
  records: readonly Collateral[],
  from: Collateral['status'],
  { to, collaterals }: Step,
): Promise<void> {
  for (const record of records)
    if (record.status === from) await unlessDone(() => collaterals.replace(to(record)));
}

export const handler = eventConsumer({
  detail: Ending,
  dependencies: () => ({
    ...collateralDependencies(),
    loans: new DynamoLoans(documentClient(), requireEnvironment('LOANS_TABLE')),
  }),
  run: runFollowEnding,
});
