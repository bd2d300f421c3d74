import { beforeEach, describe, expect, it } from 'vitest';
import type { Loan } from '#domain/loans/loan.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import { decideByPolicy } from '#domain/underwriting/decide-by-policy.ts';
import { recordOf } from '#domain/underwriting/decision-record.ts';
import type { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import { runCountDecision } from '#functions/underwriting/count-decision.ts';
import { runCountOutcome } from '#functions/underwriting/count-outcome.ts';
import { runWatchModels } from '#functions/underwriting/watch-models.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { InMemoryDecisions } from '#test/support/in-memory-decisions.ts';
import { InMemoryModelCounters } from '#test/support/in-memory-model-counters.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';
import { policyPack } from '../../domain/catalog-files.ts';
import { germanCase, personSetting } from '../../domain/underwriting/german-cases.ts';

const catalog = inMemoryCatalog();
/** Puts a pack in force whose LPR was last published on a day. */
function publishLpr(publishedOn: string): void {
  const leaves = policyPack.leaves.map((leaf) =>
    leaf.path === 'lpr.publishedOn' ? { ...leaf, value: publishedOn } : leaf,
  );
  const next = { ...policyPack, leaves, version: 9, idVersion: 'cn#0009' };
  catalog.put('policy-pack', next);
  catalog.put('policy-pack', { idVersion: 'cn#latest', version: 9 });
}
let counters: InMemoryModelCounters;
let decisions: InMemoryDecisions;
let tasks: InMemoryTasks;
let warned: ModelReport[];
let lprWarnings: number;
beforeEach(() => {
  publishLpr('2026-11-20');
  lprWarnings = 0;
  counters = new InMemoryModelCounters();
  decisions = new InMemoryDecisions();
  tasks = new InMemoryTasks();
  warned = [];
});

/** Decides one of the German applications and tells it, as the bus does. */
async function decide(position: number, actor = 'workflow', eventType = 'ApplicationReferred') {
  const { inputs } = germanCase(position);
  await decisions.save(recordOf(inputs, decideByPolicy(inputs, personSetting), 'person'));
  await tell(inputs.applicationId, actor, eventType);
  return inputs.applicationId;
}
const tell = (applicationId: string, actor: string, eventType: string) =>
  runCountDecision({ applicationId, actor }, { catalog, counters, decisions }, { eventType });

const watch = (at = '2026-11-30T06:00:00+08:00') =>
  runWatchModels(undefined, {
    catalog,
    counters,
    tasks,
    warn: (report) => {
      warned.push(report);
      return Promise.resolve();
    },
    warnOfLpr: () => {
      lprWarnings += 1;
    },
    now: () => new Date(at),
  });
const monthOf = async () => counters.read('person#0003', '2026-01', '2026-12');
const sums = async () => Object.assign({}, ...(await monthOf()).values()) as Record<string, number>;

describe('runCountDecision', () => {
  it('counts a decision once, however often it is told, and the verdict of people beside it', async () => {
    const applicationId = await decide(0);
    await tell(applicationId, 'workflow', 'ApplicationReferred');
    await tell(applicationId, 'operator:op-1', 'ApplicationDeclined');
    await tell(applicationId, 'operator:op-1', 'ApplicationDeclined');
    const { score, grade } = (await decisions.listByApplication(applicationId))[0]?.decided ?? {};
    expect(grade).toBe('A');
    expect(await sums()).toMatchObject({ decisions: 1, points: score, verdicts: 1, overrides: 1 });
  });

  it('counts nothing for an application that no card has judged', async () => {
    await tell('app_00000000000000000000000000', 'workflow', 'ApplicationDeclined');
    expect((await monthOf()).size).toBe(0);
  });
});

describe('runCountOutcome', () => {
  const loanId = 'loan_1';
  const told = async (applicationId: string, eventType: string, facts: object) =>
    runCountOutcome(
      { loanId, ...facts },
      {
        catalog,
        counters,
        decisions,
        loans: {
          find: (id: string) =>
            Promise.resolve(id === loanId ? ({ applicationId } as Loan) : undefined),
        } as unknown as Parameters<typeof runCountOutcome>[1]['loans'],
      },
      { eventType },
    );

  it('counts a loan that went bad once: paid later, it stays bad', async () => {
    const applicationId = await decide(0);
    await told(applicationId, 'LoanBucketChanged', { daysPastDue: 35 });
    await told(applicationId, 'LoanBucketChanged', { daysPastDue: 91 });
    await told(applicationId, 'PaymentPosted', { isSettled: true, daysPastDue: 0 });
    const found = Object.keys(await sums()).filter((name) => /^(good|bad):/.test(name));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^bad:\d+$/);
  });
});

describe('runWatchModels', () => {
  it('warns of a card that judges other people than it was fitted on, and keeps the report', async () => {
    const overdrawn = Array.from({ length: 600 }, (_, position) => position).filter(
      (position) => germanCase(position).inputs.facts['checkingStatus'] === 'Negative',
    );
    for (const position of overdrawn) await decide(position);
    const month = [...(await monthOf()).keys()][0] ?? '';
    expect(await watch(`${month}-28T06:00:00+08:00`)).toEqual({
      watched: 1,
      stale: 1,
      lpr: 'Current',
    });
    expect(warned).toMatchObject([{ scorecard: 'person#0003', level: 'Stale' }]);
    expect(await counters.listReports()).toEqual(warned);
    const inbox = () => tasks.listInbox({ queue: 'ModelReview' }, { limit: 10 });
    const [task] = (await inbox()).items;
    expect(task).toMatchObject({
      kind: 'ReviewModel',
      about: { scorecard: 'person#0003' },
      content: { scorecard: 'person#0003', level: 'Stale', findings: warned[0]?.findings },
    });
    // A week later it is stale still: one question stays one question, until somebody has answered it.
    await watch(`${month}-28T07:00:00+08:00`);
    expect((await inbox()).items).toEqual([task]);
    if (task === undefined) throw new Error('nobody was asked');
    await tasks.replace(
      decideTask(task, {
        operator: { operatorId: 'operator-a', roles: ['CreditAnalyst'] },
        answer: { outcome: 'Acknowledge', contentHash: task.contentHash },
        at: `${month}-28T08:00:00+08:00`,
      }),
    );
    expect((await inbox()).items).toEqual([]);
    await watch(`${month}-28T09:00:00+08:00`);
    expect((await inbox()).items).toMatchObject([{ content: { round: 2 } }]);
    expect(await tasks.find(task.taskId)).toMatchObject({ status: 'Closed' });
    expect(warned).toHaveLength(3);
  });

  it('keeps quiet about a card that has hardly judged anybody', async () => {
    await decide(0);
    expect(await watch()).toEqual({ watched: 1, stale: 0, lpr: 'Current' });
    expect(warned).toEqual([]);
    expect((await tasks.listInbox({ queue: 'ModelReview' }, { limit: 10 })).items).toEqual([]);
    expect(await counters.listReports()).toMatchObject([{ level: 'TooFew' }]);
  });

  it('asks the risk team once when a publication of the LPR is missing, and alarms when it is too old', async () => {
    publishLpr('2026-10-20');
    const inbox = async () =>
      (await tasks.listInbox({ queue: 'ModelReview' }, { limit: 10 })).items;
    // On the 20th itself it may still come.
    expect((await watch('2026-11-20T06:00:00+08:00')).lpr).toBe('Current');
    expect((await watch('2026-11-23T06:00:00+08:00')).lpr).toBe('Late');
    const [task] = await inbox();
    expect(task).toMatchObject({
      kind: 'RenewLpr',
      about: { policyPack: 'cn#0009' },
      content: { lpr: '0.0300', publishedOn: '2026-10-20', expectedOn: '2026-11-20' },
    });
    expect(lprWarnings).toBe(0);
    expect((await watch('2026-11-30T06:00:00+08:00')).lpr).toBe('Stale');
    expect(await inbox()).toEqual([task]);
    expect(lprWarnings).toBe(1);
  });

  it('asks about the LPR again when the answered question left it as old as it was', async () => {
    publishLpr('2026-09-21');
    await watch();
    const inbox = async () =>
      (await tasks.listInbox({ queue: 'ModelReview' }, { limit: 10 })).items;
    const [task] = await inbox();
    if (task === undefined) throw new Error('nobody was asked');
    await tasks.replace(
      decideTask(task, {
        operator: { operatorId: 'operator-a', roles: ['CreditAnalyst'] },
        answer: { outcome: 'Acknowledge', contentHash: task.contentHash },
        at: '2026-11-30T08:00:00+08:00',
      }),
    );
    await watch('2026-12-07T06:00:00+08:00');
    expect(await inbox()).toMatchObject([{ kind: 'RenewLpr', content: { round: 2 } }]);
    publishLpr('2026-11-20');
    expect((await watch('2026-12-07T07:00:00+08:00')).lpr).toBe('Current');
  });
});
