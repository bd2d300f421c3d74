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
import {
  documentsOf,
  startTestDatabase,
  testClient,
  type TestDatabase,
} from '#test/support/dynamodb-local.ts';
import { injectFaults } from '#test/support/network-faults.ts';
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
      return Promise.resolve([]);
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

  it('publishes nothing from the first change on whose place another has', async () => {
    const records = versions('P-5').map((image, index) => recordOf(image, `s${index}`));
    const ports = { ...recorder(), keep: () => Promise.resolve([2, 1]) };
    expect(await runPublishChanges(records, ports)).toBe('s1');
    expect(ports.published.map(({ sequenceNumber }) => sequenceNumber)).toEqual(['s0']);
    const refused = { ...ports, publish: () => Promise.resolve([0]) };
    expect(await runPublishChanges(records, refused)).toBe('s0');
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

  const keeper = (documents = database.documents) => auditKeeper(documents, 'Audit');

  async function chainOf(subjectId: string): Promise<AuditRecord[]> {
    const { Items = [] } = await database.documents.send(
      new QueryCommand({
        TableName: 'Audit',
        KeyConditionExpression: 'subjectId = :subjectId',
        ExpressionAttributeValues: { ':subjectId': subjectId },
        ConsistentRead: true,
      }),
    );
    return Items as unknown as AuditRecord[];
  }

  /** What is on record is the chain of these records, and nothing of another. */
  async function expectChain(records: readonly AuditRecord[]): Promise<void> {
    const [{ subjectId } = { subjectId: '' }] = records;
    const stored = await chainOf(subjectId);
    expect(verifyChain(subjectId, stored)).toMatchObject({ isIntact: true });
    expect(stored.map(({ hash }) => hash)).toEqual(records.map(({ hash }) => hash));
  }

  it('keeps one link per sequence, however often and in whatever company it comes', async () => {
    const keep = keeper();
    const { records } = longChain(60);
    expect(await keep([...records.slice(0, 40), ...records.slice(10, 40)])).toEqual([]);
    expect(await keep(records)).toEqual([]);
    await expectChain(records);
  });

  it('keeps the chains of many subjects of one batch', async () => {
    const chains = Array.from({ length: 40 }, (_, at) => longChain(2, `MANY-${at}`).records);
    const batch = [...chains.map(([first]) => first), ...chains.map(([, second]) => second)];
    expect(await keeper()(batch.filter((record) => record !== undefined))).toEqual([]);
    for (const records of chains) await expectChain(records);
  });

  it('leaves what is on record where a batch tells the same place otherwise, and says which', async () => {
    const { records, otherwise } = twoTellings('OTHERWISE');
    expect(await keeper()(records.slice(0, 3))).toEqual([]);
    // Two links in common; the third place is taken, and the fourth, which is free, would follow another third.
    const others = longChain(2, 'BESIDE').records;
    const [first, second] = others;
    const batch = [first, ...otherwise, second].filter((record) => record !== undefined);
    expect(await keeper()(batch)).toEqual([3, 4]);
    await expectChain(records.slice(0, 3));
    await expectChain(others);
    expect(await keeper()(records)).toEqual([]);
    await expectChain(records);
  });

  it('lets one of two consumers at once have a place, and both have what both tell', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { records, otherwise } = twoTellings(`AT-ONCE-${round}`);
      expect(await Promise.all([keeper()(records), keeper()(records)])).toEqual([[], []]);
      await expectChain(records);

      const race = twoTellings(`RACE-${round}`);
      const [one, two] = await Promise.all([keeper()(race.records), keeper()(race.otherwise)]);
      const isFirst = one.length === 0;
      expect([one, two]).toEqual(isFirst ? [[], [2, 3]] : [[2, 3], []]);
      await expectChain(isFirst ? race.records : race.otherwise);
      expect(otherwise).toHaveLength(records.length);
    }
  });

  it('takes its own record for kept when only the answer was lost', async () => {
    const client = testClient(database.endpoint);
    injectFaults(client, { command: 'PutItemCommand', faults: ['LoseAnswer', 'LoseRequest'] });
    const { records } = longChain(4, 'LOST');
    expect(await keeper(documentsOf(client))(records)).toEqual([]);
    client.destroy();
    await expectChain(records);
  });

  it('takes no place from whoever came between a request that was lost and its repetition', async () => {
    const { records, otherwise } = twoTellings('BETWEEN');
    const client = testClient(database.endpoint);
    injectFaults(client, {
      command: 'PutItemCommand',
      faults: ['LoseRequest'],
      meanwhile: () => keeper()(records),
    });
    expect(await keeper(documentsOf(client))(otherwise)).toEqual([2, 3]);
    client.destroy();
    await expectChain(records);
  });

  it('reads a taken place as a bundle does', async () => {
    const { records, otherwise } = twoTellings('BUNDLE');
    const keep = keeper(database.bundledDocuments);
    expect(await keep(records)).toEqual([]);
    expect(await keep(records)).toEqual([]);
    expect(await keep(otherwise)).toEqual([2, 3]);
    await expectChain(records);
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

function longChain(
  length: number,
  externalId = `CHAIN-${length}`,
): { subjectId: string; records: AuditRecord[] } {
  const first = anApplication({ request: aRequest({ externalId }) });
  return { subjectId: first.applicationId, records: linksOf(first, length) };
}

/** Two chains of four with two links in common: what a table says that was restored, and what it said before. */
function twoTellings(externalId: string) {
  const first = anApplication({ request: aRequest({ externalId }) });
  const records = linksOf(first, 4);
  const otherwise = linksOf(first, 4, (version) => (version < 2 ? 'Noted' : 'NotedOtherwise'));
  return { records, otherwise };
}

function linksOf(
  first: ReturnType<typeof anApplication>,
  length: number,
  typeAfter: (version: number) => string = () => 'Noted',
): AuditRecord[] {
  let application = first;
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
    application = changeApplication(application, {
      event: anEvent(`${typeAfter(version)}${version}`),
    });
  }
  return records;
}
