import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runEndBusinessDay } from '#functions/day-close/end-business-day.ts';
import { runOpenBusinessDay } from '#functions/day-close/open-business-day.ts';
import { runStartDayClose } from '#functions/day-close/start-day-close.ts';
import { dueShardOf, dueShards } from '#domain/disbursement/activate-loan.ts';
import { postPayment } from '#domain/servicing/post-payment.ts';
import { InvalidInput, Unavailable } from '#domain/shared/errors.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { aReceived } from '../../domain/servicing/loan-builders.ts';
import { DayCloseWorld } from './day-close-world.ts';

let database: TestDatabase;
let world: DayCloseWorld;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});
beforeEach(() => {
  world = new DayCloseWorld(database);
});

let number = 0;
const nextWish = (disbursedOn = '2026-11-24') => ({
  externalId: `day-close-${(number += 1)}`,
  disbursedOn,
});

describe('runCloseShard', () => {
  it('closes what is due and leaves the rest alone', async () => {
    const due = await world.pays(nextWish());
    const later = await world.pays(nextWish('2027-11-24'));
    const report = await world.closeShardOf(due.loanId, '2026-11-25');
    expect(report).toMatchObject({ isDone: true, parked: 0 });
    expect(await world.loan(due.loanId)).toMatchObject({
      lastClosedOn: '2026-11-25',
      actOn: '2026-12-21',
      version: due.version + 1,
    });
    expect(await world.loan(later.loanId)).toEqual(later);
  });

  it('writes nothing when it is run again, or by two at once', async () => {
    const due = await world.pays(nextWish());
    await Promise.all([
      world.closeShardOf(due.loanId, '2026-12-25'),
      world.closeShardOf(due.loanId, '2026-12-25'),
    ]);
    const once = await world.loan(due.loanId);
    // Looked at for the first time, five planned dates later overdue: each date one version.
    expect(once).toMatchObject({ overdueSince: '2026-12-25', lastClosedOn: '2026-12-25' });
    const again = await world.closeShardOf(due.loanId, '2026-12-25');
    expect(again.changed).toBe(0);
    expect(await world.loan(due.loanId)).toEqual(once);
  });

  it('catches up every missed date in order', async () => {
    const late = await world.pays(nextWish());
    const punctual = await world.pays(nextWish());
    await world.closeShardOf(late.loanId, '2027-03-01');
    for (const date of ['2026-11-25', '2026-12-21', '2026-12-25', '2027-01-24', '2027-03-01'])
      await world.closeShardOf(punctual.loanId, date);
    const { bucket, assetClass, overdueSince, firstPaymentDefaultedOn, actOn } = await world.loan(
      punctual.loanId,
    );
    expect(await world.loan(late.loanId)).toMatchObject({
      bucket,
      assetClass,
      overdueSince,
      firstPaymentDefaultedOn,
      actOn,
    });
  });

  it('meets a payment of the same moment: both are kept', async () => {
    const loans = await Promise.all(Array.from({ length: 12 }, () => world.pays(nextWish())));
    await world.closeDate('2026-12-24');
    await Promise.all([
      ...loans.map(async ({ loanId }, index) => {
        for (;;) {
          const file = await world.files.find(loanId);
          if (file === undefined) throw new Error('no loan');
          const received = aReceived({ reference: `race-${loanId}-${index}` });
          const paid = postPayment(file, received, '2026-12-25T00:05:00.000+08:00');
          if (
            await world.files.store(paid).then(
              () => true,
              () => false,
            )
          )
            return;
        }
      }),
      world.closeDate('2026-12-25'),
    ]);
    for (const { loanId } of loans) {
      const file = await world.files.find(loanId);
      expect(file?.payments).toHaveLength(1);
      expect(file?.loan).not.toHaveProperty('overdueSince');
      expect(file?.loan.bucket).toBe('M0');
    }
  });

  it('hands over when its time is up, and the next finds what is left', async () => {
    const due = await world.pays(nextWish());
    let elapsed = 0;
    const hurried = { workMs: 1, elapsedMs: () => (elapsed += 1) };
    const report = await world.closeShard('2026-11-25', dueShardOf(due.loanId), hurried);
    expect(report.isDone).toBe(false);
    expect((await world.closeShardOf(due.loanId, '2026-11-25')).isDone).toBe(true);
    expect((await world.loan(due.loanId)).lastClosedOn).toBe('2026-11-25');
  });

  it('parks a poison loan after three attempts, with its reason, and closes the others (I14)', async () => {
    const poison = await world.pays(nextWish());
    const healthy = await Promise.all(Array.from({ length: 20 }, () => world.pays(nextWish())));
    await world.poison(poison.loanId);
    const day = await world.closeDate('2026-11-25');
    expect(day).toMatchObject({ status: 'Closed', parked: 1 });
    for (const { loanId } of healthy)
      expect((await world.loan(loanId)).lastClosedOn).toBe('2026-11-25');
    const { items } = await world.parkedLoans.list({ limit: 10 });
    expect(items).toMatchObject([
      { loanId: poison.loanId, businessDate: '2026-11-25', attempts: 3 },
    ]);
    expect(items[0]?.reason).toContain('termMonths');
    // Parked, it is in nobody's way: the next close does not even see it.
    expect(await world.closeShardOf(poison.loanId, '2026-11-25')).toMatchObject({ changed: 0 });

    await world.heal(poison.loanId);
    const by = { operatorId: 'operator-demo', at: '2026-11-25T09:00:00.000+08:00' };
    expect(await world.parkedLoans.release(poison.loanId, by)).toBe(true);
    expect(await world.parkedLoans.release(poison.loanId, by)).toBe(false);
    await world.closeDate('2026-11-26');
    expect((await world.parkedLoans.list({ limit: 10 })).items).toEqual([]);
    expect((await world.loan(poison.loanId)).lastClosedOn).toBe('2026-11-25');
  });

  it('debits on the date before it judges: money that is there makes nobody overdue', async () => {
    const due = await world.pays(nextWish());
    const shard = dueShardOf(due.loanId);
    await world.closeShard('2026-12-23', shard);
    const asked: string[] = [];
    const collectDebit = async (loanId: string, dueOn: string) => {
      asked.push(`${loanId} ${dueOn}`);
      const file = await world.files.find(loanId);
      if (file === undefined) throw new Error('no loan');
      const received = aReceived({
        reference: `debit-${loanId}`,
        amountFen: 2_640_00,
        valueDate: '2026-12-25',
      });
      await world.files.store(postPayment(file, received, '2026-12-25T00:05:00.000+08:00'));
    };
    await world.closeShard('2026-12-25', shard, { collectDebit });
    expect(asked.filter((each) => each.startsWith(due.loanId))).toEqual([
      `${due.loanId} 2026-12-24`,
    ]);
    const loan = await world.loan(due.loanId);
    expect(loan).not.toHaveProperty('overdueSince');
    expect(loan).toMatchObject({ lastClosedOn: '2026-12-25', bucket: 'M0' });
  });

  it('parks nobody for an outage: the step is tried again', async () => {
    const due = await world.pays(nextWish());
    const files = {
      find: () => Promise.reject(new Unavailable('the table does not answer')),
      store: () => Promise.resolve(),
      storeOrder: () => Promise.resolve(),
    };
    const shard = dueShardOf(due.loanId);
    await expect(world.closeShard('2026-11-25', shard, { files })).rejects.toThrow(Unavailable);
    expect((await world.parkedLoans.list({ limit: 10 })).items).toEqual([]);
  });
});

describe('the run of a business date', () => {
  const at = (date: string) => ({
    businessDays: world.businessDays,
    dueLoans: world.dueLoans,
    now: () => new Date(`${date}T00:05:00.000+08:00`),
  });
  const shards = [...dueShards];
  const reports = shards.map((shard) => ({ shard, isDone: true, changed: 1, parked: 0 }));

  it('is noted once under its date, however often it is opened', async () => {
    const businessDate = '2030-01-01';
    const first = await runOpenBusinessDay({ businessDate }, at(businessDate));
    expect(first.shards.length).toBeLessThanOrEqual(16);
    expect(await runOpenBusinessDay({ businessDate }, at('2030-01-02'))).toEqual(first);
    expect(await world.businessDays.find(businessDate)).toMatchObject({
      version: 1,
      status: 'Closing',
    });
  });

  it('begins with the day after the last that was fully closed', async () => {
    await runOpenBusinessDay({ businessDate: '2031-01-01' }, at('2031-01-01'));
    await runEndBusinessDay({ businessDate: '2031-01-01', shards, reports }, at('2031-01-01'));
    await runOpenBusinessDay({ businessDate: '2031-01-02' }, at('2031-01-02'));
    const short = reports.slice(1);
    const ended = await runEndBusinessDay(
      { businessDate: '2031-01-02', shards, reports: short },
      at('2031-01-02'),
    );
    expect(ended.status).toBe('Incomplete');
    const opened = await runOpenBusinessDay({ businessDate: '2031-01-05' }, at('2031-01-05'));
    expect(opened.missedDays).toBe(3);
    expect(await world.businessDays.find('2031-01-05')).toMatchObject({ closesFrom: '2031-01-02' });
  });

  it('is not written again when it is closed', async () => {
    const businessDate = '2032-01-01';
    await runOpenBusinessDay({ businessDate }, at(businessDate));
    await runEndBusinessDay({ businessDate, shards, reports }, at(businessDate));
    const closed = await world.businessDays.find(businessDate);
    expect(closed).toMatchObject({ status: 'Closed', changed: 16, version: 2 });
    await runEndBusinessDay({ businessDate, shards, reports }, at(businessDate));
    expect(await world.businessDays.find(businessDate)).toEqual(closed);
  });

  it('refuses a date that is still to come', async () => {
    const future = runOpenBusinessDay({ businessDate: '2033-01-02' }, at('2033-01-01'));
    await expect(future).rejects.toThrow(InvalidInput);
  });

  it('starts the date that has begun in Shanghai, not the one in London', async () => {
    const started: string[] = [];
    await runStartDayClose(
      {},
      {
        start: (businessDate) => Promise.resolve(void started.push(businessDate)),
        now: () => new Date('2026-11-22T16:05:00.000Z'),
      },
    );
    expect(started).toEqual(['2026-11-23']);
  });
});
