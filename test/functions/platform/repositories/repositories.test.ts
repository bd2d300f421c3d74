import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { KeptCreditReport } from '#domain/applications/credit-report-ports.ts';
import type { MoneyChange } from '#domain/disbursement/ports.ts';
import {
  nothingBooked,
  type JournalEntry,
  type Loan,
  type LoanSchedule,
} from '#domain/loans/loan.ts';
import { changeAggregate, startAggregate } from '#domain/shared/change-aggregate.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { applicationIdOf, loanIdOf, payoutRefOf } from '#domain/shared/ids.ts';
import { claimTask, decideTask } from '#domain/tasks/decide-task.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoCreditReports } from '#platform/repositories/credit-reports.ts';
import { DynamoIdempotencyKeys } from '#platform/repositories/idempotency-keys.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoMoneyStore } from '#platform/repositories/payouts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import {
  documentsOf,
  startTestDatabase,
  testClient,
  type TestDatabase,
} from '#test/support/dynamodb-local.ts';
import { injectFaults, type NetworkFault } from '#test/support/network-faults.ts';
import { anEvent, aPayout, aTask } from '../../../domain/builders.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

/** A client of its own on which the next requests of one command meet faults. */
function faulty(command: string, ...faults: readonly NetworkFault[]): DynamoDBDocumentClient {
  const client = testClient(database.endpoint);
  injectFaults(client, { command, faults });
  return documentsOf(client);
}

let number = 0;
const nextApplicationId = () => applicationIdOf('demo-partner', `repositories-${(number += 1)}`);
const reviewer = { operatorId: 'operator-a', roles: ['Reviewer' as const] };
const at = '2026-11-23T03:00:00.000Z';

describe('DynamoTasks', () => {
  const tasks = () => new DynamoTasks(database.documents, 'Tasks');

  it('lets one of two people who claim the same task have it', async () => {
    const task = aTask({ applicationId: nextApplicationId() });
    await tasks().create(task);
    const claims = ['operator-a', 'operator-b', 'operator-c'].map((operatorId) =>
      tasks().replace(claimTask(task, { operator: { ...reviewer, operatorId }, at })),
    );
    const outcomes = await Promise.allSettled(claims);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await tasks().find(task.taskId))?.version).toBe(2);
  });

  it('opens a task once', async () => {
    const task = aTask({ applicationId: nextApplicationId() });
    await tasks().create(task);
    await expect(tasks().create(task)).rejects.toThrow(ConcurrentChange);
  });

  it('takes its own write whose answer was lost for a success, also when created', async () => {
    const task = aTask({ applicationId: nextApplicationId() });
    await new DynamoTasks(faulty('PutItemCommand', 'LoseAnswer'), 'Tasks').create(task);
    expect(await tasks().find(task.taskId)).toEqual(task);
  });

  it('shows in a queue what is open there, the most urgent first, and nothing decided', async () => {
    const open = [];
    for (const hour of ['05', '03', '04']) {
      const task = aTask({
        kind: 'CheckCreditManually',
        applicationId: nextApplicationId(),
        at: `2026-11-20T${hour}:00:00.000Z`,
      });
      await tasks().create(task);
      open.push(task);
    }
    const [first] = open;
    const inbox = async (dueBefore?: string) =>
      (await tasks().listInbox({ queue: 'CreditReview', dueBefore }, { limit: 10 })).items.map(
        ({ openedAt }) => openedAt.slice(11, 13),
      );
    expect(await inbox()).toEqual(['03', '04', '05']);
    expect(await inbox('2026-11-21T04:00:00.000Z')).toEqual(['03', '04']);
    if (first === undefined) throw new Error('no task');
    const decided = decideTask(first, {
      operator: { operatorId: 'operator-a', roles: ['CreditAnalyst'] },
      answer: { outcome: 'Retry', contentHash: first.contentHash },
      at,
    });
    await tasks().replace(decided);
    expect(await inbox()).toEqual(['03', '04']);
  });

  it('lists every task of one application and of no other', async () => {
    const applicationId = nextApplicationId();
    const waits = aTask({ kind: 'AwaitDocuments', applicationId, at: '2026-11-23T05:00:00.000Z' });
    const review = aTask({ applicationId, at: '2026-11-23T04:00:00.000Z' });
    const other = aTask({ applicationId: nextApplicationId() });
    for (const task of [waits, review, other]) await tasks().create(task);
    const kinds = (await tasks().listByApplication(applicationId)).map(({ kind }) => kind);
    expect(kinds).toEqual(['ReviewDocuments', 'AwaitDocuments']);
  });
});

describe('DynamoIdempotencyKeys', () => {
  const keys = () => new DynamoIdempotencyKeys(database.documents, 'IdempotencyKeys');
  const request = (callerKey: string, answer: string) => ({
    callerKey,
    bodyHash: 'a'.repeat(64),
    answer,
    expiresAt: 2_000_000_000,
  });

  it('keeps the first answer and gives it to everybody who comes later', async () => {
    const callerKey = 'demo-partner#first';
    expect(await keys().find(callerKey)).toBeUndefined();
    await keys().remember(request(callerKey, 'one'));
    expect((await keys().remember(request(callerKey, 'two'))).answer).toBe('one');
    expect((await keys().find(callerKey))?.answer).toBe('one');
  });

  it('agrees on one answer among ten at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        keys().remember(request('demo-partner#ten', String(index))),
      ),
    );
    expect(new Set(answers.map(({ answer }) => answer)).size).toBe(1);
  });

  it('returns its own answer when the answer of the database was lost', async () => {
    const unlucky = faulty('PutItemCommand', 'LoseAnswer');
    const mine = request('demo-partner#lost', 'mine');
    const kept = await new DynamoIdempotencyKeys(unlucky, 'IdempotencyKeys').remember(mine);
    expect(kept.answer).toBe('mine');
  });
});

describe('DynamoCatalog', () => {
  const Item = z.object({ name: z.string() });
  const put = async (idVersion: string, item: Record<string, unknown>, kind = 'thing') => {
    const Stored = { kind, idVersion, ...item };
    await database.documents.send(new PutCommand({ TableName: 'Catalog', Item: Stored }));
  };
  const publish = async (id: string, version: number, kind = 'thing') => {
    const padded = String(version).padStart(4, '0');
    await put(`${id}#${padded}`, { version, name: `${id} ${version}` }, kind);
    await put(`${id}#latest`, { version }, kind);
  };
  const catalog = () => new DynamoCatalog(database.documents, 'Catalog');

  it('finds the version in force through its pointer, and any other by its number', async () => {
    await publish('chair', 1);
    await publish('chair', 2);
    const found = (version?: number) =>
      catalog().find({ kind: 'thing', id: 'chair', version }, Item);
    expect(await found()).toEqual({ name: 'chair 2' });
    expect(await found(1)).toEqual({ name: 'chair 1' });
    expect(await found(3)).toBeUndefined();
  });

  it('does not take the version with the highest number for the one in force', async () => {
    await put('sofa#0002', { version: 2, name: 'prepared' });
    await publish('sofa', 1);
    const found = await catalog().find({ kind: 'thing', id: 'sofa' }, Item);
    expect(found).toEqual({ name: 'sofa 1' });
  });

  it('knows nothing of what has no pointer, and finds it once it has', async () => {
    const reader = catalog();
    const pinned = { kind: 'thing', id: 'lamp', version: 1 };
    expect(await reader.find(pinned, Item)).toBeUndefined();
    expect(await reader.find({ kind: 'thing', id: 'lamp' }, Item)).toBeUndefined();
    await publish('lamp', 1);
    expect(await reader.find(pinned, Item)).toEqual({ name: 'lamp 1' });
  });

  it('lists what is in force of one kind', async () => {
    await publish('oak', 1, 'tree');
    await publish('oak', 2, 'tree');
    await publish('elm', 1, 'tree');
    await put('draft#0001', { version: 1, name: 'draft' }, 'tree');
    const names = (await catalog().list('tree', Item)).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['elm 1', 'oak 2']);
  });

  it('reads a thing once, however many ask', async () => {
    await publish('desk', 1);
    let reads = 0;
    const client = testClient(database.endpoint);
    client.middlewareStack.add(
      (next) => (args) => {
        reads += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    const reader = new DynamoCatalog(documentsOf(client), 'Catalog');
    const key = { kind: 'thing', id: 'desk' };
    await Promise.all(Array.from({ length: 20 }, () => reader.find(key, Item)));
    await reader.find(key, Item);
    // The pointer and what it points to.
    expect(reads).toBe(2);
  });

  it('asks again after a read that failed', async () => {
    await publish('stool', 1);
    const client = testClient(database.endpoint);
    let isDown = true;
    client.middlewareStack.add(
      (next) => (args) => (isDown ? Promise.reject(new Error('down')) : next(args)),
      { step: 'initialize' },
    );
    const reader = new DynamoCatalog(documentsOf(client), 'Catalog');
    const key = { kind: 'thing', id: 'stool' };
    await expect(reader.find(key, Item)).rejects.toThrow('down');
    isDown = false;
    expect(await reader.find(key, Item)).toEqual({ name: 'stool 1' });
  });

  it('refuses an item that does not fit what the caller expects', async () => {
    await publish('table', 1);
    const Wrong = z.object({ name: z.number() });
    await expect(catalog().find({ kind: 'thing', id: 'table' }, Wrong)).rejects.toThrow();
    expect(await catalog().find({ kind: 'thing', id: 'table' }, Item)).toBeDefined();
  });
});

describe('DynamoMoneyStore', () => {
  const tables = { payouts: 'Payouts', loans: 'Loans', applications: 'Applications' };
  const store = (documents = database.documents) => new DynamoMoneyStore(documents, tables);
  const loans = () => new DynamoLoans(database.documents, 'Loans');

  function anIntent() {
    const applicationId = nextApplicationId();
    const loanId = loanIdOf(applicationId);
    const payout = aPayout({ loanId, applicationId });
    return { payout, loan: aLoan(loanId, applicationId, payoutRefOf(loanId, 1)) };
  }

  function aLoan(loanId: string, applicationId: string, payoutRef: string): Loan {
    const facts: Omit<Loan, 'version' | 'event' | 'auditHash' | 'previousAuditHash'> = {
      loanId,
      record: 'loan',
      status: 'Paying',
      applicationId,
      partnerId: 'demo-partner',
      borrowerKey: 'borrower-1',
      contractNumber: 'ZD-1',
      productId: 'consumer-installment',
      productVersion: 1,
      principalFen: 30_000_00,
      annualRate: '0.0960',
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
      participations: [],
      payoutRef,
      payoutNumber: 1,
      scheduleVersion: 1,
      ...nothingBooked,
      createdAt: at,
    };
    return startAggregate(loanId, facts, anEvent('LoanReserved'));
  }

  const activated = (loan: Loan): Loan =>
    changeAggregate(loan, {
      subjectId: loan.loanId,
      patch: { status: 'Active' },
      event: anEvent('LoanActivated'),
    });
  const scheduleOf = ({ loanId }: Loan): LoanSchedule => ({
    loanId,
    record: 'schedule#0001',
    rows: [],
  });
  const entryOf = ({ loanId }: Loan, sequence = 1): JournalEntry => ({
    loanId,
    record: `entry#${String(sequence).padStart(6, '0')}`,
    entryType: 'Disbursement',
    valueDate: '2026-11-23',
    postedAt: at,
    reference: 'reference',
    legs: [
      { account: 'Loans', amountFen: 30_000_00 },
      { account: 'Bank', amountFen: -30_000_00 },
    ],
  });

  it('stores all of a change and gives it back', async () => {
    const { payout, loan } = anIntent();
    await store().store({ payout, loan });
    const active = activated(loan);
    await store().store({
      loan: active,
      schedule: scheduleOf(loan),
      entries: [entryOf(loan, 2), entryOf(loan, 1)],
    });
    expect(await store().findPayout(payout.payoutRef)).toEqual(payout);
    expect(await loans().find(loan.loanId)).toEqual(active);
    expect(await loans().findSchedule(loan.loanId, 1)).toEqual(scheduleOf(loan));
    expect(await loans().findSchedule(loan.loanId, 2)).toBeUndefined();
    expect((await loans().listEntries(loan.loanId)).map(({ record }) => record)).toEqual([
      'entry#000001',
      'entry#000002',
    ]);
  });

  it('lets one of ten equal intents win', async () => {
    const { payout, loan } = anIntent();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => store().store({ payout, loan })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrentChange);
  });

  it.each<[string, (loan: Loan) => MoneyChange]>([
    ['a stale loan', (loan) => ({ loan })],
    [
      'a schedule that exists',
      (loan) => ({ loan: activated(activated(loan)), schedule: scheduleOf(loan) }),
    ],
    [
      'an entry that exists',
      (loan) => ({ loan: activated(activated(loan)), entries: [entryOf(loan), entryOf(loan, 2)] }),
    ],
  ])('stores nothing of a change with %s', async (_, change) => {
    const { payout, loan } = anIntent();
    await store().store({ payout, loan });
    const active = activated(loan);
    await store().store({ loan: active, schedule: scheduleOf(loan), entries: [entryOf(loan)] });
    await expect(store().store(change(loan))).rejects.toThrow(ConcurrentChange);
    expect(await loans().find(loan.loanId)).toEqual(active);
    expect(await loans().listEntries(loan.loanId)).toHaveLength(1);
  });

  it('takes its own transaction whose answer was lost for a success', async () => {
    const { payout, loan } = anIntent();
    await store(faulty('TransactWriteItemsCommand', 'LoseAnswer')).store({ payout, loan });
    expect(await loans().find(loan.loanId)).toEqual(loan);
  });

  it("does not take a twin's intent for its own, even when its own answer was lost", async () => {
    const { payout, loan } = anIntent();
    await store().store({ payout, loan });
    const unlucky = faulty('TransactWriteItemsCommand', 'LoseRequest', 'TransactionConflict');
    await expect(store(unlucky).store({ payout, loan })).rejects.toThrow(ConcurrentChange);
  });
});

describe('DynamoCreditReports', () => {
  const reports = () => new DynamoCreditReports(database.documents, 'CreditReports');
  const report = (obtainedAt: string, score: number | undefined): KeptCreditReport => ({
    borrowerKey: 'borrower-reports',
    obtainedAt,
    reportId: `report ${obtainedAt}`,
    consentId: 'consent-1',
    applicationId: nextApplicationId(),
    score,
    openLoans: 1,
    outstandingFen: 100,
    overdueCount24Months: 0,
    currentOverdueFen: 0,
    queries3Months: 2,
  });

  it('finds the newest report of a borrower, a missing score included', async () => {
    const older = report('2026-11-20T03:00:00.000Z', 600);
    const newest = report('2026-11-22T03:00:00.000Z', undefined);
    await reports().save(newest);
    await reports().save(older);
    expect(await reports().findLatest('borrower-reports')).toEqual(newest);
    expect(await reports().findLatest('borrower-unknown')).toBeUndefined();
  });
});
