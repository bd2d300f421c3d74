import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSweepRetention } from '#functions/privacy/sweep-retention.ts';
import { retentionDependencies } from '#functions/privacy/retention-dependencies.ts';
import { changeAggregate } from '#domain/shared/change-aggregate.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { endedQueueOf } from '#domain/privacy/retention-queue.ts';
import { DynamoTraces } from '#platform/repositories/traces.ts';
import { startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { anApplication, anEvent } from '../../domain/builders.ts';

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
