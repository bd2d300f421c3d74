import { contentHashOf } from '#domain/shared/content-hash.ts';
import { changeAggregate, startAggregate } from '#domain/shared/change-aggregate.ts';
import { PayoutRefused } from '#domain/shared/errors.ts';
import { payoutRefOf, taskIdOf } from '#domain/shared/ids.ts';
import type { Task } from '#domain/tasks/task.ts';
import { runPayoutCallback } from '#functions/callbacks/payout-callback.ts';
import { runPayOut } from '#functions/disbursement/pay-out.ts';
import { runReleaseShares } from '#functions/disbursement/release-shares.ts';
import { runReserveShares } from '#functions/disbursement/reserve-shares.ts';
import { runSweepPayouts } from '#functions/disbursement/sweep-payouts.ts';
import { invoke, undisturbed, type MoneyRun } from './money-run.ts';
import type { MoneyWorld } from './money-world.ts';

/** The steps the driver invokes; a canary swaps one for a broken one. */
export const steps = {
  reserveShares: runReserveShares,
  payOut: runPayOut,
  releaseShares: runReleaseShares,
  sweepPayouts: runSweepPayouts,
  payoutCallback: runPayoutCallback,
};
export type Steps = typeof steps;

/** After so many calls of one step the run counts as stuck. */
const CALLS_MAX = 80;
/** So many attempts that ended unknown, and the machine asks a person (`Retry` of PayOut). */
const UNKNOWN_MAX = 4;

const retried = new Set([
  'PayoutUnknown',
  'PayoutBusy',
  'ConcurrentChange',
  'TimeoutError',
  'Crash',
  'Unavailable',
]);

/**
 * Drives the handlers as `disburse-loan` and the supervisor behind it do: steps are retried by name, delivered twice or
 * three times at once, swept; an unknown outcome goes to a person, a refusal to a supervisor who may have it paid again.
 */
export class MoneyDriver {
  readonly #run: MoneyRun;
  readonly #world: MoneyWorld;
  readonly #steps: Steps;
  #round = 0;

  constructor(run: MoneyRun, world: MoneyWorld, broken: Partial<Steps> = {}) {
    this.#run = run;
    this.#world = world;
    this.#steps = { ...steps, ...broken };
  }

  /** Until the loan is paid or given up; throws when it never ends. */
  async disburse(): Promise<'Paid' | 'GivenUp'> {
    for (let payoutNumber = 1; ; payoutNumber += 1) {
      if (await this.#disburseOnce(payoutNumber)) return 'Paid';
      if (payoutNumber >= 3 || this.#run.random() < 0.4) return 'GivenUp';
    }
  }

  async #disburseOnce(payoutNumber: number): Promise<boolean> {
    const { applicationId, dependencies } = this.#world;
    const input = { applicationId, payoutNumber };
    await this.#step('ReserveShares', () => this.#steps.reserveShares(input, dependencies));
    try {
      await this.#payOut(payoutNumber);
      return true;
    } catch (error) {
      if (!(error instanceof PayoutRefused)) throw error;
    }
    this.#run.log(`refused payout ${payoutNumber}`);
    await this.#step('ReleaseShares', () => this.#steps.releaseShares(input, dependencies));
    return false;
  }

  async #payOut(payoutNumber: number): Promise<void> {
    const { applicationId, dependencies } = this.#world;
    for (let turn = 0; turn < 12; turn += 1) {
      const taskId = turn === 0 ? undefined : await this.#askPerson(payoutNumber);
      const input = { applicationId, payoutNumber, ...(taskId === undefined ? {} : { taskId }) };
      const isPaid = await this.#step('PayOut', () => this.#steps.payOut(input, dependencies), {
        unknownMax: taskId === undefined ? UNKNOWN_MAX : 1,
      });
      if (isPaid) return;
    }
    throw new Error('stuck: people were asked again and again');
  }

  /** One state of the machine with its Retry; false when it stays unknown. */
  async #step(
    name: string,
    work: () => Promise<unknown>,
    { unknownMax = Infinity } = {},
  ): Promise<boolean> {
    const run = this.#run;
    let unknown = 0;
    for (let call = 0; call < CALLS_MAX; call += 1) {
      const failed = await this.#deliver(name, work);
      if (failed === undefined) return true;
      if (!retried.has(failed.name)) throw failed;
      run.log(`${name}: ${failed.name} ${failed.message}`);
      if (failed.name === 'PayoutUnknown') unknown += 1;
      if (unknown >= unknownMax) return false;
      run.advance(failed.name === 'Crash' ? run.between(60, 200) : run.between(0, 40));
      if (run.random() < 0.3) await this.#sweep();
      if (run.random() < 0.3) run.wakeOne();
      if (run.random() < 0.3) await this.#hearFromBank();
    }
    throw new Error(`stuck in ${name}`);
  }

  /** Delivers a step once, or three times at once, or once more after it has succeeded. */
  async #deliver(name: string, work: () => Promise<unknown>): Promise<Error | undefined> {
    const run = this.#run;
    const copies = run.strikes(0.06, `${name} delivered three times at once`) ? 3 : 1;
    const outcomes = await Promise.allSettled(
      Array.from({ length: copies }, () => invoke(run, work)),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed?.reason instanceof Error) return failed.reason;
    if (failed !== undefined) return new Error(String(failed.reason));
    if (run.strikes(0.06, `${name} delivered again`))
      await invoke(run, work).catch(() => undefined);
    return undefined;
  }

  /** The bank calls back by itself, about any payout of the loan, once or twice at once. */
  async #hearFromBank(): Promise<void> {
    const { bank, loanId, dependencies } = this.#world;
    for (const payoutNumber of [1, 2, 3]) {
      const report = bank.reportOn(payoutRefOf(loanId, payoutNumber));
      if (report === undefined) continue;
      this.#run.log(`bank reports ${report.status} on payout ${payoutNumber}`);
      const work = () => this.#steps.payoutCallback(report, dependencies);
      const copies = this.#run.random() < 0.3 ? 2 : 1;
      await Promise.allSettled(Array.from({ length: copies }, () => invoke(this.#run, work)));
    }
  }

  async #sweep(): Promise<void> {
    const { dependencies } = this.#world;
    await invoke(this.#run, () => this.#steps.sweepPayouts({}, dependencies)).catch(
      () => undefined,
    );
  }

  /** A supervisor calls the bank, hours after every instruction has either arrived or lapsed, and answers the task. */
  async #askPerson(payoutNumber: number): Promise<string | undefined> {
    this.#run.advance(this.#run.between(3_600, 20_000));
    const { askByPhone, dependencies, loanId, applicationId } = this.#world;
    const payoutRef = payoutRefOf(loanId, payoutNumber);
    return undisturbed(async () => {
      const payout = await dependencies.money.findPayout(payoutRef);
      if (payout === undefined) return undefined;
      const heard = askByPhone(payoutRef);
      this.#run.log(`a person asks about attempt ${payout.attempt}: ${heard}`);
      this.#round += 1;
      const task = answeredTask({
        applicationId,
        round: this.#round,
        content: { payoutRef, attempt: payout.attempt },
        outcome: { Paid: 'ConfirmPaid', NotPaid: 'ConfirmNotPaid', StillProcessing: 'Retry' }[
          heard
        ],
        at: new Date(this.#run.nowMs).toISOString(),
      });
      for (const version of task) await dependencies.tasks.replace(version);
      return task[0]?.taskId;
    });
  }
}

function answeredTask(answer: {
  applicationId: string;
  round: number;
  content: Record<string, unknown>;
  outcome: string;
  at: string;
}): readonly Task[] {
  const { applicationId, round, content, outcome, at } = answer;
  const taskId = taskIdOf(applicationId, 'ConfirmPayout', round);
  const contentHash = contentHashOf(content);
  const event = { type: 'TaskOpened', at, actor: 'workflow', facts: { taskId } };
  const open = startAggregate(
    taskId,
    {
      taskId,
      kind: 'ConfirmPayout' as const,
      status: 'Open' as const,
      applicationId,
      partnerId: 'demo-partner',
      queue: 'PayoutReview' as const,
      dueAt: at,
      openedAt: at,
      excludedOperators: [],
      approvalsRequired: 1,
      decisions: [],
      content,
      contentHash,
      applied: {},
    },
    event,
  ) as Task;
  const decided = changeAggregate(open, {
    subjectId: taskId,
    patch: {
      status: 'Decided',
      decisions: [
        {
          outcome: outcome as Task['decisions'][number]['outcome'],
          operatorId: 'supervisor',
          at,
          reasonCodes: [],
          documentsRequested: [],
          contentHash,
        },
      ],
    },
    event: { ...event, type: 'TaskDecided', actor: 'operator:supervisor' },
  });
  return [open, decided];
}
