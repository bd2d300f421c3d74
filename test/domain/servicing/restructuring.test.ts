import { describe, expect, it } from 'vitest';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import {
  confirmRestructuring,
  offerRestructuring,
  openOfferOf,
  refuseRestructuring,
} from '../../../domain/servicing/offer-restructuring.ts';
import { postPayment } from '../../../domain/servicing/post-payment.ts';
import {
  priceRestructuring,
  RestructuringPlan,
  RestructuringSheet,
} from '../../../domain/servicing/restructuring.ts';
import { DomainEvent } from '../../../domain/shared/domain-event.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../../../domain/shared/errors.ts';
import { policyPack } from '../catalog-files.ts';
import { aLoanFile, after, aReceived } from './loan-builders.ts';

// 30,000 yuan over twelve months at 9.6 % from 2026-11-24; the first installment was paid on its day.
const paid = () =>
  after(
    aLoanFile(),
    postPayment(aLoanFile(), aReceived({ valueDate: '2026-12-24' }), '2026-12-24T03:00:00.000Z'),
  );
const at = '2027-01-05T03:00:00.000Z';
const pricedOn = '2027-01-05';
const plan = (wish: object) => RestructuringPlan.parse(wish);
const price = (wish: object, file = paid()) =>
  priceRestructuring(file, plan(wish), { pricedOn, policyPack });
const approved = (wish: object = { moreInstallments: 6 }) => ({
  plan: plan(wish),
  reason: 'income fell',
  requestedBy: 'partner:demo-partner',
  approvedBy: 'operator-b',
});
const offered = (wish?: object) => {
  const file = paid();
  return { ...file, loan: offerRestructuring(file, approved(wish), { policyPack, at }) };
};
const later = '2027-01-08T03:00:00.000Z';
const confirmation = (file: ReturnType<typeof offered>) => ({
  sheetHash: file.loan.restructuringOffer?.sheetHash ?? '',
  shownAt: '2027-01-08T02:59:00.000Z',
  readSeconds: 20,
});
const confirm = (file: ReturnType<typeof offered>, change: object = {}, when = later) =>
  confirmRestructuring(
    file,
    { ...confirmation(file), ...change },
    { policyPack, minReadSeconds: 10, at: when },
  );

describe('priceRestructuring', () => {
  it('shows an extension beside what was to come without it', () => {
    const { sheet } = price({ moreInstallments: 6 });
    expect(RestructuringSheet.parse(sheet)).toEqual(sheet);
    expect(sheet.schedule).toHaveLength(17);
    expect(sheet.maturesOnBefore).toBe('2027-11-24');
    expect(sheet.maturesOn).toBe('2028-05-24');
    expect(sheet.toCome.principalFen).toBe(sheet.toComeBefore.principalFen);
    expect(sheet.toCome.interestFen).toBeGreaterThan(sheet.toComeBefore.interestFen);
    expect(Number(sheet.allInCost)).toBeCloseTo(0.096, 2);
  });

  it.each([
    [{ holidayPeriods: 2 }, '2027-03-24', '2028-01-24'],
    [{ annualRate: '0.0600' }, '2027-01-24', '2027-11-24'],
    [{ moreInstallments: 3, holidayPeriods: 1 }, '2027-02-24', '2028-03-24'],
  ])('begins %j on %s and ends on %s', (wish, first, last) => {
    const { sheet } = price(wish);
    expect(sheet.schedule[0]?.dueOn).toBe(first);
    expect(sheet.maturesOn).toBe(last);
    expect(sheet.toCome.principalFen).toBe(sheet.toComeBefore.principalFen);
  });

  it('refuses a rate that would take the loan above the cap in force', () => {
    expect(() => price({ annualRate: '0.3000' })).toThrow('no more than 0.24 is allowed');
  });

  it('refuses a plan that names nothing', () => {
    expect(() => plan({ isInstallmentKept: true })).toThrow('name moreInstallments');
    expect(() => plan({ moreInstallments: 2, colour: 'red' })).toThrow('colour');
  });

  it.each(['Settled', 'WrittenOff'] as const)('refuses a loan that is %s', (status) => {
    const file = paid();
    expect(() =>
      price({ moreInstallments: 1 }, { ...file, loan: { ...file.loan, status } }),
    ).toThrow(InvalidTransition);
  });
});

describe('an offer', () => {
  it('changes nothing yet but says what was approved', () => {
    const file = offered();
    expect(file.loan).toMatchObject({
      scheduleVersion: paid().loan.scheduleVersion,
      maturesOn: '2027-11-24',
      restructuringOffer: { pricedOn, expiresOn: '2027-01-12', approvedBy: 'operator-b' },
    });
    expect(DomainEvent.parse(file.loan.event).type).toBe('RestructuringOffered');
  });

  it('needs two people when an operator asks', () => {
    const own = { ...approved(), requestedBy: 'operator:operator-b' };
    expect(() => offerRestructuring(paid(), own, { policyPack, at })).toThrow(Forbidden);
  });

  it('shows the very sheet that was approved, until its last day', () => {
    const file = offered();
    const open = (today: string) => openOfferOf(file, { policyPack, today });
    expect(open('2027-01-12').sheetHash).toBe(file.loan.restructuringOffer?.sheetHash);
    expect(() => open('2027-01-13')).toThrow('the offer ended on 2027-01-12');
  });

  it('is void once anything else happened to the loan', () => {
    const file = offered();
    const received = aReceived({ reference: 'bank-2', valueDate: '2027-01-06', amountFen: 100 });
    const changed = after(file, postPayment(file, received, '2027-01-06T03:00:00.000Z'));
    expect(() => openOfferOf(changed, { policyPack, today: '2027-01-08' })).toThrow(
      'the loan changed since the offer was made',
    );
  });
});

describe('refuseRestructuring', () => {
  const context = { policyPack, at: '2027-01-08T03:00:00.000Z', actor: 'partner:demo' };
  const sheetHashOf = (file: LoanFile) => file.loan.restructuringOffer?.sheetHash ?? '';

  it('ends the offer at once, changes nothing else, and is done once', () => {
    const file = offered();
    const sheetHash = sheetHashOf(file);
    const loan = refuseRestructuring(file, { sheetHash }, context);
    if (loan === undefined) throw new Error('nothing was refused');
    expect(DomainEvent.parse(loan.event)).toMatchObject({
      type: 'RestructuringRefused',
      facts: { sheetHash, loanId: file.loan.loanId },
    });
    expect(loan.scheduleVersion).toBe(file.loan.scheduleVersion);
    const refused = { ...file, loan };
    expect(() => openOfferOf(refused, { policyPack, today: '2027-01-08' })).toThrow(
      'the borrower refused the offer',
    );
    expect(refuseRestructuring(refused, { sheetHash }, context)).toBeUndefined();
    expect(() => refuseRestructuring(refused, { sheetHash: '0'.repeat(64) }, context)).toThrow(
      'refused the offer',
    );
    const again = offerRestructuring(refused, approved(), { policyPack, at: context.at });
    expect(again.restructuringOffer?.refusedAt).toBeUndefined();
  });

  it('refuses another sheet, an offer that has ended, and a loan without one', () => {
    const file = offered();
    const other = { sheetHash: '0'.repeat(64) };
    expect(() => refuseRestructuring(file, other, context)).toThrow('not the hash of the sheet');
    const late = { ...context, at: '2027-01-13T03:00:00.000Z' };
    const sheetHash = sheetHashOf(file);
    expect(() => refuseRestructuring(file, { sheetHash }, late)).toThrow('ended on');
    expect(() => refuseRestructuring(paid(), other, context)).toThrow('no restructuring');
  });
});

describe('confirmRestructuring', () => {
  it('takes effect from the day it was priced, as a new version of the schedule', () => {
    const file = offered();
    const change = confirm(file);
    expect(change.loan).toMatchObject({
      scheduleVersion: file.loan.scheduleVersion + 1,
      maturesOn: '2028-05-24',
      outstandingPrincipalFen: file.loan.outstandingPrincipalFen,
    });
    expect(change.loan.restructuringOffer).toBeUndefined();
    expect(DomainEvent.parse(change.loan.event)).toMatchObject({
      type: 'LoanRestructured',
      facts: { valueDate: pricedOn, approvedBy: 'operator-b', readSeconds: 20 },
    });
    const { sheet } = openOfferOf(file, { policyPack, today: '2027-01-08' });
    const schedule = change.once?.find(({ record }) => record.startsWith('schedule#'));
    const rows = schedule && 'rows' in schedule ? schedule.rows : [];
    expect(rows.filter(({ dueOn }) => dueOn > pricedOn)).toEqual(sheet.schedule);
  });

  it.each([{ moreInstallments: 1 }, { holidayPeriods: 3 }, { annualRate: '0.2300' }])(
    'repays the principal of the loan exactly with %j',
    (wish) => {
      const { once = [] } = confirm(offered(wish));
      const schedule = once.find(({ record }) => record.startsWith('schedule#'));
      const rows = schedule && 'rows' in schedule ? schedule.rows : [];
      expect(rows.reduce((sum, { principalFen }) => sum + principalFen, 0)).toBe(30_000_00);
    },
  );

  it('spreads what is past due over what is to come, without losing a fen', () => {
    const file = aLoanFile();
    const overdue = { ...file, loan: { ...file.loan, overdueSince: '2026-12-25' } };
    const spread = approved({ moreInstallments: 3, isPastDuePrincipalSpread: true });
    const loan = offerRestructuring(overdue, spread, { policyPack, at });
    const change = confirm({ ...overdue, loan });
    expect(change.loan.outstandingPrincipalFen).toBe(30_000_00);
    expect(change.once?.map(({ record }) => record.split('#')[0])).toContain('change');
  });

  it.each([
    ['another sheet', { sheetHash: '0'.repeat(64) }, InvalidInput],
    ['a reading that was too short', { readSeconds: 9 }, InvalidInput],
    ['a reading before the offer', { shownAt: '2027-01-05T02:00:00.000Z' }, InvalidInput],
    ['a reading that is still going on', { readSeconds: 3_600 }, InvalidInput],
  ])('refuses %s and changes nothing', (_name, change, error) => {
    expect(() => confirm(offered(), change)).toThrow(error);
  });

  it('refuses a confirmation after the last day, and one without an offer', () => {
    expect(() => confirm(offered(), {}, '2027-01-13T03:00:00.000Z')).toThrow(InvalidTransition);
    expect(() => confirm(paid())).toThrow('has no restructuring to confirm');
  });
});
