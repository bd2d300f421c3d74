import { describe, expect, it } from 'vitest';
import {
  CollectionAgency,
  assignAgency,
  assignmentObstacles,
  noteAssignmentNotice,
  recallCase,
} from '#domain/collections/agency.ts';
import { answerPause } from '#domain/collections/answer-pause.ts';
import { CaseClosedFacts, caseResultOf, sumResults } from '#domain/collections/case-result.ts';
import { isResting, type CollectionCase } from '#domain/collections/case.ts';
import { beginStep, chooseStep } from '#domain/collections/choose-step.ts';
import { closeCase } from '#domain/collections/close-case.ts';
import { openPauseTask, openStepTask, priorityOf } from '#domain/collections/collection-task.ts';
import { followDebts } from '#domain/collections/follow-debts.ts';
import { followRelief, reliefEndsOn } from '#domain/collections/follow-relief.ts';
import { nextBest } from '#domain/collections/next-best.ts';
import { openCase } from '#domain/collections/open-case.ts';
import { addWorkdays, pauseCase } from '#domain/collections/pause-case.ts';
import { breakPromise, makePromise } from '#domain/collections/promise.ts';
import { receivePayment, returnPayment } from '#domain/collections/receive-payment.ts';
import { renewRun } from '#domain/collections/renew-run.ts';
import { settleDisposal } from '#domain/collections/settle-disposal.ts';
import { StrategyStep } from '#domain/collections/strategy.ts';
import { withdrawRequest } from '#domain/collections/withdraw-request.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import type { Task } from '#domain/tasks/task.ts';
import { aCase, aDebt, shippedLimits, shippedStrategy } from '../collections-builders.ts';

const limits = shippedLimits();
const at = '2026-11-26T02:00:00.000Z';
const on = '2026-11-26';
const opening = { lenderType: 'OnlineMicroloan', strategy: shippedStrategy(), at } as const;

describe('openCase', () => {
  it('takes every overdue loan of borrower and lender into one case, each once', () => {
    const one = openCase(undefined, { ...opening, debt: aDebt('one') });
    const two = openCase(one, { ...opening, debt: aDebt('two') });
    expect(two).toMatchObject({ version: 2, caseId: one?.caseId, opening: 1 });
    expect(two?.loans).toHaveLength(2);
    expect(openCase(two, { ...opening, debt: aDebt('two') })).toBeUndefined();
  });

  it('opens a closed case again at a new default, with a new ladder under the strategy in force', () => {
    const closed = closeCase(aCase({ steps: { sms: { count: 4, lastOn: on } } }), {
      because: 'Cured',
      at,
    });
    const again = openCase(closed, {
      ...opening,
      debt: aDebt('two'),
      strategy: { ...shippedStrategy(), version: 3 },
    });
    expect(again).toMatchObject({
      status: 'Open',
      opening: 2,
      run: 1,
      steps: {},
      strategyVersion: 3,
      introducedBy: [],
    });
    expect(again?.closedBecause).toBeUndefined();
  });
});

describe('openCase after a claim was handed on', () => {
  const closed = (because: 'LegalAction' | 'Transferred' | 'Cured') =>
    closeCase(aCase(), { because, at: '2026-11-26T02:00:00.000Z' });

  it('takes another loan up whose default was not handed on, though it began the same day', () => {
    const debt = aDebt('two', { daysPastDue: 1, asOf: '2026-11-27' });
    const again = openCase(closed('LegalAction'), { ...opening, debt });
    expect(again).toMatchObject({ status: 'Open', opening: 2 });
    expect(again?.loans.map(({ loanId }) => loanId)).toEqual([debt.loan.loanId]);
  });

  it('leaves what was handed on alone while the case is open for another loan, and after it was cured', () => {
    const old = aDebt('one', { daysPastDue: 9, asOf: '2026-11-30' });
    const debt = aDebt('two', { daysPastDue: 1, asOf: '2026-11-30' });
    const again = openCase(closed('LegalAction'), { ...opening, debt });
    if (again === undefined) throw new Error('the other loan is taken up');
    expect(openCase(again, { ...opening, debt: old })).toBeUndefined();
    const cured = closeCase(again, { because: 'Cured', at: '2026-12-01T02:00:00.000Z' });
    expect(openCase(cured, { ...opening, debt: old })).toBeUndefined();
    const fresh = aDebt('one', { daysPastDue: 3, asOf: '2026-11-30' });
    expect(openCase(cured, { ...opening, debt: fresh })).toMatchObject({ opening: 3 });
  });

  it.each([
    ['LegalAction', 5, 'stays closed'],
    ['Transferred', 4, 'stays closed'],
    ['Transferred', 3, 'opens again'],
    ['Cured', 5, 'opens again'],
  ] as const)(
    'by %s, on a default of %i days heard of four days later: %s',
    (because, daysPastDue, expected) => {
      const debt = aDebt('one', { daysPastDue, asOf: '2026-11-30' });
      const next = openCase(closed(because), { ...opening, debt });
      expect(next === undefined ? 'stays closed' : 'opens again').toBe(expected);
    },
  );
});

describe('followDebts', () => {
  it.each([
    ['Current', 'Cured'],
    ['Settled', 'Settled'],
    ['WrittenOff', 'WrittenOff'],
    ['Restructured', 'Restructured'],
  ] as const)('closes the case of a loan that is %s as %s', (standing, because) => {
    const followed = followDebts(aCase(), { debts: [aDebt('one', {}, standing)], at });
    expect(followed).toMatchObject({ status: 'Closed', closedBecause: because, loans: [] });
  });

  it('goes on with the loans that are still overdue', () => {
    const two = aCase({ loans: [aDebt('one').loan, aDebt('two').loan] });
    const followed = followDebts(two, { debts: [aDebt('one', {}, 'Current'), aDebt('two')], at });
    expect(followed).toMatchObject({ status: 'Open', loans: [aDebt('two').loan] });
  });

  it('takes no day that passed, and no loan that cannot be read, for a change', () => {
    const later = aDebt('one', { daysPastDue: 9, asOf: '2026-11-30' });
    expect(followDebts(aCase(), { debts: [later], at })).toBeUndefined();
    expect(followDebts(aCase(), { debts: [], at })).toBeUndefined();
  });
});

describe('a promise to pay', () => {
  const made = makePromise(aCase(), {
    amountFen: 60_000,
    dueOn: '2026-11-30',
    on,
    at,
    actor: 'operator:a',
    limits,
  });

  it.each([
    ['due before today', { dueOn: '2026-11-25' }],
    ['due in sixteen days', { dueOn: '2026-12-12' }],
    ['for more than is overdue', { amountFen: 100_001 }],
  ])('is refused when it is %s', (_name, changes) => {
    const promise = {
      amountFen: 60_000,
      dueOn: '2026-11-30',
      on,
      at,
      actor: 'operator:a',
      limits,
      ...changes,
    };
    expect(() => makePromise(aCase(), promise)).toThrow(/promise/);
  });

  it('may be due in fifteen days, and there is one at a time', () => {
    expect(
      makePromise(aCase(), { amountFen: 1, dueOn: '2026-12-11', on, at, actor: 'a', limits })
        .promises,
    ).toHaveLength(1);
    expect(() =>
      makePromise(made, { amountFen: 1, dueOn: '2026-11-30', on, at, actor: 'a', limits }),
    ).toThrow('open promise');
  });

  const pay = (from: CollectionCase, paymentId: string, amountFen: number, valueDate: string) =>
    receivePayment(from, { paymentId, amountFen, valueDate, at });

  it.each([
    [60_000, '2026-11-30', 'Kept'],
    [59_999, '2026-11-30', 'Open'],
    [60_000, '2026-12-01', 'Open'],
    [60_000, '2026-11-25', 'Open'],
  ])('of %i fen paid on %s is %s', (amountFen, valueDate, status) => {
    expect(pay(made, 'p1', amountFen, valueDate)?.promises[0]?.status).toBe(status);
  });

  it('is kept by parts, and each part counts once however often it is told', () => {
    const half = pay(made, 'p1', 30_000, '2026-11-28') ?? made;
    expect(pay(half, 'p1', 30_000, '2026-11-28')).toBeUndefined();
    const whole = pay(half, 'p2', 30_000, '2026-11-29');
    expect(whole).toMatchObject({ receivedFen: 60_000, event: { type: 'PromiseKept' } });
    const returned = whole && returnPayment(whole, { paymentId: 'p1', at });
    expect(returned).toMatchObject({
      receivedFen: 30_000,
      promises: [{ status: 'Open', receivedFen: 30_000 }],
    });
  });

  it.each([
    ['2026-11-30', undefined],
    ['2026-12-01', undefined],
    ['2026-12-02', 'Broken'],
  ])('is judged on %s: %s', (day, status) => {
    expect(breakPromise(made, { on: day, at, limits })?.promises[0]?.status).toBe(status);
  });

  const rested = (since: string) =>
    pauseCase(made, {
      ...{ kind: 'Complaint', reason: 'Conduct', evidence: [], on: since, at },
      ...{ actor: 'operator:a', limits },
    });

  it('is not judged while the case rests', () => {
    expect(breakPromise(rested('2026-11-29'), { on: '2026-12-20', at, limits })).toBeUndefined();
  });

  it.each([
    ['2026-11-29', '2026-12-05', 'Lapsed', 'passed in the rest'],
    ['2026-11-30', '2026-12-01', 'Lapsed', 'was the first day of the rest'],
    ['2026-11-29', '2026-11-30', 'Open', 'is the one on which the rest ends'],
    ['2026-12-01', '2026-12-05', 'Open', 'passed before the rest'],
    ['2026-11-27', '2026-11-28', 'Open', 'is still to come'],
  ])('after a rest from %s to %s is %s: its day %s', (since, until, status) => {
    const paused = rested(since);
    const [pause] = paused.pauses;
    if (pause === undefined) throw new Error('no pause');
    const task = decided(openPauseTask(paused, { pause, at }), 'Uphold');
    const answeredAt = `${until}T02:00:00.000Z`;
    const next = answerPause(paused, { pauseId: pause.pauseId, task, limits, at: answeredAt });
    expect(next?.promises[0]?.status).toBe(status);
  });

  it('waits on when one rest ends and another goes on, or only one loan was at rest', () => {
    const twice = pauseCase(rested('2026-11-29'), {
      ...{ kind: 'Dispute', reason: 'AmountWrong', evidence: [], on: '2026-11-29', at },
      ...{ actor: 'operator:a', limits },
    });
    const [pause] = twice.pauses;
    if (pause === undefined) throw new Error('no pause');
    const task = decided(openPauseTask(twice, { pause, at }), 'Uphold');
    const later = '2026-12-05T02:00:00.000Z';
    const next = answerPause(twice, { pauseId: pause.pauseId, task, limits, at: later });
    expect(next).toMatchObject({ promises: [{ status: 'Open' }], pauses: [{ kind: 'Dispute' }] });
  });
});

describe('pauseCase', () => {
  const plan = { moreInstallments: 6, isPastDuePrincipalSpread: true, isInstallmentKept: false };
  const ask = (changes: Partial<Parameters<typeof pauseCase>[1]>) =>
    pauseCase(aCase(), {
      kind: 'Hardship',
      ...((changes.kind ?? 'Hardship') === 'Hardship' ? { plan } : {}),
      reason: 'Illness',
      evidence: ['doc_1'],
      on,
      at,
      actor: 'operator:a',
      limits,
      ...changes,
    });

  it.each([
    ['Hardship', 'Plain', '2026-12-07'],
    ['Complaint', 'Plain', '2026-12-11'],
    ['Complaint', 'Complex', '2026-12-26'],
    ['Complaint', 'Special', '2027-01-25'],
    ['Dispute', 'Plain', '2026-12-16'],
  ] as const)('a %s (%s) is to be answered by %s', (kind, complexity, answerBy) => {
    expect(ask({ kind, complexity }).pauses[0]?.answerBy).toBe(answerBy);
  });

  it('counts working days over a holiday', () => {
    expect(addWorkdays('2026-09-30', 1)).toBe('2026-10-08');
  });

  it('refuses the same again, hardship of one loan, and a loan that is not in the case', () => {
    expect(() =>
      pauseCase(ask({}), {
        kind: 'Hardship',
        reason: 'x',
        evidence: [],
        plan,
        on,
        at,
        actor: 'a',
        limits,
      }),
    ).toThrow('already');
    const { loanId } = aDebt().loan;
    expect(() => ask({ loanIds: [loanId] })).toThrow('not of one loan');
    expect(() => ask({ kind: 'Dispute', loanIds: [aDebt('two').loan.loanId] })).toThrow(
      'not in the case',
    );
  });

  it('takes hardship only with what is asked for and with evidence', () => {
    expect(() => ask({ plan: undefined })).toThrow('says in plan');
    expect(() => ask({ kind: 'Dispute', plan })).toThrow('says in plan');
    expect(() => ask({ evidence: [] })).toThrow('evidence');
  });

  it('is not decided by whoever wrote it down', () => {
    const paused = ask({ actor: 'operator:a' });
    const [pause] = paused.pauses;
    if (pause === undefined) throw new Error('no pause');
    const task = openPauseTask(paused, { pause, at });
    expect(task.excludedOperators).toEqual(['a']);
    expect(task.content['plan']).toEqual(plan);
    expect(() => decided(task, 'Approve', 'a')).toThrow();
  });

  it.each([
    ['Hardship', 'Approve', 'HardshipGranted', true],
    ['Hardship', 'Reject', 'HardshipRefused', false],
    ['Dispute', 'Overturn', 'DisputeUpheld', true],
    ['Complaint', 'Uphold', 'ComplaintRejected', false],
  ] as const)('%s answered by %s is %s', (kind, outcome, type, isGranted) => {
    const paused = ask({ kind });
    const [pause] = paused.pauses;
    if (pause === undefined) throw new Error('no pause');
    const task = decided(openPauseTask(paused, { pause, at }), outcome);
    const answered = answerPause(paused, { pauseId: pause.pauseId, task, limits, at });
    expect(answered).toMatchObject({ pauses: [], event: { type } });
    expect(answered?.notBefore).toBe(isGranted ? '2026-12-11T02:00:00.000Z' : undefined);
    if (answered === undefined) throw new Error('nothing was answered');
    expect(answerPause(answered, { pauseId: pause.pauseId, task, limits, at })).toBeUndefined();
    const shorter = { ...limits, reliefAgreementDays: 2 };
    const sooner = answerPause(paused, { pauseId: pause.pauseId, task, limits: shorter, at });
    expect(sooner?.notBefore).toBe(isGranted ? '2026-11-28T02:00:00.000Z' : undefined);
  });
});

describe('withdrawRequest', () => {
  const evidence = `doc_${'A'.repeat(26)}`;
  const by = (actor: string) => ({ pauseId: 'pause-2', evidence, at, actor });
  const complaint = (of = aCase()) =>
    pauseCase(of, {
      ...{ kind: 'Complaint', reason: 'Conduct', evidence: [], on, at },
      ...{ actor: 'operator:a', limits },
    });

  it('ends the rest, is no answer, and says on what evidence', () => {
    const asked = complaint(aCase({ version: 1 }));
    const withdrawn = withdrawRequest(asked, by('operator:b'));
    expect(withdrawn).toMatchObject({
      pauses: [],
      event: { type: 'CaseRequestWithdrawn', facts: { kind: 'Complaint', evidence } },
    });
    expect(withdrawn.notBefore).toBeUndefined();
    expect(() => withdrawRequest(withdrawn, by('operator:b'))).toThrow('no such request');
  });

  it('is not for whoever recorded it, nor for new terms that are on their way', () => {
    const asked = complaint(aCase({ version: 1 }));
    expect(() => withdrawRequest(asked, by('operator:a'))).toThrow('same person');
    const granted = asked.pauses.map((pause) => ({ ...pause, kind: 'Restructuring' as const }));
    expect(() => withdrawRequest({ ...asked, pauses: granted }, by('operator:b'))).toThrow(
      'refused at the loan',
    );
  });
});

describe('a case whose loan has new terms', () => {
  it.each([
    ['2026-11-25', 'Cured'],
    ['2026-11-26', 'Restructured'],
  ])('agreed on %s ends as %s once nothing is overdue', (restructuredOn, because) => {
    const current = { ...aDebt('one', {}, 'Current'), restructuredOn };
    const closed = followDebts(aCase(), { debts: [current], at });
    expect(closed?.closedBecause).toBe(because);
  });
});

describe('followRelief', () => {
  const { loanId } = aDebt().loan;
  const other = aDebt('two').loan.loanId;
  const taskId = `task_${'A'.repeat(26)}`;
  const secondTask = `task_${'B'.repeat(26)}`;
  const granted = (loans = [loanId]): CollectionCase => {
    const paused = pauseCase(
      aCase({ loans: loans.map((id) => ({ ...aDebt().loan, loanId: id })) }),
      {
        kind: 'Hardship',
        reason: 'Illness',
        evidence: ['doc_1'],
        plan: { moreInstallments: 6, isPastDuePrincipalSpread: true, isInstallmentKept: false },
        ...{ on, at, actor: 'operator:a', limits },
      },
    );
    const [pause] = paused.pauses;
    if (pause === undefined) throw new Error('no pause');
    const task = decided(openPauseTask(paused, { pause, at }), 'Approve');
    const tasks = [taskId, secondTask];
    const requests = loans.map((id, index) => ({ loanId: id, taskId: tasks[index] ?? '' }));
    const next = answerPause(paused, { pauseId: pause.pauseId, task, requests, limits, at });
    if (next === undefined) throw new Error('not answered');
    return next;
  };
  const read = (offerUntil?: string, of = loanId) => ({
    ...aDebt(),
    loan: { ...aDebt().loan, loanId: of },
    ...(offerUntil === undefined ? {} : { offerUntil }),
  });
  const none = new Set<string>();

  it('rests on from the grant, and is not left alone besides', () => {
    const next = granted();
    expect(next.pauses).toMatchObject([{ kind: 'Restructuring', requests: [{ loanId, taskId }] }]);
    expect(next.notBefore).toBeUndefined();
    expect(isResting(next)).toBe(true);
  });

  it('waits while servicing has not answered, whatever else is told', () => {
    expect(followRelief(granted(), { debts: [read()], closedTasks: none, at })).toBeUndefined();
    expect(
      followRelief(granted(), { debts: [read('2026-12-03')], closedTasks: none, at }),
    ).toBeUndefined();
    const closedTasks = new Set([taskId]);
    expect(followRelief(granted(), { debts: [], closedTasks, at })).toBeUndefined();
  });

  it('ends when servicing answers without an offer', () => {
    const next = followRelief(granted(), { debts: [read()], closedTasks: new Set([taskId]), at });
    expect(next).toMatchObject({ pauses: [], event: { type: 'ReliefEnded' } });
  });

  it('waits for the borrower as long as the offer stands, and ends with it', () => {
    const closedTasks = new Set([taskId]);
    const offered = followRelief(granted(), { debts: [read('2026-12-03')], closedTasks, at });
    expect(offered).toMatchObject({ event: { type: 'ReliefOffered' } });
    if (offered === undefined) throw new Error('no offer');
    expect(reliefEndsOn(offered)).toBe('2026-12-03');
    expect(followRelief(offered, { debts: [read('2026-12-03')], closedTasks, at })).toBeUndefined();
    const lapsed = followRelief(offered, { debts: [read()], closedTasks: none, at });
    expect(lapsed).toMatchObject({ pauses: [], event: { type: 'ReliefEnded' } });
  });

  it('looks again on the morning after an offer has ended', () => {
    const closedTasks = new Set([taskId]);
    const offered = followRelief(granted(), { debts: [read('2026-12-03')], closedTasks, at });
    if (offered === undefined) throw new Error('no offer');
    const [arm] = shippedStrategy().arms;
    if (arm === undefined) throw new Error('no arm');
    const scene = { collectionCase: offered, debtor: undefined, arm, limits, on, at };
    expect(chooseStep(scene)).toEqual({
      kind: 'Wait',
      until: '2026-12-04T00:00:00.000Z',
      because: 'Resting',
    });
  });

  it('waits for the last of several loans, and for none that has left the case', () => {
    const both = granted([loanId, other]);
    const one = followRelief(both, {
      debts: [read(), read(undefined, other)],
      closedTasks: new Set([taskId]),
      at,
    });
    expect(one?.pauses).toMatchObject([{ requests: [{ loanId: other }] }]);
    if (one === undefined) throw new Error('nothing ended');
    const cured = { ...read(undefined, other), standing: 'Restructured' as const };
    expect(followDebts(one, { debts: [read(), cured], at })?.pauses).toEqual([]);
  });
});

function decided(
  task: Task,
  outcome: 'Approve' | 'Reject' | 'Uphold' | 'Overturn',
  operatorId = 's',
): Task {
  return decideTask(task, {
    operator: { operatorId, roles: ['Supervisor'] },
    answer: { outcome, contentHash: task.contentHash },
    at,
  });
}

describe('agencies', () => {
  const agency = CollectionAgency.parse({
    agencyId: 'agency',
    version: 1,
    name: 'x',
    creditCode: 'x',
    status: 'Active',
    publishedUrl: 'https://example.com',
    mandates: [{ lenderId: 'zhudai-lending', period: { from: '2026-01-01', to: '2026-12-31' } }],
    reviewedOn: '2025-11-26',
    mayAssignOn: false,
  });

  it.each([
    ['on the day its review is a year old', {}, {}, '2026-11-26', []],
    ['a day later', {}, {}, '2026-11-27', ['ReviewTooOld']],
    ['suspended', { status: 'Suspended' as const }, {}, on, ['AgencySuspended']],
    ['after its mandate', { reviewedOn: '2026-11-26' }, {}, '2027-01-01', ['NoMandate']],
    [
      'with another agency',
      {},
      { assignment: { agencyId: 'other', agencyVersion: 1, assignedOn: on, assignedBy: 'a' } },
      on,
      ['AssignedAlready'],
    ],
    ['of a case that is closed', {}, { status: 'Closed' as const }, on, ['CaseClosed']],
  ])('may be given a case %s: %#', (_name, agencyChanges, caseChanges, date, obstacles) => {
    expect(
      assignmentObstacles(
        aCase(caseChanges),
        { ...agency, ...agencyChanges },
        { on: date, limits },
      ),
    ).toEqual(obstacles);
  });

  it('work when the debtor has been told, until the case is taken back', () => {
    const assigned = assignAgency(aCase(), agency, { on, at, actor: 'operator:s', limits });
    expect(assigned.assignment).toMatchObject({ agencyId: 'agency' });
    const told = noteAssignmentNotice(assigned, { agencyId: 'agency', at });
    expect(told?.assignment?.noticedAt).toBe(at);
    expect(told && noteAssignmentNotice(told, { agencyId: 'agency', at })).toBeUndefined();
    expect(
      recallCase(told ?? assigned, { because: 'Complaint', at, actor: 'a' }).assignment,
    ).toBeUndefined();
    expect(() => recallCase(aCase(), { because: 'x', at, actor: 'a' })).toThrow('no agency');
  });

  it('may never be let give a case on', () => {
    expect(CollectionAgency.safeParse({ ...agency, mayAssignOn: true }).success).toBe(false);
  });
});

describe('disposal', () => {
  const disposal = (action: StrategyStep['action']) =>
    beginStep(aCase(), {
      step: StrategyStep.parse({
        stepId: 'end',
        action,
        fromDaysPastDue: 1,
        toDaysPastDue: 9,
        everyDays: 1,
        atMost: 1,
        costFen: 700,
      }),
      at,
    });
  const taskOf = (from: CollectionCase) => {
    if (from.pending === undefined) throw new Error('nothing is under way');
    return openStepTask(from, { pending: from.pending, script: undefined, taskToken: 't', at });
  };

  it.each([
    ['LegalAction', 'Approve', { status: 'Closed', closedBecause: 'LegalAction', costFen: 700 }],
    ['TransferClaim', 'Approve', { status: 'Closed', closedBecause: 'Transferred' }],
    ['LegalAction', 'Reject', { status: 'Open', steps: { end: { count: 1 } } }],
    [
      'GuarantorCompensation',
      'Approve',
      { status: 'Open', event: { facts: { result: 'Approved' } } },
    ],
  ] as const)('%s answered by %s', (action, outcome, expected) => {
    const begun = disposal(action);
    expect(settleDisposal(begun, { task: decided(taskOf(begun), outcome), on, at })).toMatchObject(
      expected,
    );
  });

  it('goes on when what was approved turns out impossible', () => {
    const begun = disposal('TransferClaim');
    const task = decided(taskOf(begun), 'Approve');
    expect(settleDisposal(begun, { task, on, at, obstacle: 'NoBuyer' })).toMatchObject({
      status: 'Open',
      event: { type: 'CaseStepDone', facts: { result: 'NoBuyer' } },
    });
  });

  it('ends what an agency had of a case with the case', () => {
    const assignment = {
      ...{ agencyId: 'agency', agencyVersion: 1, assignedOn: on, assignedBy: 'operator:a' },
    };
    const closed = closeCase(aCase({ assignment }), { because: 'Transferred', at });
    expect(closed.assignment).toBeUndefined();
    expect(closed.event.facts['agencyId']).toBe('agency');
  });

  it('gives a loan up only when two people agree', () => {
    const begun = disposal('WriteOff');
    const once = decided(taskOf(begun), 'Approve', 'a');
    expect(settleDisposal(begun, { task: once, on, at })).toBeUndefined();
    expect(() => decided(once, 'Approve', 'a')).toThrow('somebody else');
    const twice = decided(once, 'Approve', 'b');
    expect(settleDisposal(begun, { task: twice, on, at })).toMatchObject({
      event: { facts: { result: 'Approved' } },
    });
  });

  it('is not decided by whoever only collects', () => {
    const task = taskOf(disposal('LegalAction'));
    expect(() =>
      decideTask(task, {
        operator: { operatorId: 'c', roles: ['Collector'] },
        answer: { outcome: 'Approve', contentHash: task.contentHash },
        at,
      }),
    ).toThrow('roles');
  });
});

describe('nextBest', () => {
  const call = StrategyStep.parse({
    stepId: 'call',
    action: 'Call',
    fromDaysPastDue: 1,
    toDaysPastDue: 90,
    everyDays: 1,
    atMost: 9,
    scriptId: 'x',
    costFen: 1,
  });
  const taskFor = (
    name: string,
    loan: Parameters<typeof aDebt>[1],
    openedAt = at,
    assignee?: string,
  ): Task => {
    const begun = beginStep(
      aCase({ caseId: `case_${name.padStart(26, '0')}`, loans: [aDebt(name, loan).loan] }),
      { step: call, at: openedAt },
    );
    if (begun.pending === undefined) throw new Error('nothing is under way');
    const task = openStepTask(begun, {
      pending: begun.pending,
      script: undefined,
      taskToken: 't',
      at: openedAt,
    });
    return { ...task, ...(assignee === undefined ? {} : { assignee }) };
  };

  it('goes by the day of the deadline, then by what is at stake', () => {
    const small = taskFor('1', { overdueFen: 10_000 });
    const large = taskFor('2', { overdueFen: 90_000 });
    const early = taskFor('3', { overdueFen: 1 }, '2026-11-25T02:00:00.000Z');
    const held = taskFor('4', { overdueFen: 999_999 }, at, 'somebody');
    expect(nextBest([small, large, early, held], 'me')).toEqual([early, large, small]);
  });

  it('weighs a debt that is about to roll into the next bucket more', () => {
    const onDay = (daysPastDue: number) =>
      priorityOf(aCase({ loans: [aDebt('one', { daysPastDue }).loan] }), on);
    expect(onDay(30)).toBeGreaterThan(onDay(29));
    expect(onDay(31)).toBeLessThan(onDay(30));
  });

  it('shows the collector no one', () => {
    expect(JSON.stringify(taskFor('1', {}))).not.toContain('borrower-1');
  });
});

describe('results', () => {
  it('are one row for each opening of a case, and sum by version and arm', () => {
    const paid = receivePayment(aCase({ lastStep: { stepId: 'sms', action: 'Sms', on } }), {
      paymentId: 'p',
      amountFen: 5_000,
      valueDate: on,
      at,
    });
    const closed = closeCase(paid ?? aCase(), { because: 'Cured', at: '2026-12-06T02:00:00.000Z' });
    const facts = CaseClosedFacts.parse(
      JSON.parse(JSON.stringify({ ...closed.event.facts, at: closed.event.at })),
    );
    const row = caseResultOf(facts);
    expect(row).toMatchObject({
      days: 10,
      receivedFen: 5_000,
      receivedByStep: { sms: 5_000 },
      bucket: 'M1',
    });
    expect(row.dateDimension).toBe(`2026-12-06#${closed.caseId}#0001`);
    expect(sumResults([row, row])).toEqual([
      expect.objectContaining({
        strategy: 'default-ladder#1',
        cases: 2,
        cured: 2,
        receivedFen: 10_000,
        receivedByStep: { sms: 10_000 },
      }),
    ]);
  });
});

describe('renewRun', () => {
  it('names the next run once, and never for another opening', () => {
    const renewed = renewRun(aCase(), { opening: 1, run: 1, at });
    expect(renewed?.run).toBe(2);
    expect(renewed && renewRun(renewed, { opening: 1, run: 1, at })).toBeUndefined();
    expect(renewRun(aCase(), { opening: 2, run: 1, at })).toBeUndefined();
    expect(renewRun(aCase({ status: 'Closed' }), { opening: 1, run: 1, at })).toBeUndefined();
  });
});
