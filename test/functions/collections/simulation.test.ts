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
      { loans: 8, days: 30, seed: 7 },
    );
    expect(report.violationsByRule).toEqual({});
    expect(report).toMatchObject({ violations: 0, executionsFailed: 0 });
    expect(report.contacts).toBeGreaterThan(10);
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
      'a debt told to a third person',
      times(1, { audience: 'ThirdPerson' }),
      { 'debt to a third person': 1 },
    ],
    [
      'a contact nobody reported on',
      times(1, { status: 'Reserved' }),
      { 'contact without a recorded outcome': 1 },
    ],
    ['a contact that was not made', times(9, { result: 'NotMade' }), {}],
  ])('finds in %s what is wrong', (_name, contacts, found) => {
    expect(judgeContacts(contacts, [])).toEqual(found);
  });

  it('finds a contact after the end, and not one of the next default', () => {
    const ending = {
      borrowerKey: 'b',
      closedAt: '2026-11-26T03:00:00.000Z',
      reopenedAt: undefined,
    };
    expect(judgeContacts([contact()], [ending])).toEqual({ 'contact after the end': 1 });
    const reopened = { ...ending, reopenedAt: '2026-11-26T03:30:00.000Z' };
    expect(judgeContacts([contact()], [reopened])).toEqual({});
  });

  it('finds a call to a third person who asked to be left alone', () => {
    const friend = { audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'n' } as const;
    const stop = contact({ ...friend, outcomeCode: 'ThirdPersonStop' });
    const later = contact({
      ...friend,
      reservedAt: '2026-11-27T04:00:00.000Z',
      date: '2026-11-27',
    });
    expect(judgeContacts([stop, later], [])).toEqual({
      'third person contacted after asking to stop': 1,
    });
  });
});
