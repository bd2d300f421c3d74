import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Contact } from '#domain/collections/contact.ts';
import { judgeContacts } from '#local/simulation/judge-contacts.ts';
import { simulateCollections } from '#local/simulation/simulate-collections.ts';
import { DynamoCaseResults } from '#platform/repositories/case-results.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

describe('simulateCollections', () => {
  it('recovers money from a small portfolio without one violation of conduct', async () => {
    const { documents } = database;
    const report = await simulateCollections(
      {
        cases: new DynamoCases(documents, 'Cases'),
        tasks: new DynamoTasks(documents, 'Tasks'),
        results: new DynamoCaseResults(documents, 'Metrics'),
      },
      { loans: 10, days: 60, seed: 7 },
    );
    expect(report.violationsByRule).toEqual({});
    expect(report).toMatchObject({ violations: 0, executionsFailed: 0 });
    expect(report.contacts).toBeGreaterThan(10);
    expect(report.contactsByAgencies).toBeGreaterThan(0);
    expect(report.arms.reduce((sum, { receivedFen }) => sum + receivedFen, 0)).toBeGreaterThan(0);
  }, 120_000);
});

describe('judgeContacts', () => {
  let count = 0;
  const contact = (changes: Partial<Contact> = {}): Contact =>
    ({
      borrowerKey: 'b',
      contactId: `contact-${String((count += 1))}`,
      channel: 'Call',
      audience: 'Debtor',
      numberKey: 'registered',
      purpose: 'Collect',
      speaker: 'lender',
      isIntroduced: true,
      status: 'Confirmed',
      result: 'Effective',
      reservedAt: '2026-11-26T04:00:00.000Z',
      date: '2026-11-26',
      staff: [],
      hasConsent: false,
      keepUntil: '2031-11-26',
      ...changes,
    }) as Contact;
  const times = (number: number, changes: Partial<Contact> = {}) =>
    Array.from({ length: number }, () => contact(changes));

  it.each<[string, Contact[], Readonly<Record<string, number>>]>([
    ['three calls', times(3), {}],
    ['a fourth', times(4), { 'effective calls': 1 }],
    [
      'a fourth notification',
      times(4, { channel: 'VoiceNotify', result: 'Connected' }),
      { 'connected notification calls': 1 },
    ],
    ['a seventh dial', times(7, { result: 'Unanswered' }), { 'attempts on one number': 1 }],
    ['a third message', times(3, { channel: 'Sms', result: 'Delivered' }), { messages: 1 }],
    [
      'a call at ten at night',
      times(1, { reservedAt: '2026-11-26T14:00:00.000Z' }),
      { 'quiet hours': 2 },
    ],
    [
      'a visit of one without consent',
      times(1, { channel: 'Visit', staff: ['a'] }),
      { 'visit of one': 1, 'visit without consent': 1 },
    ],
    [
      'a debt told to a third person, the debtor not lost',
      times(1, { audience: 'ThirdPerson' }),
      { 'debt to a third person': 1, 'third person though the debtor was not lost': 1 },
    ],
    [
      'a contact nobody reported on',
      times(1, { status: 'Reserved' }),
      { 'contact without a recorded outcome': 1 },
    ],
    ['a contact that was not made', times(9, { result: 'NotMade' }), {}],
  ])('finds in %s what is wrong', (_name, contacts, found) => {
    expect(judgeContacts(contacts, { endings: [] })).toEqual(found);
  });

  it('finds a contact after the end, and not one of the next default', () => {
    const ending = {
      borrowerKey: 'b',
      closedAt: '2026-11-26T03:00:00.000Z',
      reopenedAt: undefined,
    };
    expect(judgeContacts([contact()], { endings: [ending] })).toEqual({
      'contact after the end': 1,
    });
    const reopened = { ...ending, reopenedAt: '2026-11-26T03:30:00.000Z' };
    expect(judgeContacts([contact()], { endings: [reopened] })).toEqual({});
  });

  it('finds words of somebody who did not say who they are, in each default and from each speaker', () => {
    const said = contact({ reservedAt: '2026-11-26T02:00:00.000Z' });
    const later = contact({ isIntroduced: false });
    const rule = 'words of somebody who did not say who they are';
    expect(judgeContacts([said, later], { endings: [] })).toEqual({});
    expect(judgeContacts([later], { endings: [] })).toEqual({ [rule]: 1 });
    const unheard = { ...said, result: 'Unanswered' as const };
    expect(judgeContacts([unheard, later], { endings: [] })).toEqual({ [rule]: 1 });
    const ending = {
      ...{ borrowerKey: 'b', closedAt: '2026-11-26T02:30:00.000Z' },
      reopenedAt: '2026-11-26T03:00:00.000Z',
    };
    expect(judgeContacts([said, later], { endings: [ending] })).toEqual({ [rule]: 1 });
  });

  it('finds a contact while a request is open, and no notice', () => {
    const rests = [{ borrowerKey: 'b', from: '2026-11-26T03:00:00.000Z', until: undefined }];
    const over = [{ ...rests[0], borrowerKey: 'b', from: '', until: '2026-11-26T03:00:00.000Z' }];
    const rule = 'contact while a request was open';
    expect(judgeContacts([contact()], { endings: [], rests })).toEqual({ [rule]: 1 });
    expect(judgeContacts([contact({ purpose: 'Notice' })], { endings: [], rests })).toEqual({});
    expect(judgeContacts([contact()], { endings: [], rests: over })).toEqual({});
  });

  it('finds an agency that speaks before the debtor was told, or after the case was taken back', () => {
    const mandate = { borrowerKey: 'b', agencyId: 'agency', from: '2026-11-26T03:00:00.000Z' };
    const spoken = contact({ speaker: 'agency' });
    const rule = 'agency without a mandate';
    const judge = (from: string, until?: string) =>
      judgeContacts([spoken], { endings: [], mandates: [{ ...mandate, from, until }] });
    expect(judge(mandate.from)).toEqual({});
    expect(judge('2026-11-26T04:00:01.000Z')).toEqual({ [rule]: 1 });
    expect(judge(mandate.from, '2026-11-26T03:59:00.000Z')).toEqual({ [rule]: 1 });
    expect(judgeContacts([spoken], { endings: [] })).toEqual({ [rule]: 1 });
  });

  it.each([
    ['three failures, the same day', ['26', '26', '26'], 1],
    ['three failures, the day before', ['25', '25', '25'], 0],
    ['failures on three days, the last one today', ['24', '25', '26'], 0],
    ['failures on three days that are not in a row', ['22', '24', '26'], 1],
    ['two failures', ['24', '25'], 1],
  ])('judges a call to a third person after %s', (_name, days, violations) => {
    const dials = days.map((day) =>
      contact({
        ...{ result: 'Unanswered', outcomeCode: 'NoAnswer', date: `2026-11-${day}` },
        reservedAt: `2026-11-${day}T02:00:00.000Z`,
      }),
    );
    const friend = contact({ audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'n' });
    const found = judgeContacts([...dials, friend], { endings: [] });
    expect(found['third person though the debtor was not lost'] ?? 0).toBe(violations);
  });

  it('finds a contact with a debtor who is said to have died', () => {
    const dead = contact({ outcomeCode: 'ReportedDead', reservedAt: '2026-11-26T03:00:00.000Z' });
    const letter = contact({ channel: 'Letter', result: 'Delivered' });
    expect(judgeContacts([dead, letter], { endings: [] })).toEqual({});
    expect(judgeContacts([dead, contact()], { endings: [] })).toEqual({
      'contact with the dead': 1,
    });
  });

  it('finds a call to a third person who asked to be left alone', () => {
    const friend = { audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'n' } as const;
    const lost = contact({
      ...{ result: 'Unanswered', outcomeCode: 'InvalidNumber' },
      reservedAt: '2026-11-26T03:00:00.000Z',
    });
    const stop = contact({ ...friend, outcomeCode: 'ThirdPersonStop' });
    const later = contact({
      ...friend,
      reservedAt: '2026-11-27T04:00:00.000Z',
      date: '2026-11-27',
    });
    expect(judgeContacts([lost, stop, later], { endings: [] })).toEqual({
      'third person contacted after asking to stop': 1,
    });
  });
});
