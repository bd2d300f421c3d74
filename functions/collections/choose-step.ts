import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { CollectionCase, PendingStep } from '#domain/collections/case.ts';
import { beginStep, chooseStep } from '#domain/collections/choose-step.ts';
import { stepTaskIdOf, taskKindOfAction } from '#domain/collections/collection-task.ts';
import type { ConductLimits } from '#domain/collections/conduct-limits.ts';
import type { Debt, Debts } from '#domain/collections/debt.ts';
import { giveUpStep, restStep } from '#domain/collections/give-up-step.ts';
import { followRelief } from '#domain/collections/follow-relief.ts';
import { followDebts } from '#domain/collections/follow-debts.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { breakPromise } from '#domain/collections/promise.ts';
import { settleDisposal } from '#domain/collections/settle-disposal.ts';
import { isDisposal } from '#domain/collections/strategy.ts';
import { businessDateOf, daysBetween } from '#domain/shared/calendar.ts';
import type { Task } from '#domain/tasks/task.ts';
import type { Compensations } from '#platform/serviced-compensations.ts';
import type { Transfers } from '#platform/serviced-transfers.ts';
import { endCaseWork, withdrawStep, type CaseWorkPorts } from '#platform/case-work.ts';
import { armOfCase, conductLimits } from '#platform/collection-catalog.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { collectionDependencies } from './collection-dependencies.ts';

export const ChooseStepInput = z.object({
  borrowerKey: z.string().min(1),
  lenderId: z.string().min(1),
  opening: z.int().min(1),
  run: z.int().min(1),
  /** How often this execution has been here. */
  turn: z.int().min(0),
  /** The number of the step that nobody finished in time, or that its provider could not do. */
  failed: z.int().min(0),
});

export interface ChooseStepDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly debts: Debts;
  readonly writeOffs: WriteOffs;
  readonly compensations: Compensations;
  readonly transfers: Transfers;
}

/** Servicing gives the money up; collections only ask for it, with the approval. */
export interface WriteOffs {
  request(given: {
    readonly loanIds: readonly string[];
    readonly taskId: string;
    readonly approvedBy: readonly string[];
  }): Promise<void>;
}

export type StepState =
  | 'ContactBorrower'
  | 'AwaitCollector'
  | 'SendLetter'
  | 'AwaitDisposal'
  | 'AwaitNextStep'
  | 'RenewEscalation'
  | 'Closed';

export interface ChosenStep {
  readonly step: StepState;
  readonly turn: number;
  /** Of the step under way; 0 while there is none. */
  readonly number: number;
  /** The version it was chosen on: whoever waits looks whether it still is. */
  readonly version: number;
  readonly waitSeconds: number;
}

/** An execution goes on under a new name before 25,000 events, were every task retried to the end, and before a year. */
const TURNS_MAX = 220;
const RUN_DAYS_MAX = 240;

/**
 * Decides what comes next in a case. First everything that happened meanwhile takes effect, each as one change: a step that
 * failed, a decision of people, what the loans owe now, a promise whose day has passed. Then the strategy says which step.
 */
export function runChooseStep(
  input: z.infer<typeof ChooseStepInput>,
  dependencies: ChooseStepDependencies,
): Promise<ChosenStep> {
  return retryOnConflict(() => choose(input, dependencies));
}

async function choose(
  input: z.infer<typeof ChooseStepInput>,
  dependencies: ChooseStepDependencies,
): Promise<ChosenStep> {
  const { cases, catalog, now } = dependencies;
  const { borrowerKey, lenderId, opening, run, turn } = input;
  const found = existing(await cases.find(borrowerKey, lenderId), 'such case');
  if (found.opening !== opening || found.run !== run) return answer('Closed', found, turn);
  const on = businessDateOf(now().getTime());
  const limits = await conductLimits(catalog, found, on);
  const current = await settled(found, { ...dependencies, input, limits, on });
  if (current.status === 'Closed') return answer('Closed', current, turn);
  if (current.pending !== undefined) return answer(stateOf(current.pending), current, turn);
  if (
    turn >= TURNS_MAX ||
    daysBetween(businessDateOf(Date.parse(current.runSince)), on) >= RUN_DAYS_MAX
  )
    return answer('RenewEscalation', current, turn);
  const at = now().toISOString();
  const [arm, debtor] = await Promise.all([
    armOfCase(catalog, current),
    cases.findDebtor(borrowerKey),
  ]);
  const next = chooseStep({ collectionCase: current, debtor, arm, limits, on, at });
  if (next.kind === 'Wait')
    return {
      ...answer('AwaitNextStep', current, turn),
      waitSeconds: secondsUntil(next.until, at),
    };
  const begun = beginStep(current, { step: next.step, at });
  await cases.replace(begun);
  return answer(begun.pending === undefined ? 'Closed' : stateOf(begun.pending), begun, turn);
}

type Settling = ChooseStepDependencies & {
  readonly input: z.infer<typeof ChooseStepInput>;
  readonly limits: ConductLimits;
  readonly on: string;
};

/** Every change is one write; the next is decided on what was written. */
async function settled(found: CollectionCase, settling: Settling): Promise<CollectionCase> {
  const { cases, now } = settling;
  let current = found;
  const task = await decidedTask(current, settling);
  // Before the debts are read: what is given up here is given up there.
  const obstacle =
    task === undefined ? undefined : await requestFromServicing(current, task, settling);
  const debts = await readDebts(current, settling);
  const closedTasks = await closedReliefTasks(current, settling);
  const at = now().toISOString();
  const changes = [
    (open: CollectionCase) => task && settleDisposal(open, { task, on: settling.on, at, obstacle }),
    (open: CollectionCase) =>
      giveUpStep(open, { number: settling.input.failed, on: settling.on, at }),
    (open: CollectionCase) => restStep(open, { at }),
    (open: CollectionCase) => followDebts(open, { debts, at }),
    (open: CollectionCase) => followRelief(open, { debts, closedTasks, at }),
    (open: CollectionCase) => breakPromise(open, { on: settling.on, at, limits: settling.limits }),
  ];
  for (const change of changes) {
    const next = current.status === 'Closed' ? undefined : change(current);
    if (next === undefined) continue;
    await cases.replace(next);
    if (current.pending !== undefined && next.pending === undefined)
      await withdrawStep(current, current.pending, { ...settling, because: next.event.type });
    current = next;
  }
  if (current.status === 'Closed') await endCaseWork(found, settling);
  return current;
}

/** What people decided about the disposal under way. */
async function decidedTask(
  collectionCase: CollectionCase,
  { tasks }: Settling,
): Promise<Task | undefined> {
  const { pending } = collectionCase;
  if (pending === undefined || !isDisposal(pending.action)) return undefined;
  const taskId = stepTaskIdOf(collectionCase, pending);
  const task = taskId === undefined ? undefined : await tasks.find(taskId);
  return task?.status === 'Decided' ? task : undefined;
}

/**
 * Asked for before the step counts as done: asked for twice it is one change, since servicing knows the task. Says what stood
 * in the way.
 */
async function requestFromServicing(
  { pending, lenderId, loans }: CollectionCase,
  { taskId, decisions }: Task,
  { compensations, transfers, writeOffs }: Settling,
): Promise<string | undefined> {
  if (decisions.at(-1)?.outcome !== 'Approve') return undefined;
  const approvedBy = decisions.map(({ operatorId }) => operatorId);
  const asked = { loanIds: loans.map(({ loanId }) => loanId), taskId, approvedBy };
  if (pending?.action === 'WriteOff') await writeOffs.request(asked);
  if (pending?.action === 'GuarantorCompensation') await compensations.request(asked);
  if (pending?.action !== 'TransferClaim') return undefined;
  const outcome = await transfers.request({ ...asked, lenderId });
  return outcome === 'NoBuyer' ? outcome : undefined;
}

async function readDebts({ loans }: CollectionCase, { debts, on }: Settling): Promise<Debt[]> {
  const found = await Promise.all(loans.map(({ loanId }) => debts.find(loanId, on)));
  return found.filter((debt) => debt !== undefined);
}

/** Of what servicing was asked for, the requests it has answered. */
async function closedReliefTasks(
  { pauses }: CollectionCase,
  { tasks }: Settling,
): Promise<ReadonlySet<string>> {
  const requests = pauses.flatMap((pause) => pause.requests ?? []);
  const found = await Promise.all(requests.map(({ taskId }) => tasks.find(taskId)));
  return new Set(found.flatMap((task) => (task?.status === 'Closed' ? [task.taskId] : [])));
}

function stateOf({ action }: PendingStep): StepState {
  if (isDisposal(action)) return 'AwaitDisposal';
  if (taskKindOfAction[action] !== undefined) return 'AwaitCollector';
  return action === 'Letter' ? 'SendLetter' : 'ContactBorrower';
}

function secondsUntil(until: string, at: string): number {
  return Math.max(1, Math.ceil((Date.parse(until) - Date.parse(at)) / 1000));
}

function answer(step: StepState, { pending, version }: CollectionCase, turn: number): ChosenStep {
  return { step, turn: turn + 1, number: pending?.number ?? 0, version, waitSeconds: 1 };
}

export const handler = workflowTask({
  input: ChooseStepInput,
  dependencies: collectionDependencies,
  run: runChooseStep,
});
