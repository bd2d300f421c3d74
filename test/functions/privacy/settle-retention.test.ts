import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSweepRetention } from '#functions/privacy/sweep-retention.ts';
import { retentionDependencies } from '#functions/privacy/retention-dependencies.ts';
import { enterBlock } from '#domain/blocks/block.ts';
import { changeAggregate } from '#domain/shared/change-aggregate.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { endedQueueOf } from '#domain/privacy/retention-queue.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { DynamoTraces } from '#platform/repositories/traces.ts';
import { startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { aBlockEntry, anAct } from '../../domain/blocks/block-builders.ts';
import { anApplication, anEvent, aRequest } from '../../domain/builders.ts';

let world: ApiWorld;

beforeAll(async () => {
  world = await startApiWorld();
  Object.assign(process.env, { CASES_TABLE: 'Cases', NOTICES_TABLE: 'Notices' });
});
afterAll(() => world.stop());

/** Buckets that hold nothing; what was to be erased in them. */
const prefixes: string[] = [];
const objects = {
  eraseAll: (prefix: string) => {
    prefixes.push(prefix);
    return Promise.resolve();
  },
};

function at(instant: string) {
  const tables = {
    applications: 'Applications',
    cases: 'Cases',
    collateral: 'Collateral',
    creditReports: 'CreditReports',
    decisions: 'Decisions',
    loans: 'Loans',
    notices: 'Notices',
    sightings: 'Sightings',
    tasks: 'Tasks',
  };
  const traces = new DynamoTraces(world.documents, tables, objects);
  return { ...retentionDependencies(), traces, now: () => new Date(instant) };
}

/** A loan that settled on 2027-02-28, with a notice, a visit and a case. */
async function settledLoan() {
  const { loan } = await storedLoan(world.documents);
  const { applicationId, loanId, borrowerKey } = loan;
  const settled = changeAggregate(loan, {
    subjectId: loanId,
    patch: { status: 'Settled' },
    event: { ...anEvent('LoanSettled'), at: '2027-02-28T10:00:00+08:00' },
  });
  const application = {
    ...anApplication({ borrowerKey }),
    applicationId,
    status: 'Disbursed',
    closedAt: '2026-03-01T10:00:00+08:00',
    retentionQueue: endedQueueOf(applicationId, 'Loan'),
    retentionOn: '2026-03-01',
  };
  const items: [string, Record<string, unknown>][] = [
    ['Loans', settled],
    ['Loans', { loanId, record: 'visit#0001', answers: {} }],
    ['Applications', application],
    ['Notices', { loanId, noticeId: 'reminder' }],
    ['Cases', { borrowerKey, record: 'case#lender' }],
    [
      'People',
      { blindIndex: 'f', borrowerKey, keyShard: 'key#f', applicationIds: new Set([applicationId]) },
    ],
  ];
  for (const [TableName, Item] of items)
    await world.documents.send(new PutCommand({ TableName, Item }));
  return settled;
}

async function countOf(TableName: string, name: string, value: string): Promise<number> {
  const { Count = 0 } = await world.documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
  return Count;
}

describe('the retention sweep over a loan', () => {
  it('looks again when its ten years are over, and then leaves the money and nobody it belonged to', async () => {
    const { loanId, applicationId, borrowerKey, version } = await settledLoan();
    expect(loanIdOf(applicationId)).toBe(loanId);
    const records = await countOf('Loans', 'loanId', loanId);
    // Ten years after the payout, but not after the end.
    expect(await runSweepRetention({}, at('2036-03-02T03:30:00+08:00'))).toMatchObject({
      Kept: 1,
      Erased: 0,
    });
    expect(await runSweepRetention({}, at('2037-02-27T03:30:00+08:00'))).toMatchObject({
      Kept: 0,
      Erased: 0,
    });
    expect(await runSweepRetention({}, at('2037-02-28T03:30:00+08:00'))).toMatchObject({
      Erased: 1,
    });
    const { Item } = await world.documents.send(
      new GetCommand({ TableName: 'Loans', Key: { loanId, record: 'loan' } }),
    );
    expect(Item).toMatchObject({
      version: version + 1,
      status: 'Settled',
      borrowerKey: `erased#${loanId}`,
    });
    expect(await countOf('Loans', 'loanId', loanId)).toBe(records - 1);
    expect(await countOf('Notices', 'loanId', loanId)).toBe(0);
    expect(await countOf('Cases', 'borrowerKey', borrowerKey)).toBe(0);
    expect(await countOf('People', 'blindIndex', 'f')).toBe(0);
    const erased = await world.documents.send(
      new GetCommand({ TableName: 'Applications', Key: { applicationId } }),
    );
    expect(erased.Item).toMatchObject({ status: 'Erased', because: 'RetentionOver' });
    expect(JSON.stringify(erased.Item)).not.toContain(borrowerKey);
    expect(prefixes).toEqual([`${applicationId}/`, `copies/${applicationId}/`]);
    // Once more does no harm: it stands in no queue any longer.
    expect(await runSweepRetention({}, at('2037-03-01T03:30:00+08:00'))).toMatchObject({
      Erased: 0,
    });
  });
});

describe('the retention sweep over somebody who is blocked', () => {
  const sweep = (instant: string) => runSweepRetention({}, at(instant));
  const people = () => new DynamoPeople(world.documents, { people: 'People' });
  const blocks = () => new DynamoBlocks(world.documents, 'Blocks');

  /** A declined application of 2026-11-26 whose applicant is found by an index. */
  async function declined(borrowerKey: string) {
    const application = anApplication({
      borrowerKey,
      request: aRequest({ externalId: `blocked-${borrowerKey}` }),
    });
    const { applicationId } = application;
    const Item = {
      ...application,
      status: 'Declined',
      closedAt: '2026-11-26T10:00:00+08:00',
      retentionQueue: endedQueueOf(applicationId, 'NoLoan'),
      retentionOn: '2026-11-26',
    };
    await world.documents.send(new PutCommand({ TableName: 'Applications', Item }));
    const indexes = [{ keyId: 'key', value: `e${borrowerKey}` }];
    await people().keep({ borrowerKey, indexes, isNew: true }, applicationId);
    return { applicationId, indexes };
  }

  async function statusOf(applicationId: string): Promise<unknown> {
    const Key = { applicationId };
    const { Item } = await world.documents.send(new GetCommand({ TableName: 'Applications', Key }));
    return Item?.['status'];
  }

  it('erases what they applied for, and finds them by their number until the block is over', async () => {
    const { applicationId, indexes } = await declined('blocked');
    const entry = aBlockEntry({
      borrowerKey: 'blocked',
      applicationId,
      blockedUntilOn: '2027-12-31',
    });
    const block = enterBlock(undefined, entry, anAct());
    await blocks().replace(block);
    expect(await sweep('2027-11-26T03:30:00+08:00')).toMatchObject({ Erased: 1, BlocksEnded: 0 });
    expect(await statusOf(applicationId)).toBe('Erased');
    expect(await people().find(indexes)).toBe('blocked');

    expect(await sweep('2027-12-31T03:30:00+08:00')).toMatchObject({ BlocksEnded: 0 });
    expect(await people().find(indexes)).toBe('blocked');
    expect(await sweep('2028-01-01T03:30:00+08:00')).toMatchObject({ BlocksEnded: 1 });
    expect(await people().find(indexes)).toBeUndefined();
    expect(await blocks().find(block.blockId)).toMatchObject({
      status: 'Ended',
      version: 2,
      event: { type: 'BlockEnded', actor: 'schedule' },
    });
    expect(await sweep('2028-01-02T03:30:00+08:00')).toMatchObject({ BlocksEnded: 0 });
  });

  it('keeps whoever still has something here when the block is over', async () => {
    const { applicationId, indexes } = await declined('present');
    const entry = aBlockEntry({
      borrowerKey: 'present',
      applicationId,
      blockedUntilOn: '2026-11-27',
    });
    await blocks().replace(enterBlock(undefined, entry, anAct()));
    expect(await sweep('2026-11-28T03:30:00+08:00')).toMatchObject({ BlocksEnded: 1, Erased: 0 });
    expect(await people().find(indexes)).toBe('present');
  });

  it('finds a night that was cut off again', async () => {
    const { applicationId, indexes } = await declined('cut');
    const entry = aBlockEntry({ borrowerKey: 'cut', applicationId, blockedUntilOn: '2026-11-27' });
    await blocks().replace(enterBlock(undefined, entry, anAct()));
    await people().forget('cut', { by: applicationId });
    const dependencies = at('2026-11-28T03:30:00+08:00');
    const cutOff = {
      find: (blockId: string) => blocks().find(blockId),
      listStanding: dependencies.blocks.listStanding.bind(dependencies.blocks),
      listOver: dependencies.blocks.listOver.bind(dependencies.blocks),
      replace: () => Promise.reject(new Error('cut off')),
    };
    await expect(runSweepRetention({}, { ...dependencies, blocks: cutOff })).rejects.toThrow(
      'cut off',
    );
    expect(await sweep('2026-11-29T03:30:00+08:00')).toMatchObject({ BlocksEnded: 1 });
    expect(await people().find(indexes)).toBeUndefined();
  });
});
