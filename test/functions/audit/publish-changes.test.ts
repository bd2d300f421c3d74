import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCase } from '#domain/collections/close-case.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { verifyChain, type AuditRecord } from '#domain/shared/audit.ts';
import {
  auditKeeper,
  busPublisher,
  runPublishChanges,
  type PublishedChange,
} from '#functions/audit/publish-changes.ts';
import type { StreamRecord } from '#platform/event-consumer.ts';
import { fromAttributeMap } from '#platform/attribute-value.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { ServiceStubs } from '#test/support/service-stubs.ts';
import { aCase } from '../../domain/collections-builders.ts';
import { anApplication, anEvent, aRequest } from '../../domain/builders.ts';

/** The stream's record of one version of an item. */
function recordOf(image: object, sequenceNumber: string, keys = idOf(image)): StreamRecord {
  return { sequenceNumber, keys, image: { ...image } };
}

function idOf(image: object): Record<string, unknown> {
  const [name = ''] = ['applicationId', 'loanId', 'payoutRef', 'taskId'].filter(
    (key) => key in image,
  );
  return { [name]: Reflect.get(image, name) };
}

/** Every version of an application on its way to a decision. */
function versions(externalId: string) {
  const received = anApplication({ request: aRequest({ externalId }) });
  const screened = changeApplication(received, { status: 'Screened', event: anEvent('Screened') });
  const declined = changeApplication(screened, { status: 'Declined', event: anEvent('Declined') });
  return [received, screened, declined] as const;
}

function recorder() {
  const kept: AuditRecord[] = [];
  const published: PublishedChange[] = [];
  return {
    kept,
    published,
    keep: (records: readonly AuditRecord[]) => {
      kept.push(...records);
      return Promise.resolve();
    },
    publish: (changes: readonly PublishedChange[]) => {
      published.push(...changes);
      return Promise.resolve([]);
    },
  };
}

describe('runPublishChanges', () => {
  it('copies every event, in order, to the chain and to the bus', async () => {
    const ports = recorder();
    const images = versions('P-1');
    const records = images.map((image, index) => recordOf(image, `s${index}`));
    expect(await runPublishChanges(records, ports)).toBeUndefined();
    const [first] = images;
    expect(verifyChain(first.applicationId, ports.kept)).toMatchObject({
      isIntact: true,
      length: 3,
    });
    expect(ports.published.map(({ event }) => event.type)).toEqual([
      'ApplicationSubmitted',
      'Screened',
      'Declined',
    ]);
  });

  it('names cases and debtors as their chains are named, and passes over contacts and waits', async () => {
    const ports = recorder();
    const opened = aCase();
    const closed = closeCase(opened, { because: 'Cured', at: '2026-11-27T02:00:00.000Z' });
    const { borrowerKey } = opened;
    const debtor = {
      borrowerKey,
      record: 'debtor',
      version: 1,
      event: { type: 'DebtorReachNoted', at: opened.openedAt, actor: 'operator:a', facts: {} },
      auditHash: '0'.repeat(64),
      previousAuditHash: '0'.repeat(64),
    };
    const keyed = (image: { borrowerKey: string; record: string }, number: string) =>
      recordOf(image, number, { borrowerKey, record: image.record });
    const records = [
      keyed(opened, 's1'),
      keyed({ borrowerKey, record: 'contact#contact_1' }, 's2'),
      keyed({ borrowerKey, record: 'contacts#2026-11-26' }, 's3'),
      keyed({ borrowerKey, record: 'wait#zhudai-lending' }, 's4'),
      keyed(closed, 's5'),
      keyed(debtor, 's6'),
    ];
    expect(await runPublishChanges(records, ports)).toBeUndefined();
    expect(ports.kept.map(({ subjectId }) => subjectId)).toEqual([
      opened.caseId,
      opened.caseId,
      `debtor_${borrowerKey}`,
    ]);
    expect(verifyChain(opened.caseId, ports.kept.slice(0, 2))).toMatchObject({ isIntact: true });
    expect(ports.published.map(({ event }) => event.type)).toEqual([
      'CaseOpened',
      'CaseClosed',
      'DebtorReachNoted',
    ]);
    expect(ports.published[1]?.event.facts).toMatchObject({
      strategy: 'default-ladder#1',
      because: 'Cured',
    });
  });

  it('passes over guards, schedules, journal entries and deletions', async () => {
    const ports = recorder();
    const records = [
      recordOf({ applicationId: 'open#b', holder: 'app_1' }, 's1'),
      recordOf({ loanId: 'loan_1', record: 'schedule#0001', rows: [] }, 's2'),
      { sequenceNumber: 's3', keys: { applicationId: 'app_1' }, image: undefined },
    ];
    expect(await runPublishChanges(records, ports)).toBeUndefined();
    expect(ports.kept).toEqual([]);
  });

  it('stops at a record it cannot read, after what came before it', async () => {
    const ports = recorder();
    const [received, screened, declined] = versions('P-2');
    const broken = { ...screened, auditHash: 17 };
    const records = [recordOf(received, 's1'), recordOf(broken, 's2'), recordOf(declined, 's3')];
    expect(await runPublishChanges(records, ports)).toBe('s2');
    expect(ports.kept.map(({ sequence }) => sequence)).toEqual([1]);
    expect(ports.published.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['s1']);
  });

  it('asks for the batch again from the first event the bus refused', async () => {
    const records = versions('P-3').map((image, index) => recordOf(image, `s${index}`));
    const ports = { ...recorder(), publish: () => Promise.resolve([2, 1]) };
    expect(await runPublishChanges(records, ports)).toBe('s1');
  });

  it('puts nothing on the bus that is not on record', async () => {
    const ports = { ...recorder(), keep: () => Promise.reject(new Error('table is down')) };
    const records = [recordOf(versions('P-4')[0], 's1')];
    await expect(runPublishChanges(records, ports)).rejects.toThrow('table is down');
    expect(ports.published).toEqual([]);
  });
});

describe('auditKeeper', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(async () => {
    await database.stop();
  });

  it('keeps one link per sequence, however often and in whatever company it comes', async () => {
    const keep = auditKeeper(database.documents, 'Audit');
    const { subjectId, records } = longChain(60);
    await keep([...records.slice(0, 40), ...records.slice(10, 40)]);
    await keep(records);
    const { Items = [] } = await database.documents.send(
      new QueryCommand({
        TableName: 'Audit',
        KeyConditionExpression: 'subjectId = :subjectId',
        ExpressionAttributeValues: { ':subjectId': subjectId },
      }),
    );
    expect(verifyChain(subjectId, Items as unknown as AuditRecord[])).toMatchObject({
      isIntact: true,
      length: 60,
    });
  });
});

describe('busPublisher', () => {
  it('sends ids and facts in calls of ten and reports what was refused by its place', async () => {
    const stubs = new ServiceStubs();
    const endpoint = await stubs.start();
    stubs.answers.set('AWSEvents.PutEvents', ({ Entries }) => ({
      body: {
        Entries: (Entries as { Detail: string }[]).map(({ Detail }) =>
          Detail.includes('"version":12,') ? { ErrorCode: 'InternalFailure' } : { EventId: 'e' },
        ),
      },
    }));
    const client = new EventBridgeClient({
      endpoint,
      region: 'local',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { subjectId, records } = longChain(23);
    const changes = records.map((record) => ({
      record,
      sequenceNumber: String(record.sequence),
      event: anEvent('ApplicationNoted', { applicationId: subjectId }),
    }));
    const refused = await busPublisher(client, 'bus')(changes);
    client.destroy();
    await stubs.stop();
    expect(refused).toEqual([11]);
    const calls = stubs.callsOf('AWSEvents.PutEvents') as { Entries: Record<string, string>[] }[];
    expect(calls.map(({ Entries }) => Entries.length)).toEqual([10, 10, 3]);
    const [first] = calls[0]?.Entries ?? [];
    expect(first).toMatchObject({
      Source: 'zhudai',
      DetailType: 'ApplicationNoted',
      EventBusName: 'bus',
    });
    expect(JSON.parse(first?.['Detail'] ?? '')).toEqual({
      applicationId: subjectId,
      subjectId,
      version: 1,
      at: '2026-11-23T10:00:00+08:00',
      actor: 'workflow',
    });
  });
});

describe('fromAttributeMap', () => {
  it('reads what a stream delivers', () => {
    expect(
      fromAttributeMap({
        text: { S: 'a' },
        number: { N: '12' },
        yes: { BOOL: true },
        nothing: { NULL: true },
        list: { L: [{ N: '1' }, { M: { inner: { S: 'b' } } }] },
        bytes: { B: 'AQID' },
      }),
    ).toEqual({
      text: 'a',
      number: 12,
      yes: true,
      nothing: null,
      list: [1, { inner: 'b' }],
      bytes: 'AQID',
    });
  });
});

function longChain(length: number): { subjectId: string; records: AuditRecord[] } {
  let application = anApplication({ request: aRequest({ externalId: `CHAIN-${length}` }) });
  const records: AuditRecord[] = [];
  while (records.length < length) {
    const { applicationId, version, auditHash, previousAuditHash, event } = application;
    records.push({
      subjectId: applicationId,
      sequence: version,
      previousHash: previousAuditHash,
      hash: auditHash,
      event,
    });
    application = changeApplication(application, { event: anEvent(`Noted${version}`) });
  }
  return { subjectId: application.applicationId, records };
}
