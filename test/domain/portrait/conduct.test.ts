import { describe, expect, it } from 'vitest';
import { conductOf } from '../../../domain/portrait/conduct.ts';
import { postPayment } from '../../../domain/servicing/post-payment.ts';
import { reversePayment } from '../../../domain/servicing/reverse-payment.ts';
import { aCase } from '../collections-builders.ts';
import { after, aLoanFile, aReceived } from '../servicing/loan-builders.ts';

const promise = (promiseId: string, status: 'Open' | 'Kept' | 'Broken' | 'Lapsed') => ({
  promiseId,
  status,
  amountFen: 1_000_00,
  dueOn: '2027-01-10',
  madeOn: '2027-01-05',
  receivedFen: 0,
  madeTo: 'operator-a',
});

describe('conductOf', () => {
  it('says nothing bad of somebody of whom nothing is known', () => {
    expect(conductOf({ files: [], cases: [] }, '2026-11-26')).toEqual({
      servicing: {
        payments: 0,
        lastPaidOn: undefined,
        paidFen: 0,
        daysPastDue: 0,
        dueAndOpenFen: 0,
        firstPaymentDefaults: 0,
        restructurings: 0,
      },
      collections: {
        isOpen: false,
        openings: 0,
        promises: { Open: 0, Kept: 0, Broken: 0, Lapsed: 0 },
        receivedFen: 0,
        lastClosedBecause: undefined,
      },
    });
  });

  it('counts what was paid and stands, and how late the latest loan is', () => {
    const punctual = aLoanFile({ externalId: 'P-1' });
    const at = '2026-12-24T03:00:00.000Z';
    const paid = after(punctual, postPayment(punctual, aReceived(), at));
    const late = aLoanFile({ externalId: 'P-2' });
    const { servicing } = conductOf({ files: [paid, late], cases: [] }, '2027-01-03');
    expect(servicing).toMatchObject({
      payments: 1,
      lastPaidOn: '2026-12-24',
      paidFen: 2_631_90,
      daysPastDue: 10,
    });
    expect(servicing.dueAndOpenFen).toBeGreaterThanOrEqual(2_631_90);
  });

  it('does not count what the bank took back', () => {
    const at = '2026-12-24T03:00:00.000Z';
    const unpaid = aLoanFile();
    const paid = after(unpaid, postPayment(unpaid, aReceived(), at));
    const paymentId = paid.payments[0]?.loanEvent.id ?? '';
    const order = { paymentId, reason: 'returned', moneyTo: 'Payer' as const, actor: 'test' };
    const returned = after(paid, reversePayment(paid, order, at));
    expect(conductOf({ files: [returned], cases: [] }, '2027-01-03').servicing).toMatchObject({
      payments: 0,
      paidFen: 0,
      lastPaidOn: undefined,
      daysPastDue: 10,
    });
  });

  it('tells how collecting went', () => {
    const open = aCase({
      opening: 2,
      promises: [promise('p1', 'Kept'), promise('p2', 'Broken'), promise('p3', 'Broken')],
      receivedFen: 500_00,
    });
    const closed = aCase({
      record: 'case#other',
      status: 'Closed',
      closedBecause: 'Cured',
      closedAt: '2026-12-01T00:00:00.000Z',
      promises: [promise('p4', 'Open')],
      receivedFen: 300_00,
    });
    expect(conductOf({ files: [], cases: [open, closed] }, '2027-01-03').collections).toEqual({
      isOpen: true,
      openings: 3,
      promises: { Open: 1, Kept: 1, Broken: 2, Lapsed: 0 },
      receivedFen: 800_00,
      lastClosedBecause: 'Cured',
    });
  });
});
