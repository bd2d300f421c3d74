import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../../domain/fraud/sighting.ts';
import { signalDays, signalsOf, type TraitHistory } from '../../../domain/fraud/signals.ts';
import { traitsOf } from '../../../domain/fraud/traits.ts';
import { aCompany, aPerson } from '../builders.ts';

const own = { applicationId: 'app_me', borrower: 'me', seenAt: '2026-11-23T02:00:00.000Z' };
const seen = (seenAt: string, borrower: string, applicationId = `app_${borrower}`): Sighting => ({
  trait: 'device#1',
  seenAt,
  borrower,
  applicationId,
});
const deviceSeen = (...sightings: Sighting[]) =>
  signalsOf(own, [{ kind: 'device', sightings: [{ ...own, trait: 'device#1' }, ...sightings] }], 1);

describe('signalsOf', () => {
  it('counts others in each window, up to the moment the application came', () => {
    expect(
      deviceSeen(
        seen('2026-11-22T02:00:00.000Z', 'a'),
        seen('2026-11-22T02:00:00.001Z', 'b'),
        seen('2026-10-24T02:00:00.001Z', 'c'),
        seen('2026-10-24T02:00:00.000Z', 'd'),
        seen('2026-11-23T02:00:00.001Z', 'later'),
      ),
    ).toEqual({
      hasDevice: true,
      hasAddress: false,
      hasContacts: false,
      applicationsByPartner1Day: 1,
      applicationsByDevice1Day: 1,
      applicationsByDevice30Days: 3,
      borrowersByDevice30Days: 3,
    });
  });

  it('does not take the borrower’s own earlier applications for another borrower', () => {
    expect(
      deviceSeen(
        seen('2026-11-20T02:00:00.000Z', 'me', 'app_1'),
        seen('2026-11-21T02:00:00.000Z', 'a', 'app_2'),
        seen('2026-11-22T02:00:00.000Z', 'a', 'app_3'),
      ),
    ).toMatchObject({ applicationsByDevice30Days: 3, borrowersByDevice30Days: 1 });
  });

  it('lets the most shared of several contacts speak', () => {
    const contact = (...borrowers: string[]): TraitHistory => ({
      kind: 'contact',
      sightings: borrowers.map((borrower) => seen('2026-11-20T02:00:00.000Z', borrower)),
    });
    const signals = signalsOf(own, [contact('a'), contact('a', 'b', 'c'), contact()], 7);
    expect(signals).toEqual({
      hasDevice: false,
      hasAddress: false,
      hasContacts: true,
      applicationsByPartner1Day: 7,
      borrowersByContact30Days: 3,
    });
  });

  it('looks back no further than sightings are kept', () => {
    expect(signalDays).toBe(30);
  });
});

describe('traitsOf', () => {
  it('names what an application may share, addresses in one spelling, contacts once', () => {
    expect(
      traitsOf({
        applicant: aPerson,
        device: { fingerprint: 'device-0001', ip: '192.0.2.1' },
        address: ' 上海市 示例路１号，',
        contacts: [
          { name: '测试丙', mobile: '19900000009', relation: 'Friend' },
          { name: '测试丁', mobile: '19900000009', relation: 'Other' },
        ],
      }),
    ).toEqual([
      { kind: 'device', value: 'device-0001' },
      { kind: 'ip', value: '192.0.2.1' },
      { kind: 'phone', value: '19900000000' },
      { kind: 'card', value: '6200000000000005' },
      { kind: 'address', value: '上海市示例路1号' },
      { kind: 'contact', value: '19900000009' },
    ]);
  });

  it('takes the representative’s phone of a firm, and nothing that was not sent', () => {
    expect(traitsOf({ applicant: aCompany }).map(({ kind, value }) => [kind, value])).toEqual([
      ['phone', '19900000001'],
      ['card', '6200000000000005'],
    ]);
  });
});
