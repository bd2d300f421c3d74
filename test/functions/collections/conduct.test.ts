import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCase } from '#domain/collections/close-case.ts';
import { agreeHours } from '#domain/collections/debtor.ts';
import type { Cases } from '#domain/collections/ports.ts';
import type { ContactRequest } from '#domain/collections/reserve-contact.ts';
import { changeCase } from '#domain/collections/change-case.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { contactIdOf } from '#domain/shared/ids.ts';
import { mayStillContact, reserve, settleContact } from '#platform/contact-conduct.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { aCase, shippedLimits } from '#test/domain/collections-builders.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryCases } from '#test/support/in-memory-cases.ts';
import { raceForTheLast, races, type RaceName } from './conduct-race.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const limits = shippedLimits();
const at = '2026-11-26T04:00:00.000Z';
const now = (): Date => new Date(at);
let next = 0;

describe.each<[string, () => Cases]>([
  ['in DynamoDB', () => new DynamoCases(database.documents, 'Cases')],
  ['in memory', () => new InMemoryCases()],
])('cases %s', (_name, storeOf) => {
  async function stored(cases: Cases) {
    const borrowerKey = `borrower ${String((next += 1))}`;
    const first = { ...aCase({ borrowerKey }), caseId: `case_${String(next).padStart(26, '0')}` };
    await cases.replace(first);
    return first;
  }
  const request = (caseId: string, mark = '1'): ContactRequest => ({
    contactId: contactIdOf(caseId, mark),
    channel: 'Call',
    audience: 'Debtor',
    numberKey: 'registered',
    purpose: 'Collect',
    speaker: 'lender',
    actor: 'operator:a',
  });

  it('are found by borrower and lender, by their id, and while open by their lender', async () => {
    const cases = storeOf();
    const first = await stored(cases);
    const { borrowerKey, lenderId, caseId } = first;
    expect(await cases.find(borrowerKey, lenderId)).toEqual(first);
    expect((await cases.findById(caseId))?.borrowerKey).toBe(borrowerKey);
    expect(await cases.listByBorrower(borrowerKey)).toEqual([first]);
    const isListed = async () =>
      (await cases.listOpen(lenderId, { limit: 100 })).items.some(
        (each) => each.borrowerKey === borrowerKey,
      );
    expect(await isListed()).toBe(true);
    await cases.replace(closeCase(first, { because: 'Cured', at }));
    expect(await isListed()).toBe(false);
  });

  it('refuse a version that another one has overtaken', async () => {
    const cases = storeOf();
    const first = await stored(cases);
    const change = (type: string) => changeCase(first, { type, at, actor: 'a', patch: {} });
    await cases.replace(change('One'));
    await expect(cases.replace(change('Two'))).rejects.toThrow(ConcurrentChange);
  });

  it('keep a contact with its counters, and the same contact asked for again is the same', async () => {
    const cases = storeOf();
    const { borrowerKey, lenderId, caseId } = await stored(cases);
    const subject = { borrowerKey, lenderId };
    const first = await reserve(subject, request(caseId), { cases, now, limits });
    expect(await reserve(subject, request(caseId), { cases, now, limits })).toEqual(first);
    const { day } = await cases.readContactState(borrowerKey, '2026-11-26');
    expect(day).toMatchObject({ version: 1, attempts: { registered: 1 } });
    const contact = { borrowerKey, contactId: contactIdOf(caseId, '1') };
    await settleContact(contact, { code: 'NoAnswer' }, { cases, now });
    await settleContact(contact, { code: 'NoAnswer' }, { cases, now });
    const after = await cases.readContactState(borrowerKey, '2026-11-26');
    expect(after.day).toMatchObject({ version: 2, held: {} });
    expect(after.debtor).toMatchObject({ version: 1, failedDials: 1 });
    expect((await cases.listContacts(borrowerKey, { limit: 10 })).items).toHaveLength(1);
  });

  it('count nothing for a case that closed between the reading and the writing', async () => {
    const cases = storeOf();
    const first = await stored(cases);
    const { borrowerKey, lenderId, caseId } = first;
    const closing: Cases = new Proxy(cases, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as (...values: unknown[]) => unknown;
        if (name !== 'reserveContact') return value.bind(target);
        return async (...values: unknown[]) => {
          const current = await cases.find(borrowerKey, lenderId);
          if (current?.status === 'Open')
            await cases.replace(closeCase(current, { because: 'Cured', at }));
          return value.apply(target, values);
        };
      },
    });
    const reserved = await reserve({ borrowerKey, lenderId }, request(caseId), {
      cases: closing,
      now,
      limits,
    });
    expect(reserved).toMatchObject({ outcome: 'Refused', because: 'CaseClosed' });
    const { day } = await cases.readContactState(borrowerKey, '2026-11-26');
    expect(day.version).toBe(0);
  });

  it('let a reserved contact go only while the case is open and the hour allows it', async () => {
    const cases = storeOf();
    const first = await stored(cases);
    const reserved = await reserve(first, request(first.caseId), { cases, now, limits });
    if (reserved.outcome === 'Refused') throw new Error(reserved.because);
    const { contact } = reserved;
    const allowed = (clock: string) =>
      mayStillContact(contact, { cases, now: () => new Date(clock), limits });
    expect(await allowed('2026-11-26T21:59:59+08:00')).toBe(true);
    expect(await allowed('2026-11-26T22:00:00+08:00')).toBe(false);
    expect(await allowed('2026-11-27T09:00:00+08:00')).toBe(false);
    const evening = { kind: 'Also', from: '22:00', to: '22:30' } as const;
    const hours = { ...evening, agreedOn: '2026-11-01', evidence: 'doc_1' };
    const { borrowerKey } = first;
    const agreed = agreeHours(undefined, { borrowerKey, hours, at, actor: 'a', limits });
    if (agreed === undefined) throw new Error('nothing was agreed');
    await cases.replaceDebtor(agreed);
    expect(await allowed('2026-11-26T22:00:00+08:00')).toBe(true);
    await cases.replace(closeCase(first, { because: 'Cured', at }));
    expect(await allowed('2026-11-26T21:59:59+08:00')).toBe(false);
  });

  it.each(Object.keys(races) as RaceName[])(
    'let one of several agencies through to the last of a day, and none after it: %s',
    async (race) => {
      const report = await raceForTheLast(storeOf(), race, 8);
      expect(report).toMatchObject({ violations: 0, refused: 24 });
    },
  );

  it('never keep an outcome without what it taught: who asked to be left alone is known at once', async () => {
    const cases = storeOf();
    const first = await stored(cases);
    const { borrowerKey, caseId } = first;
    const lost = await reserve(first, request(caseId, 'lost'), { cases, now, limits });
    if (lost.outcome === 'Refused') throw new Error(lost.because);
    await settleContact(lost.contact, { code: 'InvalidNumber' }, { cases, now });
    const friend = {
      ...request(caseId, 'friend'),
      ...({ audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'friend' } as const),
    };
    const asked = await reserve(first, friend, { cases, now, limits });
    if (asked.outcome === 'Refused') throw new Error(asked.because);
    const writes: string[] = [];
    const dying: Cases = new Proxy(cases, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as (...values: unknown[]) => Promise<unknown>;
        return async (...values: unknown[]) => {
          const answer = await value.apply(target, values);
          if (!/^(confirm|replace)/.test(String(name))) return answer;
          writes.push(String(name));
          throw new Error('the process died after its first write');
        };
      },
    });
    const stop = { code: 'ThirdPersonStop' } as const;
    await expect(settleContact(asked.contact, stop, { cases: dying, now })).rejects.toThrow('died');
    expect(writes).toHaveLength(1);
    expect((await cases.findDebtor(borrowerKey))?.stoppedNumbers).toEqual(['friend']);
    const again = { ...friend, contactId: contactIdOf(caseId, 'again') };
    expect(await reserve(first, again, { cases, now, limits })).toMatchObject({
      because: 'ThirdPersonStopped',
    });
    await settleContact(asked.contact, stop, { cases, now });
    expect((await cases.findDebtor(borrowerKey))?.stoppedNumbers).toEqual(['friend']);
  });
});

describe('the record of a contact', () => {
  it('is forgotten by the table when the years of the rule are over, case and debtor are not', async () => {
    const cases = new DynamoCases(database.documents, 'Cases');
    const borrowerKey = 'borrower to be forgotten';
    const first = { ...aCase({ borrowerKey }), caseId: `case_${'9'.repeat(26)}` };
    await cases.replace(first);
    const contactId = contactIdOf(first.caseId, '1');
    const asked: ContactRequest = {
      ...{ contactId, channel: 'Call', audience: 'Debtor', numberKey: 'registered' },
      ...{ purpose: 'Collect', speaker: 'lender', actor: 'operator:a' },
    };
    await reserve(first, asked, { cases, now, limits });
    await settleContact({ borrowerKey, contactId }, { code: 'NoAnswer' }, { cases, now });
    const { Items = [] } = await database.documents.send(
      new QueryCommand({
        TableName: 'Cases',
        KeyConditionExpression: 'borrowerKey = :borrower',
        ExpressionAttributeValues: { ':borrower': borrowerKey },
      }),
    );
    const expiries = Items.map(({ record, expiresAt }) => [String(record), expiresAt as unknown]);
    const end = Date.parse('2031-11-27T00:00:00+08:00') / 1000;
    expect(Object.fromEntries(expiries)).toEqual({
      [first.record]: undefined,
      debtor: undefined,
      [`contact#${contactId}`]: end,
      'contacts#2026-11-26': end,
    });
  });
});

describe('the hours of contact', () => {
  it.each([
    ['UTC', 0],
    ['Asia/Shanghai', -480],
    ['America/New_York', 300],
    ['Pacific/Kiritimati', 640],
    ['Asia/Kolkata', -330],
  ])(
    'are those of Shanghai on a machine in %s, for the rule, the reservation and the last look',
    (TZ, zone) => {
      const script = join(import.meta.dirname, 'contact-hours-zones.ts');
      const text = execFileSync(process.execPath, [script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
      expect(JSON.parse(text)).toEqual({
        verdicts: [true, false, false, true],
        reservations: ['2026-11-26 true', 'QuietHours', 'QuietHours', '2026-11-27 true'],
        next: '2026-11-27T00:00:00.000Z',
        zone,
      });
    },
  );
});
