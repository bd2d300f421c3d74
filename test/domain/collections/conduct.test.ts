import { describe, expect, it } from 'vitest';
import { CollectionAgency } from '#domain/collections/agency.ts';
import { confirmContact } from '#domain/collections/confirm-contact.ts';
import { emptyContactDay, type Contact, type ContactDay } from '#domain/collections/contact.ts';
import {
  isContactHour,
  mayAgreeOn,
  nextContactInstant,
} from '#domain/collections/contact-hours.ts';
import type { Debtor } from '#domain/collections/debtor.ts';
import {
  reserveContact,
  type ContactRequest,
  type ContactScene,
} from '#domain/collections/reserve-contact.ts';
import { aCase, shippedLimits } from '../collections-builders.ts';

const limits = shippedLimits();
const noon = '2026-11-26T04:00:00.000Z';

function scene(overrides: Partial<ContactScene> = {}): ContactScene {
  return {
    collectionCase: aCase(),
    debtor: undefined,
    day: emptyContactDay('borrower-1', '2026-11-26'),
    limits,
    at: noon,
    ...overrides,
  };
}

function request(overrides: Partial<ContactRequest> = {}): ContactRequest {
  return {
    contactId: 'contact_00000000000000000000000001',
    channel: 'Call',
    audience: 'Debtor',
    numberKey: 'registered',
    purpose: 'Collect',
    speaker: 'lender',
    actor: 'operator:a',
    ...overrides,
  };
}

function verdict(scened: ContactScene, asked: ContactRequest): string {
  const reservation = reserveContact(scened, asked);
  return reservation.outcome === 'Refused' ? reservation.because : 'Reserved';
}

const day = (counts: Partial<ContactDay>): ContactDay => ({
  ...emptyContactDay('borrower-1', '2026-11-26'),
  version: 1,
  ...counts,
});

const debtor = (facts: Partial<Debtor>): Debtor =>
  ({
    borrowerKey: 'borrower-1',
    record: 'debtor',
    version: 1,
    isNumberInvalid: false,
    isReportedDead: false,
    failedDials: 0,
    failedDays: 0,
    stoppedNumbers: [],
    ...facts,
  }) as unknown as Debtor;

const other = { lenderId: 'other-lender', period: { from: '2026-01-01' } };
const agency = CollectionAgency.parse({
  ...{ agencyId: 'agency', version: 1, name: 'x', creditCode: 'x', status: 'Active' },
  ...{ publishedUrl: 'https://example.com', reviewedOn: '2026-06-01', mayAssignOn: false },
  mandates: [{ lenderId: 'zhudai-lending', period: { from: '2026-01-01', to: '2026-12-31' } }],
});

describe('isContactHour (GB/T 45251-2025: nobody is contacted from 22:00 to 08:00)', () => {
  it.each([
    ['2026-11-26T21:59:59.999+08:00', true],
    ['2026-11-26T22:00:00.000+08:00', false],
    ['2026-11-27T00:00:00.000+08:00', false],
    ['2026-11-27T07:59:59.999+08:00', false],
    ['2026-11-27T08:00:00.000+08:00', true],
    ['2026-11-26T13:59:59.999Z', true],
    ['2026-11-26T14:00:00.000Z', false],
    ['2026-11-26T23:59:59.999Z', false],
    ['2026-11-27T00:00:00.000Z', true],
  ])('answers for %s: %s', (at, expected) => {
    expect(isContactHour(at, limits.quiet)).toBe(expected);
  });

  it('lets the hours the debtor asked for in as well, to the second', () => {
    const agreed = { kind: 'Also', from: '22:00', to: '23:00' } as const;
    expect(isContactHour('2026-11-26T22:59:59+08:00', limits.quiet, agreed)).toBe(true);
    expect(isContactHour('2026-11-26T23:00:00+08:00', limits.quiet, agreed)).toBe(false);
  });
});

describe('hours agreed with the debtor', () => {
  const evening = { kind: 'Only', from: '18:00', to: '20:00' } as const;
  const late = { kind: 'Also', from: '22:00', to: '23:00' } as const;

  it.each([
    ['17:59:59', false],
    ['18:00:00', true],
    ['19:59:59', true],
    ['20:00:00', false],
  ])('wished for as the only ones decide at %s: %s', (time, expected) => {
    expect(isContactHour(`2026-11-26T${time}+08:00`, limits.quiet, evening)).toBe(expected);
  });

  it.each([
    ['10:00', evening, '2026-11-26T18:00:00+08:00'],
    ['20:00', evening, '2026-11-27T18:00:00+08:00'],
    ['18:30', evening, '2026-11-26T18:30:00+08:00'],
    ['07:00', late, '2026-11-26T08:00:00+08:00'],
    ['23:00', late, '2026-11-27T08:00:00+08:00'],
  ])('let the next contact after %s be made in time', (time, agreed, expected) => {
    const next = nextContactInstant(`2026-11-26T${time}:00+08:00`, limits.quiet, agreed);
    expect(Date.parse(next)).toBe(Date.parse(expected));
  });

  it.each([
    ['Only', '08:00', '22:00', true],
    ['Only', '07:59', '12:00', false],
    ['Only', '12:00', '22:01', false],
    ['Only', '20:00', '18:00', false],
    ['Also', '22:00', '22:30', true],
    ['Also', '06:00', '08:00', true],
    ['Also', '21:59', '23:00', false],
    ['Also', '23:00', '23:00', false],
  ] as const)('of kind %s from %s to %s may be agreed: %s', (kind, from, to, expected) => {
    expect(mayAgreeOn({ kind, from, to }, limits.quiet)).toBe(expected);
  });

  it('hold for a reservation, and say when it may be made', () => {
    const agreedHours = { ...evening, agreedOn: '2026-11-26', evidence: 'doc_1' };
    const refused = reserveContact(scene({ debtor: debtor({ agreedHours }) }), request());
    expect(refused).toMatchObject({
      outcome: 'Refused',
      because: 'QuietHours',
      retryAt: '2026-11-26T10:00:00.000Z',
    });
  });
});

describe('nextContactInstant', () => {
  it.each([
    ['2026-11-26T15:00:00.000Z', '2026-11-27T00:00:00.000Z'],
    ['2026-11-26T23:30:00.000Z', '2026-11-27T00:00:00.000Z'],
    ['2026-11-26T04:00:00.000Z', '2026-11-26T04:00:00.000Z'],
    ['2026-12-31T14:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ])('answers for %s: %s', (at, expected) => {
    expect(nextContactInstant(at, limits.quiet)).toBe(expected);
  });
});

describe('reserveContact', () => {
  it.each<[string, Partial<ContactDay>, Partial<ContactRequest>, string]>([
    ['a third conversation', { effective: 2 }, {}, 'Reserved'],
    ['a fourth', { effective: 3 }, {}, 'EffectiveLimit'],
    [
      'a call while the third is under way',
      { effective: 2, held: { x: 'Call' } },
      {},
      'EffectiveLimit',
    ],
    [
      'a machine that converses, after three',
      { effective: 3 },
      { channel: 'AiVoice' },
      'EffectiveLimit',
    ],
    ['a third notification', { notifyConnected: 2 }, { channel: 'VoiceNotify' }, 'Reserved'],
    ['a fourth', { notifyConnected: 3 }, { channel: 'VoiceNotify' }, 'NotifyLimit'],
    [
      'a machine that converses, as the fourth notification',
      { notifyConnected: 3 },
      { channel: 'AiVoice' },
      'NotifyLimit',
    ],
    [
      'a notification while the third is under way',
      { notifyConnected: 2, held: { x: 'AiVoice' } },
      { channel: 'VoiceNotify' },
      'NotifyLimit',
    ],
    ['a sixth dial of one number', { attempts: { registered: 5 } }, {}, 'Reserved'],
    ['a seventh', { attempts: { registered: 6 } }, {}, 'AttemptLimit'],
    [
      'another number after six of one',
      { attempts: { registered: 6 } },
      { numberKey: 'office' },
      'Reserved',
    ],
    ['a second message', { messages: 1 }, { channel: 'Sms' }, 'Reserved'],
    ['a third, by another way', { messages: 2 }, { channel: 'AppMessage' }, 'MessageLimit'],
    [
      'a visit of two with consent',
      {},
      { channel: 'Visit', staff: ['a', 'b'], hasConsent: true },
      'Reserved',
    ],
    [
      'a second visit',
      { visits: 1 },
      { channel: 'Visit', staff: ['a', 'b'], hasConsent: true },
      'VisitLimit',
    ],
    ['a visit of one', {}, { channel: 'Visit', staff: ['a'], hasConsent: true }, 'VisitStaff'],
    [
      'a visit of one named twice',
      {},
      { channel: 'Visit', staff: ['a', 'a'], hasConsent: true },
      'VisitStaff',
    ],
    ['a visit without consent', {}, { channel: 'Visit', staff: ['a', 'b'] }, 'VisitConsent'],
    [
      'a letter, whatever was said that day',
      { messages: 2, effective: 3, visits: 1 },
      { channel: 'Letter' },
      'Reserved',
    ],
  ])('judges %s', (_name, counts, asked, expected) => {
    expect(verdict(scene({ day: day(counts) }), request(asked))).toBe(expected);
  });

  it('says from when on it is allowed: tomorrow, when the quiet hours end', () => {
    const refused = reserveContact(scene({ day: day({ effective: 3 }) }), request());
    expect(refused).toEqual({
      outcome: 'Refused',
      because: 'EffectiveLimit',
      retryAt: '2026-11-27T00:00:00.000Z',
    });
  });

  it.each<[string, Partial<ContactScene>, Partial<ContactRequest>, string]>([
    ['a closed case', { collectionCase: aCase({ status: 'Closed' }) }, {}, 'CaseClosed'],
    ['quiet hours', { at: '2026-11-26T14:00:00.000Z' }, {}, 'QuietHours'],
    [
      'a letter in quiet hours',
      { at: '2026-11-26T14:00:00.000Z' },
      { channel: 'Letter' },
      'Reserved',
    ],
    [
      'an agency that has no such case',
      {},
      { speaker: 'hengxin-services', isIntroduced: true },
      'SpeakerNotAssigned',
    ],
    [
      'whoever has not said who they are (5.11)',
      { collectionCase: aCase({ introducedBy: [] }) },
      {},
      'NotIntroduced',
    ],
    [
      'words that begin with who calls',
      { collectionCase: aCase({ introducedBy: [] }) },
      { isIntroduced: true },
      'Reserved',
    ],
    [
      'a debtor who is said to have died',
      { debtor: debtor({ isReportedDead: true }) },
      {},
      'DebtorReportedDead',
    ],
    [
      'a third person while the debtor can be reached (5.8)',
      {},
      { audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'n' },
      'DebtorNotLost',
    ],
    [
      'a third person, the debtor lost',
      { debtor: debtor({ isNumberInvalid: true }) },
      { audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'n' },
      'Reserved',
    ],
    [
      'a third person about the debt (5.9)',
      { debtor: debtor({ isNumberInvalid: true }) },
      { audience: 'ThirdPerson', purpose: 'Collect', numberKey: 'n' },
      'ThirdPersonPurpose',
    ],
    [
      'a third person who asked to be left alone (5.10)',
      { debtor: debtor({ isNumberInvalid: true, stoppedNumbers: ['n'] }) },
      { audience: 'ThirdPerson', purpose: 'FindDebtor', numberKey: 'n' },
      'ThirdPersonStopped',
    ],
  ])('judges %s', (_name, changes, asked, expected) => {
    expect(verdict(scene(changes), request(asked))).toBe(expected);
  });

  it('lets an agency work only after the debtor was told (5.15)', () => {
    const assignment = {
      agencyId: 'agency',
      agencyVersion: 1,
      assignedOn: '2026-11-25',
      assignedBy: 'operator:a',
    };
    const asked = request({ speaker: 'agency', isIntroduced: true });
    expect(verdict(scene({ collectionCase: aCase({ assignment }) }), asked)).toBe(
      'SpeakerNotAssigned',
    );
    const told = { ...assignment, noticedAt: noon };
    expect(verdict(scene({ collectionCase: aCase({ assignment: told }), agency }), asked)).toBe(
      'Reserved',
    );
  });

  it.each<[string, Partial<CollectionAgency> | undefined, string, string]>([
    ['as it was', {}, '2026-11-26', 'Reserved'],
    ['suspended meanwhile', { status: 'Suspended' }, '2026-11-26', 'AgencyNotFit'],
    ['reviewed a year ago', { reviewedOn: '2025-11-26' }, '2026-11-26', 'Reserved'],
    ['reviewed a year and a day ago', { reviewedOn: '2025-11-25' }, '2026-11-26', 'AgencyNotFit'],
    ['on the last day of its mandate', {}, '2026-12-31', 'Reserved'],
    ['after its mandate', {}, '2027-01-01', 'AgencyNotFit'],
    ['mandated by another lender', { mandates: [other] }, '2026-11-26', 'AgencyNotFit'],
    ['struck off the register', undefined, '2026-11-26', 'AgencyNotFit'],
  ])('judges a contact by an agency %s (5.15)', (_name, changes, date, expected) => {
    const assignment = {
      ...{ agencyId: 'agency', agencyVersion: 1, assignedOn: '2026-11-25' },
      ...{ assignedBy: 'operator:a', noticedAt: noon },
    };
    const scened = scene({
      collectionCase: aCase({ assignment }),
      agency: changes && { ...agency, ...changes },
      at: `${date}T04:00:00.000Z`,
    });
    expect(verdict(scened, request({ speaker: 'agency', isIntroduced: true }))).toBe(expected);
  });

  it('rests while a request of the debtor is open, but lets an answer through', () => {
    const pauses = [
      {
        pauseId: 'p',
        kind: 'Hardship' as const,
        since: '2026-11-25',
        answerBy: '2026-12-04',
        complexity: 'Plain' as const,
        reason: 'Illness',
        evidence: [],
      },
    ];
    const resting = scene({ collectionCase: aCase({ pauses }) });
    expect(verdict(resting, request())).toBe('CasePaused');
    expect(verdict(resting, request({ channel: 'Sms', purpose: 'Notice' }))).toBe('Reserved');
  });

  it('keeps the record for the years of the policy', () => {
    const reservation = reserveContact(scene(), request());
    expect(reservation.outcome === 'Reserved' && reservation.contact.keepUntil).toBe('2031-11-26');
  });
});

describe('confirmContact', () => {
  function reserved(asked: Partial<ContactRequest>, counts: Partial<ContactDay> = {}) {
    const reservation = reserveContact(scene({ day: day(counts) }), request(asked));
    if (reservation.outcome === 'Refused') throw new Error(reservation.because);
    return reservation;
  }
  const at = noon;

  it.each([
    ['VoiceNotify', 'Connected', { notifyConnected: 1, effective: 0 }],
    ['VoiceNotify', 'Unanswered', { notifyConnected: 0, effective: 0 }],
    ['AiVoice', 'Effective', { notifyConnected: 1, effective: 1 }],
    ['AiVoice', 'Connected', { notifyConnected: 1, effective: 0 }],
    ['Call', 'Effective', { notifyConnected: 0, effective: 1 }],
    ['Call', 'Connected', { notifyConnected: 0, effective: 0 }],
  ] as const)('counts a %s that was %s', (channel, result, counts) => {
    const confirmed = confirmContact(reserved({ channel }), { result, at });
    expect(confirmed?.day).toMatchObject({ ...counts, held: {}, attempts: { registered: 1 } });
  });

  it.each([
    ['Sms', { messages: 1 }, { messages: 0 }],
    ['Visit', { visits: 1 }, { visits: 0 }],
    ['Call', { attempts: { registered: 1 } }, { attempts: { registered: 0 } }],
  ] as const)('gives back what a %s that was never made had taken', (channel, before, after) => {
    const made = reserved({ channel, staff: ['a', 'b'], hasConsent: true });
    expect(made.day).toMatchObject(before);
    expect(confirmContact(made, { result: 'NotMade', at })?.day).toMatchObject(after);
  });

  it('takes the same outcome again for the same, and another one for an error', () => {
    const once = confirmContact(reserved({}), { result: 'Effective', code: 'RefusesToPay', at });
    if (once === undefined) throw new Error('nothing was confirmed');
    expect(confirmContact(once, { result: 'Effective', code: 'RefusesToPay', at })).toBeUndefined();
    expect(() => confirmContact(once, { result: 'Unanswered', code: 'NoAnswer', at })).toThrow(
      'on record with another outcome',
    );
  });

  it('never lets a counter fall below what a contact of a third person left', () => {
    const contact: Contact = {
      ...reserved({}).contact,
      audience: 'ThirdPerson',
      numberKey: 'friend',
    };
    const confirmed = confirmContact({ day: day({}), contact }, { result: 'Connected', at });
    expect(confirmed?.day).toMatchObject({ notifyConnected: 0, effective: 0 });
  });
});
