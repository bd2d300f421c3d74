import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CollectionAgency } from '#domain/collections/agency.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import { stepTaskIdOf } from '#domain/collections/collection-task.ts';
import type { StrategyStep } from '#domain/collections/strategy.ts';
import { sha256Hex } from '#domain/shared/digest.ts';
import { Unavailable } from '#domain/shared/errors.ts';
import type { Task, TaskDecision } from '#domain/tasks/task.ts';
import {
  bookedLoan,
  CollectionsWorld,
  evidenceId,
  type CollectionStores,
} from '#local/simulation/collections-world.ts';
import type { BookedLoan } from '#local/simulation/loan-book.ts';
import { runApplyRelief } from '#functions/collections/apply-relief.ts';
import { runAwaitNextStep } from '#functions/collections/await-next-step.ts';
import { changeStrategy } from '#domain/collections/change-strategy.ts';
import { pauseCase } from '#domain/collections/pause-case.ts';
import { withdrawRequest } from '#domain/collections/withdraw-request.ts';
import { runFollowCase } from '#functions/collections/follow-case.ts';
import { strategyInForce } from '#platform/collection-catalog.ts';
import { runChooseStep } from '#functions/collections/choose-step.ts';
import { runFollowRelief } from '#functions/collections/follow-relief.ts';
import { runRenewEscalation } from '#functions/collections/renew-escalation.ts';
import { runAssignCase } from '#functions/operator-api/assign-case.ts';
import { runReserveContact } from '#functions/operator-api/reserve-contact.ts';
import { runOpenCaseRequest } from '#functions/operator-api/open-case-request.ts';
import { DynamoCaseResults } from '#platform/repositories/case-results.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryCaseResults, InMemoryCases } from '#test/support/in-memory-cases.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';
import { machines } from '#test/statemachines/machine-files.ts';

const worlds: CollectionsWorld[] = [];
let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});
/** Every transition any test of this file took: `from > to`, or `from caught Error > to`. */
const taken = new Set<string>();

afterEach(async () => {
  for (const world of worlds.splice(0)) {
    for (const execution of new Set(world.entered.map(({ execution: name }) => name)))
      for (const transition of transitionsIn(await world.history(execution))) taken.add(transition);
    world.stop();
  }
});

/** The last that a task did before its state was left says whether it was left by its end or by a catch. */
function transitionsIn(history: Awaited<ReturnType<CollectionsWorld['history']>>): string[] {
  const transitions: string[] = [];
  let from: string | undefined;
  let caught: string | undefined;
  for (const { type, details } of history) {
    const [, facts = {}] = details ?? [];
    if (type.endsWith('StateEntered')) {
      const to = String(facts['name']);
      if (from !== undefined)
        transitions.push(
          caught === undefined ? `${from} > ${to}` : `${from} caught ${caught} > ${to}`,
        );
      [from, caught] = [to, undefined];
    }
    if (type === 'TaskSucceeded') caught = undefined;
    if (type === 'TaskFailed' || type === 'TaskTimedOut')
      caught = type === 'TaskTimedOut' ? 'States.Timeout' : String(facts['error']);
  }
  return transitions;
}

type Rung = Pick<StrategyStep, 'stepId' | 'action'> & Partial<StrategyStep>;

/** A ladder of one rung a day, from the first day past due on. */
function ladderOf(...rungs: readonly Rung[]): StrategyStep[] {
  const scripts: Partial<Record<StrategyStep['action'], string>> = {
    Sms: 'reminder',
    VoiceNotify: 'robot-reminder',
    AiVoice: 'assistant-call',
    Call: 'collector-call',
    Visit: 'home-visit',
    Letter: 'demand-letter',
  };
  return rungs.map((rung, index) => {
    const scriptId = scripts[rung.action];
    return {
      fromDaysPastDue: index + 1,
      toDaysPastDue: 900,
      everyDays: 1,
      atMost: 1,
      costFen: 10,
      when: {},
      ...(scriptId === undefined ? {} : { scriptId }),
      ...rung,
    };
  });
}

const inMemory = (): CollectionStores => ({
  cases: new InMemoryCases(),
  tasks: new InMemoryTasks(),
  results: new InMemoryCaseResults(),
});

function worldWith(...rungs: readonly Rung[]): Promise<CollectionsWorld> {
  return worldOn(inMemory(), rungs);
}

async function worldOn(
  stores: CollectionStores,
  rungs: readonly Rung[],
): Promise<CollectionsWorld> {
  const world = await CollectionsWorld.start(stores);
  worlds.push(world);
  world.catalog.publish('collection-strategy', {
    strategyId: 'default-ladder',
    version: 2,
    name: 'A rung a day',
    arms: [{ arm: 'Champion', percent: 100, steps: ladderOf(...rungs) }],
  });
  return world;
}

const loan = bookedLoan('one', { dueOn: '2026-11-25' });
const at = (date: string, time = '10:00:00'): string => `${date}T${time}+08:00`;

async function stepTask(world: CollectionsWorld, collectionCase?: CollectionCase): Promise<Task> {
  const open = collectionCase ?? (await world.caseOf(loan.borrowerKey));
  const taskId = open.pending && stepTaskIdOf(open, open.pending);
  const task = await world.stores.tasks.find(taskId ?? '');
  if (task === undefined) throw new Error('nobody is asked for anything');
  return task;
}

async function decideAll(world: CollectionsWorld, ...outcomes: TaskDecision['outcome'][]) {
  for (const [index, outcome] of outcomes.entries())
    await world.decide(await stepTask(world), outcome, `supervisor-${index}`);
}

async function endOf(world: CollectionsWorld, of: BookedLoan = loan) {
  const ended = await world.caseOf(of.borrowerKey);
  const { status } = await world.execution(ended);
  return { case: ended.status, because: ended.closedBecause, execution: status };
}

const cured = { case: 'Closed', because: 'Cured', execution: 'SUCCEEDED' };

describe('escalate-collections', () => {
  it('goes from rung to rung by date, and ends when a lawsuit is approved', async () => {
    const world = await worldWith(
      { stepId: 'sms', action: 'Sms' },
      { stepId: 'robot', action: 'VoiceNotify' },
      { stepId: 'letter', action: 'Letter' },
      { stepId: 'suit', action: 'LegalAction' },
    );
    await world.overdue(loan);
    await world.advanceTo(at('2026-11-29'));
    expect(world.sent.map(({ channel, at: sentAt }) => [channel, sentAt.slice(0, 13)])).toEqual([
      ['Message', '2026-11-26T02'],
      ['Call', '2026-11-27T00'],
      ['Letter', '2026-11-28T00'],
    ]);
    await decideAll(world, 'Approve');
    expect(await endOf(world)).toEqual({
      case: 'Closed',
      because: 'LegalAction',
      execution: 'SUCCEEDED',
    });
    expect((await world.stores.results.list({ from: '2026-11-01', to: '2026-12-31' })).length).toBe(
      1,
    );
  });

  it('gives a loan up when two people approve, and ends when servicing has done it', async () => {
    const world = await worldWith({ stepId: 'write-off', action: 'WriteOff' });
    await world.overdue(loan);
    await decideAll(world, 'Approve', 'Approve');
    expect(world.writtenOff).toEqual([loan.loanId]);
    expect(await endOf(world)).toEqual({
      case: 'Closed',
      because: 'WrittenOff',
      execution: 'SUCCEEDED',
    });
  });

  it('hands the claim on when that is approved, and an agency has no more of it', async () => {
    const world = await worldWith({ stepId: 'sale', action: 'TransferClaim' });
    await world.overdue(loan);
    await decideAll(world, 'Approve');
    expect(await endOf(world)).toEqual({ ...cured, because: 'Transferred' });
    const debt = await world.book.find(loan.loanId, world.today);
    expect(debt?.standing).toBe('Transferred');
    await world.announce(loan.loanId);
    expect((await world.caseOf(loan.borrowerKey)).opening).toBe(1);
  });

  it('claims from a guarantor when that is approved, and ends with the money, not with the approval', async () => {
    const world = await worldWith({
      stepId: 'compensation',
      action: 'GuarantorCompensation',
      when: { hasGuarantor: true },
    });
    const guaranteed = { ...loan, hasGuarantor: true };
    await world.overdue(guaranteed);
    await decideAll(world, 'Approve');
    expect(world.claimed).toEqual([loan.loanId]);
    expect((await world.caseOf(loan.borrowerKey)).status).toBe('Open');
    world.book.end(loan.loanId, 'Compensated');
    await world.tell(loan.loanId, 'LoanCompensated');
    expect(await endOf(world)).toEqual({ ...cured, because: 'Compensated' });
  });

  it('asks nobody for a compensation of a loan nobody guarantees', async () => {
    const world = await worldWith({
      stepId: 'compensation',
      action: 'GuarantorCompensation',
      when: { hasGuarantor: true },
    });
    await world.overdue(loan);
    await world.advanceTo(at('2027-01-26'));
    expect((await world.caseOf(loan.borrowerKey)).stepCount).toBe(0);
  });

  it('goes on when a disposal is refused, or nobody decides it within thirty days', async () => {
    const world = await worldWith(
      { stepId: 'sale', action: 'TransferClaim' },
      { stepId: 'compensation', action: 'GuarantorCompensation' },
    );
    await world.overdue(loan);
    await decideAll(world, 'Reject');
    await world.advanceTo(at('2026-11-27', '12:00:00'));
    const task = await stepTask(world);
    expect(task.kind).toBe('ApproveCompensation');
    await world.advanceTo(at('2026-12-28'));
    expect(await world.stores.tasks.find(task.taskId)).toMatchObject({ status: 'Closed' });
    expect((await world.caseOf(loan.borrowerKey)).steps['compensation']?.count).toBe(1);
  });

  it('counts a call nobody made in a week as tried, and takes it out of the queue', async () => {
    const world = await worldWith({ stepId: 'call', action: 'Call' });
    await world.overdue(loan);
    const task = await stepTask(world);
    expect(task).toMatchObject({ status: 'Open', queue: 'Collection' });
    await world.advanceTo(at('2026-12-03', '10:00:01'));
    expect((await world.caseOf(loan.borrowerKey)).steps['call']?.count).toBe(1);
    expect((await world.stores.tasks.find(task.taskId))?.queue).toBeUndefined();
  });

  it('asks a provider that is down again four hours later, under a contact of its own', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    let isDown = true;
    world.outside.message = async () => {
      if (isDown) throw new Unavailable('down');
      return { messageId: 'm' };
    };
    await world.overdue(loan);
    await world.advanceTo(at('2026-11-26', '11:00:00'));
    expect(world.sent).toEqual([]);
    expect(await world.caseOf(loan.borrowerKey)).toMatchObject({ status: 'Open', steps: {} });
    isDown = false;
    await world.advanceTo(at('2026-11-26', '18:00:00'));
    expect(world.sent).toHaveLength(1);
  });

  it('asks again after a lost answer under the same reference', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    const references: string[] = [];
    world.outside.message = async ({ reference }) => {
      references.push(reference);
      if (references.length === 1) throw new Unavailable('no answer');
      return { messageId: 'm' };
    };
    await world.overdue(loan);
    await world.advanceTo(at('2026-11-26', '11:00:00'));
    expect(references).toHaveLength(2);
    expect(new Set(references).size).toBe(1);
    const { items } = await world.stores.cases.listContacts(loan.borrowerKey, { limit: 9 });
    expect(items).toMatchObject([{ status: 'Confirmed', result: 'Delivered' }]);
  });

  const outages = ['Unavailable', 'States.Timeout', 'Lambda.Unknown'];
  const machineSteps = [
    ['ContactBorrower', 'Sms', 'Message'],
    ['SendLetter', 'Letter', 'Letter'],
  ] as const;
  it.each(outages.flatMap((error) => machineSteps.map((step) => [error, ...step] as const)))(
    'takes %s of %s for an outage: nothing was sent, and it is asked again later',
    async (error, step, action, channel) => {
      const world = await worldWith({ stepId: 'one', action });
      let calls = 0;
      world.outside.beforeStep = (name) => {
        if (name === step && (calls += 1) <= 5)
          throw Object.assign(new Error('no answer'), { name: error });
      };
      await world.overdue(loan);
      await world.advanceTo(at('2026-11-26', '20:00:00'));
      expect(calls).toBe(6);
      expect(world.sent.map((sent) => sent.channel)).toEqual([channel]);
    },
  );

  it('goes on under the next run after its time, and the old one does no more', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 29, atMost: 60 });
    await world.overdue({ ...loan, installments: 60 });
    await world.advanceTo(at('2027-09-01'));
    const renewed = await world.caseOf(loan.borrowerKey);
    expect(renewed).toMatchObject({ run: 2, status: 'Open' });
    const before = await world.execution({ ...renewed, run: 1 });
    expect(before.status).toBe('SUCCEEDED');
    expect((await world.execution(renewed)).status).toBe('RUNNING');
    const repeated = { borrowerKey: loan.borrowerKey, lenderId: loan.lenderId, opening: 1, run: 1 };
    expect(await runRenewEscalation(repeated, world.dependencies())).toEqual({ run: 2 });
  });

  it('goes on under the next run after 220 turns, whatever an execution of them may have cost', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 1, atMost: 60 });
    await world.overdue(loan);
    const { borrowerKey, lenderId } = loan;
    const asked = { borrowerKey, lenderId, opening: 1, run: 1, failed: 0 };
    const stepAt = async (turn: number) =>
      (await runChooseStep({ ...asked, turn }, world.dependencies())).step;
    expect(await stepAt(219)).toBe('AwaitNextStep');
    expect(await stepAt(220)).toBe('RenewEscalation');
    // A turn chooses, routes and does one thing; each may be tried as often as its retriers allow, three events a try.
    const [machine] = machines.filter(({ name }) => name === 'escalate-collections');
    const eventsOf = (name: string): number => {
      const { Retry = [] } = machine?.States[name] ?? {};
      const tries = 1 + Retry.reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 0);
      return 2 + 3 * tries + 1;
    };
    const actions = ['ContactBorrower', 'SendLetter', 'AwaitCollector', 'AwaitDisposal'];
    const dearest = Math.max(...[...actions, 'AwaitNextStep'].map(eventsOf));
    expect((eventsOf('ChooseStep') + 2 + dearest) * 220).toBeLessThan(25_000);
    expect(eventsOf('ChooseStep')).toBeGreaterThan(40);
  });

  it('opens again at a new default, with a ladder from the beginning', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    await world.overdue(loan);
    await world.pay(loan.loanId, 100_000);
    expect(await endOf(world)).toEqual(cured);
    await world.advanceTo(at('2026-12-26'));
    await world.announce(loan.loanId);
    expect(await world.caseOf(loan.borrowerKey)).toMatchObject({ opening: 2, status: 'Open' });
    expect(world.sent).toHaveLength(2);
  });

  it('takes an event that comes late, twice, or after the money for what it is', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', atMost: 9, everyDays: 5 });
    await world.overdue(loan);
    await world.announce(loan.loanId);
    expect(world.sent).toHaveLength(1);
    await world.pay(loan.loanId, 100_000, 'p-1');
    await world.tell(loan.loanId, 'PaymentPosted', {
      paymentId: 'p-1',
      amountFen: 100_000,
      valueDate: world.today,
    });
    await world.announce(loan.loanId);
    expect(await endOf(world)).toEqual(cured);
    expect(await world.caseOf(loan.borrowerKey)).toMatchObject({
      opening: 1,
      receivedFen: 100_000,
    });
  });

  it('holds all overdue loans of borrower and lender, and ends with the last', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    const other = { ...bookedLoan('two', { dueOn: '2026-11-25' }), borrowerKey: loan.borrowerKey };
    await world.overdue(loan);
    await world.overdue(other);
    expect((await world.caseOf(loan.borrowerKey)).loans).toHaveLength(2);
    await world.pay(loan.loanId, 100_000);
    expect((await world.caseOf(loan.borrowerKey)).status).toBe('Open');
    await world.pay(other.loanId, 100_000);
    expect(await endOf(world)).toEqual(cured);
  });

  it('wakes from its wait when the case changes, and not for a version it knows', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    await world.overdue(loan);
    const { borrowerKey, lenderId, version } = await world.caseOf(loan.borrowerKey);
    const wait = { borrowerKey, lenderId, waitSeconds: 60, taskToken: 'none of ours' };
    const succeeded: string[] = [];
    const tokens = {
      succeed: async (token: string) => void succeeded.push(token),
      fail: async () => undefined,
    };
    const dependencies = { ...world.dependencies(), tokens };
    expect(await runAwaitNextStep({ ...wait, version }, dependencies)).toEqual({
      outcome: 'Waiting',
    });
    expect(await runAwaitNextStep({ ...wait, version: version - 1 }, dependencies)).toEqual({
      outcome: 'Changed',
    });
    expect(succeeded).toEqual(['none of ours']);
  });

  it('changes the strategy of new cases by itself, and says in the audit which version decided what', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    await world.overdue(loan);
    world.catalog.publish('collection-strategy', {
      strategyId: 'default-ladder',
      version: 3,
      name: 'Calls first',
      arms: [
        { arm: 'Champion', percent: 100, steps: ladderOf({ stepId: 'call', action: 'Call' }) },
      ],
    });
    const later = bookedLoan('later', { dueOn: '2026-11-25' });
    await world.overdue(later);
    expect((await world.caseOf(loan.borrowerKey)).event.facts['strategy']).toBe('default-ladder#2');
    const fresh = await world.caseOf(later.borrowerKey);
    expect(fresh.event).toMatchObject({
      type: 'CaseStepChosen',
      facts: { strategy: 'default-ladder#3', stepId: 'call' },
    });
  });
});

describe('hardship', () => {
  const mark = (name: string) => ({ mark: sha256Hex(name), bodyHash: sha256Hex(`body ${name}`) });

  async function granted(world: CollectionsWorld): Promise<Task> {
    await world.overdue(loan);
    const { caseId } = await world.caseOf(loan.borrowerKey);
    await runOpenCaseRequest(
      {
        caseId,
        idempotency: mark('hardship'),
        operatorId: 'collector',
        body: {
          kind: 'Hardship',
          reason: 'Illness',
          evidence: [evidenceId],
          complexity: 'Plain',
          plan: { moreInstallments: 6, isPastDuePrincipalSpread: true, isInstallmentKept: false },
        },
      },
      world.dependencies(),
    );
    await world.idle();
    await world.decide(await reliefTask(world, 'DecideHardship'), 'Approve', 'supervisor-0');
    return reliefTask(world, 'ApproveRestructuring');
  }

  async function reliefTask(world: CollectionsWorld, kind: Task['kind']): Promise<Task> {
    const { items } = await world.stores.tasks.listInbox({ queue: 'Relief' }, { limit: 9 });
    const task = items.find((each) => each.kind === kind);
    if (task === undefined) throw new Error(`no task ${kind}`);
    return task;
  }

  it('rests until servicing and the borrower agree, and ends as restructured', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 2, atMost: 60 });
    const task = await granted(world);
    expect(task.excludedOperators).toEqual(['supervisor-0', 'collector']);
    await world.advanceTo(at('2026-12-06'));
    await world.decide(task, 'Approve', 'supervisor-1');
    await world.advanceTo(at('2026-12-10'));
    expect(world.sent).toHaveLength(1);
    await world.confirmOffer(loan.loanId);
    expect(await endOf(world)).toEqual({ ...cured, because: 'Restructured' });
    await world.advanceTo(at('2027-01-10'));
    expect(world.sent).toHaveLength(1);
  });

  it('goes on the morning after an offer that nobody confirmed', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 2, atMost: 60 });
    const task = await granted(world);
    await world.decide(task, 'Approve', 'supervisor-1');
    await world.advanceTo(at('2026-12-03', '23:59:59'));
    expect(world.sent).toHaveLength(1);
    await world.advanceTo(at('2026-12-04', '08:00:01'));
    expect(world.sent).toHaveLength(2);
    expect((await world.caseOf(loan.borrowerKey)).pauses).toEqual([]);
  });

  it('goes on at once when the borrower says no to the offer', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 2, atMost: 60 });
    const task = await granted(world);
    await world.decide(task, 'Approve', 'supervisor-1');
    await world.advanceTo(at('2026-12-01'));
    expect(world.sent).toHaveLength(1);
    world.book.refuseOffer(loan.loanId);
    await world.tell(loan.loanId, 'RestructuringRefused');
    expect(await world.caseOf(loan.borrowerKey)).toMatchObject({ status: 'Open', pauses: [] });
    expect(world.sent).toHaveLength(2);
  });

  it('goes on at once when the second person says no, told once or twice', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 2, atMost: 60 });
    const task = await granted(world);
    await world.advanceTo(at('2026-12-01'));
    await world.decide(task, 'Reject', 'supervisor-1');
    const { version, pauses } = await world.caseOf(loan.borrowerKey);
    expect(pauses).toEqual([]);
    expect(world.sent).toHaveLength(2);
    const event = { taskId: task.taskId, kind: 'ApproveRestructuring' } as const;
    await runFollowRelief(event, world.dependencies());
    expect((await world.caseOf(loan.borrowerKey)).version).toBe(version);
  });

  it('goes on when money that does not cure makes the offer void', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 2, atMost: 60 });
    const task = await granted(world);
    await world.decide(task, 'Approve', 'supervisor-1');
    await world.advanceTo(at('2026-12-01'));
    await world.pay(loan.loanId, 1_000);
    expect(await world.caseOf(loan.borrowerKey)).toMatchObject({ status: 'Open', pauses: [] });
    expect(world.sent).toHaveLength(2);
  });

  it('asks servicing once, however often the decision is told', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    const task = await granted(world);
    const { caseId } = await world.caseOf(loan.borrowerKey);
    const { items } = await world.stores.tasks.listInbox({ queue: 'Relief' }, { limit: 9 });
    expect(items.map(({ taskId }) => taskId)).toEqual([task.taskId]);
    const relief = await world.stores.tasks.listByApplication(loan.applicationId);
    const decided = relief.find(({ kind }) => kind === 'DecideHardship');
    expect(decided?.status).toBe('Closed');
    await runApplyRelief(
      {
        subjectId: decided?.taskId ?? '',
        caseId,
        pauseId: decided?.about?.['pauseId'] ?? '',
        kind: 'DecideHardship',
      },
      world.dependencies(),
    );
    expect(await world.stores.tasks.listByApplication(loan.applicationId)).toHaveLength(2);
  });
});

describe('an agency', () => {
  it('calls once the debtor was told, and not once the register says it is suspended', async () => {
    const world = await worldWith({ stepId: 'call', action: 'Call', atMost: 9 });
    await world.overdue(loan);
    const { caseId } = await world.caseOf(loan.borrowerKey);
    const [mark, bodyHash] = [sha256Hex('assign'), sha256Hex('body')];
    const agencyId = 'hengxin-services';
    const dependencies = {
      ...world.dependencies(),
      vault: { ...world.dependencies().vault, borrowerKey: async () => '' },
    };
    await runAssignCase(
      { caseId, idempotency: { mark, bodyHash }, operatorId: 'supervisor', agencyId },
      dependencies,
    );
    const call = (name: string) =>
      runReserveContact(
        {
          ...{ caseId, mark: sha256Hex(name), operatorId: 'collector' },
          body: { channel: 'Call', scriptId: 'collector-call', purpose: 'Collect' },
        },
        dependencies,
      );
    expect(await call('one')).toMatchObject({ speaker: agencyId });
    const found = await world.catalog.find(
      { kind: 'collection-agency', id: agencyId },
      CollectionAgency,
    );
    world.catalog.publish('collection-agency', { ...found, version: 2, status: 'Suspended' });
    await expect(call('two')).rejects.toThrow('AgencyNotFit');
  });
});

describe('a route that died after it stored the change', () => {
  it('leaves a request that is asked all the same, a call that is withdrawn, a case that rests', async () => {
    const world = await worldWith({ stepId: 'call', action: 'Call', atMost: 9 });
    await world.overdue(loan);
    const call = await stepTask(world);
    const found = await world.caseOf(loan.borrowerKey);
    const now = at('2026-11-26', '11:00:00');
    const limits = { hardshipReplyWorkdays: 7, disputeDays: 20, complaintDays: days };
    const paused = pauseCase(found, {
      ...{ kind: 'Complaint', reason: 'Conduct', evidence: [], limits },
      ...{ on: '2026-11-26', at: now, actor: 'operator:collector' },
    });
    await world.stores.cases.replace(paused);
    const { borrowerKey, lenderId } = loan;
    const event = { borrowerKey, lenderId, at: now };
    await runFollowCase(event, world.dependencies());
    await runFollowCase(event, world.dependencies());
    await world.idle();
    expect(await world.stores.tasks.find(call.taskId)).toMatchObject({ status: 'Closed' });
    const { items } = await world.stores.tasks.listInbox({ queue: 'Relief' }, { limit: 9 });
    expect(items.map(({ kind }) => kind)).toEqual(['AnswerComplaint']);
    expect((await world.caseOf(borrowerKey)).pending).toBeUndefined();
  });

  it('leaves a withdrawn request whose question leaves its queue, unless it was answered meanwhile', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    await world.overdue(loan);
    const { borrowerKey, lenderId } = loan;
    const now = world.now().toISOString();
    const limits = { hardshipReplyWorkdays: 7, disputeDays: 20, complaintDays: days };
    const paused = pauseCase(await world.caseOf(borrowerKey), {
      ...{ kind: 'Complaint', reason: 'Conduct', evidence: [], limits },
      ...{ on: '2026-11-26', at: now, actor: 'operator:collector' },
    });
    await world.stores.cases.replace(paused);
    await runFollowCase({ borrowerKey, lenderId, at: now }, world.dependencies());
    await world.idle();
    const [pause] = paused.pauses;
    if (pause === undefined) throw new Error('no pause');
    const { pauseId, kind } = pause;
    const event = { borrowerKey, lenderId, at: now, pauseId, kind };
    const asked = async () =>
      (await world.stores.tasks.listInbox({ queue: 'Relief' }, { limit: 9 })).items.length;
    await runFollowCase(event, world.dependencies());
    expect(await asked()).toBe(1);
    const evidence = `doc_${'A'.repeat(26)}`;
    const actor = 'operator:supervisor';
    const current = await world.caseOf(borrowerKey);
    const withdrawn = withdrawRequest(current, { pauseId, evidence, at: now, actor });
    await world.stores.cases.replace(withdrawn);
    await runFollowCase(event, world.dependencies());
    await runFollowCase(event, world.dependencies());
    expect(await asked()).toBe(0);
    await world.idle();
    expect((await world.caseOf(borrowerKey)).pauses).toEqual([]);
  });

  it('leaves a strategy that the waiting workflow takes up, and wakes nobody who has seen it', async () => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms' });
    await world.overdue(loan);
    world.catalog.publish('collection-strategy', {
      strategyId: 'default-ladder',
      version: 3,
      name: 'A robot at once',
      arms: [
        {
          ...{ arm: 'Champion', percent: 100 },
          steps: ladderOf({ stepId: 'robot', action: 'VoiceNotify' }),
        },
      ],
    });
    const found = await world.caseOf(loan.borrowerKey);
    const strategy = await strategyInForce(world.catalog, 'default-ladder');
    const actor = 'operator:supervisor';
    const now = world.now().toISOString();
    await world.stores.cases.replace(changeStrategy(found, { strategy, at: now, actor }));
    const { borrowerKey, lenderId } = loan;
    await runFollowCase({ borrowerKey, lenderId, at: now }, world.dependencies());
    await world.idle();
    expect(world.sent.map(({ channel }) => channel)).toEqual(['Message', 'Call']);
    const entered = world.entered.length;
    await runFollowCase({ borrowerKey, lenderId, at: now }, world.dependencies());
    await world.idle();
    expect(world.entered).toHaveLength(entered);
  });

  const days = { Plain: 15, Complex: 30, Special: 60 };
});

/** Money that comes at a moment of a run which takes every kind of step. */
describe('money that cures', () => {
  const rungs: readonly Rung[] = [
    { stepId: 'sms', action: 'Sms' },
    { stepId: 'robot', action: 'VoiceNotify' },
    { stepId: 'letter', action: 'Letter' },
    { stepId: 'call', action: 'Call' },
    { stepId: 'visit', action: 'Visit' },
    { stepId: 'sale', action: 'TransferClaim' },
  ];
  const end = at('2026-12-20');

  async function run(arrange: (world: CollectionsWorld) => void): Promise<CollectionsWorld> {
    const world = await worldWith(...rungs);
    arrange(world);
    await world.overdue(loan);
    await world.advanceTo(end);
    return world;
  }

  it('ends the case at every step of the machine, before the step does anything, and nobody is contacted after', async () => {
    const whole = await run(() => undefined);
    expect(new Set(whole.entered.map(({ state }) => state)).size).toBe(8);
    let steps = 0;
    for (let moment = 1; moment <= 60; moment += 1) {
      let count = 0;
      let contactsBefore = -1;
      const world = await run((w) => {
        w.outside.beforeStep = async () => {
          count += 1;
          if (count !== moment) return;
          w.book.pay(loan.loanId, 500_000);
          await w.follow(loan.loanId, 'PaymentPosted');
          contactsBefore = w.sent.length;
        };
      });
      if (count < moment) break;
      steps = moment;
      expect([moment, await endOf(world)]).toEqual([moment, cured]);
      expect([moment, world.sent.length]).toEqual([moment, contactsBefore]);
      await world.idle();
    }
    expect(steps).toBeGreaterThan(14);
  });

  const dynamo = (): CollectionStores => {
    const { documents } = database;
    return {
      cases: new DynamoCases(documents, 'Cases'),
      tasks: new DynamoTasks(documents, 'Tasks'),
      results: new DynamoCaseResults(documents, 'Metrics'),
    };
  };

  it.each([
    ['in memory', inMemory],
    ['in DynamoDB', dynamo],
  ])(
    'ends the case at every transition, while the step runs, and nothing is reserved after: %s',
    async (name, storesOf) => {
      const whole = await run(() => undefined);
      const transitions = whole.entered.length;
      for (let moment = 1; moment <= transitions; moment += 1) {
        const log: string[] = [];
        const own = bookedLoan(`${name} ${moment}`, { dueOn: loan.dueOn });
        const world = await worldOn(storesOf(), rungs);
        world.observe((method, next) => {
          if (method === 'reserveContact') log.push('reserved');
          if (method === 'replace' && next?.status === 'Closed') log.push('closed');
        });
        world.onEntered = (entered) => {
          if (entered !== moment) return;
          world.book.pay(own.loanId, 500_000);
          world.later(world.follow(own.loanId, 'PaymentPosted'));
        };
        await world.overdue(own);
        await world.advanceTo(end);
        await world.idle();
        expect([moment, await endOf(world, own)]).toEqual([moment, cured]);
        expect(log.at(-1)).toBe('closed');
      }
      expect(transitions).toBeGreaterThan(20);
    },
    120_000,
  );

  it.each([
    ['before the next run is named', 'RenewEscalation', false],
    ['while it is named', 'RenewEscalation', true],
    ['as the old run ends', 'EscalationRenewed', true],
    ['as the next one begins', 'BeginEscalation', true],
  ])('ends the case when a run goes on under another name: %s', async (_name, state, isRace) => {
    const world = await worldWith({ stepId: 'sms', action: 'Sms', everyDays: 29, atMost: 60 });
    const long = { ...loan, installments: 60 };
    let contactsBefore = -1;
    const cure = async () => {
      if (contactsBefore >= 0) return;
      contactsBefore = world.sent.length;
      world.book.pay(loan.loanId, 60 * 100_000);
      await world.follow(loan.loanId, 'PaymentPosted');
    };
    world.outside.beforeStep = async (step) => {
      if (!isRace && step === state) await cure();
    };
    world.onEntered = () => {
      const { state: entered, execution } = world.entered.at(-1) ?? {};
      const isLater = state !== 'BeginEscalation' || execution?.endsWith('-2') === true;
      if (isRace && entered === state && isLater) world.later(cure());
    };
    await world.overdue(long);
    await world.advanceTo(at('2027-10-01'));
    expect(await endOf(world)).toEqual(cured);
    expect(world.sent).toHaveLength(contactsBefore);
    const runs = new Set(world.entered.map(({ execution }) => execution));
    for (const run of runs)
      expect((await world.history(run)).at(-1)?.type).toBe('ExecutionSucceeded');
  });

  it('takes the work out of the queue, and an answer that comes later changes nothing', async () => {
    const world = await worldWith({ stepId: 'sale', action: 'TransferClaim' });
    await world.overdue(loan);
    const task = await stepTask(world);
    await world.pay(loan.loanId, 100_000);
    expect(await world.stores.tasks.find(task.taskId)).toMatchObject({ status: 'Closed' });
    await expect(world.decide(task, 'Approve')).rejects.toThrow();
    await world.tokens.succeed(task.taskToken ?? '', { outcome: 'Approve' });
    await world.tokens.succeed(task.taskToken ?? '', { outcome: 'Approve' });
    expect(await endOf(world)).toEqual(cured);
  });

  it('took every transition of the machine, all tests together', () => {
    const [machine] = machines.filter(({ name }) => name === 'escalate-collections');
    const drawn = Object.entries(machine?.States ?? {}).flatMap(([from, state]) =>
      [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)]
        .filter((to) => to !== undefined)
        .map((to) => `${from} > ${to}`)
        .concat(
          (state.Catch ?? []).flatMap(({ ErrorEquals, Next }) =>
            ErrorEquals.map((error) => `${from} caught ${error} > ${Next}`),
          ),
        ),
    );
    expect(drawn.length).toBeGreaterThan(20);
    expect(drawn.filter((transition) => !taken.has(transition))).toEqual([]);
  });
});
