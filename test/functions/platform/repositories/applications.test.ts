import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import type { Applications, RememberedRequest } from '#domain/applications/ports.ts';
import { withdrawMarketingConsent } from '#domain/applications/withdraw-consent.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoIdempotencyKeys } from '#platform/repositories/idempotency-keys.ts';
import {
  documentsOf,
  startTestDatabase,
  testClient,
  type TestDatabase,
} from '#test/support/dynamodb-local.ts';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { injectFaults, type NetworkFault } from '#test/support/network-faults.ts';
import { anApplication, anEvent, aRequest } from '../../../domain/builders.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

let number = 0;

/** A new application of a borrower of its own, unless told whose. */
function fresh(overrides: Partial<Application> = {}): Application {
  number += 1;
  const borrowerKey = overrides.borrowerKey ?? `borrower-${number}`;
  return anApplication({
    request: aRequest({ externalId: `R-${number}` }),
    ...overrides,
    borrowerKey,
  });
}

function requestOf(application: Application, overrides: Partial<RememberedRequest> = {}) {
  return {
    callerKey: `demo-partner#${application.externalId}`,
    bodyHash: 'a'.repeat(64),
    answer: '{}',
    expiresAt: 2_000_000_000,
    ...overrides,
  };
}

const screened = (application: Application) =>
  changeApplication(application, { status: 'Screened', event: anEvent('ApplicationScreened') });
const declined = (application: Application) =>
  changeApplication(application, { status: 'Declined', event: anEvent('ApplicationDeclined') });

function dynamo(documents = database.documents): Applications {
  return new DynamoApplications(documents, 'Applications', {
    keys: new DynamoIdempotencyKeys(documents, 'IdempotencyKeys'),
    peopleTable: 'People',
  });
}

describe.each([
  ['DynamoApplications', () => dynamo()],
  ['DynamoApplications of a bundle', () => dynamo(database.bundledDocuments)],
  ['InMemoryApplications', () => new InMemoryApplications()],
] as const)('%s', (name, make) => {
  it('gives back exactly what was stored, sealed bytes included', async () => {
    const applications = make();
    const application = fresh();
    await applications.submit(application, requestOf(application), []);
    expect(await applications.find(application.applicationId)).toEqual(application);
  });

  it('knows nothing under an unknown id', async () => {
    expect(await make().find('app_00000000000000000000000000')).toBeUndefined();
  });

  it('answers a repeated key with the first request and stores nothing', async () => {
    const applications = make();
    const first = fresh();
    const second = fresh();
    const { callerKey } = requestOf(first);
    await applications.submit(first, requestOf(first, { answer: '{"first":true}' }), []);
    const repeated = await applications.submit(second, requestOf(second, { callerKey }), []);
    expect(repeated).toEqual({
      outcome: 'Repeated',
      bodyHash: 'a'.repeat(64),
      answer: '{"first":true}',
    });
    expect(await applications.find(second.applicationId)).toBeUndefined();
  });

  it('refuses a second application under one number of the partner, and forgets its key', async () => {
    const applications = make();
    const application = fresh();
    await applications.submit(application, requestOf(application), []);
    const again = requestOf(application, { callerKey: `demo-partner#again-${number}` });
    expect(await applications.submit(application, again, [])).toEqual({
      outcome: 'ExternalIdTaken',
    });
    const other = fresh();
    const reused = requestOf(other, { callerKey: again.callerKey });
    expect(await applications.submit(other, reused, [])).toEqual({ outcome: 'Stored' });
  });

  it('stores the next version and refuses one made from a version that is gone', async () => {
    const applications = make();
    const application = fresh();
    await applications.create(application);
    await applications.replace(screened(application));
    await expect(applications.replace(declined(application))).rejects.toThrow(ConcurrentChange);
    const stored = await applications.find(application.applicationId);
    expect([stored?.version, stored?.status]).toEqual([2, 'Screened']);
  });

  it('lets exactly one of many concurrent writers win', async () => {
    const applications = make();
    const application = fresh();
    await applications.create(application);
    // Equal events on purpose: a twin's write must not pass for one's own.
    const writes = Array.from({ length: 30 }, () => applications.replace(screened(application)));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await applications.find(application.applicationId))?.version).toBe(2);
  });

  it('lets a borrower have one open application at a time', async () => {
    const applications = make();
    const first = fresh();
    const second = fresh({ borrowerKey: first.borrowerKey });
    await applications.create(first);
    await applications.create(second);
    expect(await applications.replaceHoldingBorrower(screened(first))).toBe('Stored');
    expect(await applications.replaceHoldingBorrower(screened(second))).toBe('BorrowerBusy');
    expect((await applications.find(second.applicationId))?.version).toBe(1);
    await applications.replaceReleasingBorrower(declined(screened(first)));
    expect(await applications.replaceHoldingBorrower(screened(second))).toBe('Stored');
  });

  it('remembers for the borrower, not for one application, that marketing was refused', async () => {
    const applications = make();
    const first = fresh();
    const second = fresh({ borrowerKey: first.borrowerKey });
    for (const each of [first, second]) await applications.create(each);
    const withdraw = (application: Application, at: string) =>
      withdrawMarketingConsent(application, { at, actor: 'partner:demo-partner', applied: {} });
    expect(await applications.marketingWithdrawnAt(first.borrowerKey)).toBeUndefined();
    const later = '2026-11-23T10:00:00.000Z';
    const earlier = '2026-11-23T09:00:00.000Z';
    await applications.replaceWithdrawingMarketing(withdraw(first, later), later);
    expect(await applications.marketingWithdrawnAt(first.borrowerKey)).toBe(later);
    expect((await applications.find(first.applicationId))?.consentWithdrawals).toEqual([
      { purpose: 'Marketing', withdrawnAt: later },
    ]);
    // A clock that is behind takes nothing back, but its application still says so.
    await applications.replaceWithdrawingMarketing(withdraw(second, earlier), earlier);
    expect(await applications.marketingWithdrawnAt(first.borrowerKey)).toBe(later);
    expect((await applications.find(second.applicationId))?.version).toBe(2);
    await expect(
      applications.replaceWithdrawingMarketing(withdraw(first, later), later),
    ).rejects.toThrow(ConcurrentChange);
    expect(await applications.marketingWithdrawnAt(fresh().borrowerKey)).toBeUndefined();
  });

  it('declines a second application without letting go of the first', async () => {
    const applications = make();
    const first = fresh();
    const second = fresh({ borrowerKey: first.borrowerKey });
    const third = fresh({ borrowerKey: first.borrowerKey });
    for (const each of [first, second, third]) await applications.create(each);
    await applications.replaceHoldingBorrower(screened(first));
    await applications.replaceReleasingBorrower(declined(second));
    expect((await applications.find(second.applicationId))?.status).toBe('Declined');
    expect(await applications.replaceHoldingBorrower(screened(third))).toBe('BorrowerBusy');
  });

  it('does not hold the borrower for an application that changed meanwhile', async () => {
    const applications = make();
    const stale = fresh();
    const other = fresh({ borrowerKey: stale.borrowerKey });
    await applications.create(stale);
    await applications.create(other);
    await applications.replace(screened(stale));
    await expect(applications.replaceHoldingBorrower(screened(stale))).rejects.toThrow(
      ConcurrentChange,
    );
    expect(await applications.replaceHoldingBorrower(screened(other))).toBe('Stored');
  });

  it('lists the applications of one partner by status, newest first, page by page', async () => {
    const applications = make();
    const partnerId = `lister-${name.length}`;
    for (let minute = 0; minute < 7; minute += 1) {
      const application = {
        ...fresh(),
        partnerId,
        submittedAt: `2026-11-23T09:0${minute}:00+08:00`,
      };
      await applications.create(application);
      if (minute % 2 === 0) await applications.replace(screened(application));
    }
    const seen: string[] = [];
    let after: Parameters<Applications['listByPartner']>[1]['after'];
    do {
      const page = await applications.listByPartner(
        { partnerId, status: 'Screened' },
        { limit: 3, after },
      );
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ submittedAt }) => submittedAt.slice(14, 16)));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['06', '04', '02', '00']);
    expect((await applications.listByPartner({ partnerId: 'nobody' }, { limit: 3 })).items).toEqual(
      [],
    );
  });
});

describe('DynamoApplications on a bad network', () => {
  function faulty(command: string, faults: readonly NetworkFault[]): Applications {
    const client = testClient(database.endpoint);
    injectFaults(client, { command, faults });
    return dynamo(documentsOf(client));
  }

  it('takes its own write whose answer was lost for a success', async () => {
    const application = fresh();
    await dynamo().create(application);
    await faulty('PutItemCommand', ['LoseAnswer']).replace(screened(application));
    expect((await dynamo().find(application.applicationId))?.version).toBe(2);
  });

  it('takes its own transaction whose answer was lost for a success', async () => {
    const application = fresh();
    await dynamo().create(application);
    const applications = faulty('TransactWriteItemsCommand', ['LoseAnswer']);
    expect(await applications.replaceHoldingBorrower(screened(application))).toBe('Stored');
  });

  it('submits once when the answer was lost', async () => {
    const application = fresh();
    const applications = faulty('TransactWriteItemsCommand', ['LoseAnswer']);
    expect(await applications.submit(application, requestOf(application), [])).toEqual({
      outcome: 'Stored',
    });
  });

  it('tries again when the request was lost', async () => {
    const application = fresh();
    await faulty('PutItemCommand', ['LoseRequest']).create(application);
    expect((await dynamo().find(application.applicationId))?.version).toBe(1);
  });

  it('tries again when another transaction had the item', async () => {
    const application = fresh();
    await dynamo().create(application);
    const conflicts = ['TransactionConflict', 'TransactionConflict'] as const;
    const applications = faulty('TransactWriteItemsCommand', conflicts);
    expect(await applications.replaceHoldingBorrower(screened(application))).toBe('Stored');
  });

  it('gives up after eight conflicts and asks to read again', async () => {
    const application = fresh();
    await dynamo().create(application);
    const conflicts = Array.from({ length: 8 }, () => 'TransactionConflict' as const);
    const applications = faulty('TransactWriteItemsCommand', conflicts);
    await expect(applications.replaceHoldingBorrower(screened(application))).rejects.toThrow(
      ConcurrentChange,
    );
  });

  it('refuses a stored item that is not an application', async () => {
    const { PutCommand } = await import('@aws-sdk/lib-dynamodb');
    const applicationId = 'app_0000000000000000000000BAD0';
    await database.documents.send(
      new PutCommand({ TableName: 'Applications', Item: { applicationId, status: 'Nonsense' } }),
    );
    await expect(dynamo().find(applicationId)).rejects.toThrow(/status/);
  });
});
