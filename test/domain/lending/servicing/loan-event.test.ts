import { describe, expect, it } from 'vitest';
import { inValueOrder, LoanEvent } from '../../../../domain/lending/servicing/loan-event.ts';
import { change, charge, pay, reverse, writeOff } from './serviced-loan.ts';

const ids = (events: readonly Record<string, unknown>[]): string[] =>
  inValueOrder(events.map((event) => LoanEvent.parse(event))).map((event) => event.id);

describe('inValueOrder', () => {
  it('sorts by value date, then charges, payments, agreements and write-offs, then by id', () => {
    const events = [
      writeOff('2026-02-02'),
      change('2026-02-02', { moreInstallments: 1 }),
      pay('2026-02-02', 1, { id: 'z' }),
      pay('2026-02-02', 1, { id: 'y' }),
      charge('2026-02-02', 1, 'Fee'),
      pay('2026-02-03', 1, { id: 'later' }),
      pay('2026-02-01', 1, { id: 'earlier' }),
    ];
    const sorted = [
      'earlier',
      'charge-2026-02-02-Fee',
      'y',
      'z',
      'change-2026-02-02',
      'write-off-2026-02-02',
      'later',
    ];
    expect(ids(events)).toEqual(sorted);
    expect(ids(events.toReversed())).toEqual(sorted);
  });

  it('leaves out reversed payments and their reversals, whichever came first', () => {
    const events = [
      pay('2026-02-01', 1, { id: 'a' }),
      reverse('2026-02-02', 'a'),
      pay('2026-02-01', 1, { id: 'b' }),
    ];
    expect(ids(events)).toEqual(['b']);
    expect(ids(events.toReversed())).toEqual(['b']);
  });
});

describe('inValueOrder, of what is no payment', () => {
  it('keeps an event whose id no reversal names', () => {
    expect(ids([charge('2026-02-01', 1, 'Fee'), reverse('2026-02-02', 'unknown')])).toEqual([
      'charge-2026-02-01-Fee',
    ]);
  });
});

describe('LoanEvent', () => {
  it.each([
    pay('2026-02-01', 1, { purpose: 'Installments', effect: 'ShorterTerm' }),
    pay('2026-02-01', 1, { purpose: 'Prepayment', effect: 'SmallerInstallment' }),
    charge('2026-02-01', 1, 'Cost'),
    charge('2026-02-01', 1, 'Fee'),
  ])('takes %o as it is', (event) => {
    expect(LoanEvent.parse(event)).toEqual(event);
  });

  it.each([{ purpose: '' }, { effect: '' }, { purpose: 'Refund' }])(
    'refuses a payment with %o',
    (words) => {
      expect(() => LoanEvent.parse(pay('2026-02-01', 1, words))).toThrow();
    },
  );

  it('takes a payment for installments, and a prepayment for a shorter term, unless told', () => {
    expect(LoanEvent.parse(pay('2026-02-01', 1, { id: 'a' }))).toEqual({
      kind: 'Payment',
      id: 'a',
      valueDate: '2026-02-01',
      amountFen: 1,
      purpose: 'Installments',
      effect: 'ShorterTerm',
    });
    expect(LoanEvent.parse(change('2026-02-01', {}))).toMatchObject({
      isInstallmentKept: false,
      isPastDuePrincipalSpread: false,
    });
  });

  it.each([
    pay('2026-02-01', 0),
    pay('2026-02-01', -1),
    pay('2026-02-01', 0.5),
    pay('2026-02-01', 10_000_000_000_001),
    pay('2026-02-30', 1),
    pay('2026-02-01', 1, { id: '' }),
    pay('2026-02-01', 1, { id: 'x'.repeat(101) }),
    pay('2026-02-01', 1, { purpose: 'Gift' }),
    pay('2026-02-01', 1, { effect: 'Longer' }),
    pay('2026-02-01', 1, { note: '' }),
    { ...reverse('2026-02-01', 'a'), note: '' },
    reverse('2026-02-01', ''),
    { ...charge('2026-02-01', 1, 'Fee'), component: 'Interest' },
    { ...charge('2026-02-01', 1, 'Fee'), note: '' },
    change('2026-02-01', { annualRate: 0.1 }),
    change('2026-02-01', { annualRate: 'x0.1' }),
    change('2026-02-01', { annualRate: '0.1x' }),
    change('2026-02-01', { annualRate: '100' }),
    change('2026-02-01', { annualRate: '0.' }),
    change('2026-02-01', { annualRate: '0.12345678901' }),
    change('2026-02-01', { moreInstallments: 0 }),
    change('2026-02-01', { moreInstallments: 601 }),
    change('2026-02-01', { holidayPeriods: 0 }),
    change('2026-02-01', { holidayPeriods: 121 }),
    change('2026-02-01', { nextDueOn: 'soon' }),
    change('2026-02-01', { note: '' }),
    { ...writeOff('2026-02-01'), note: '' },
    { ...writeOff('2026-02-01'), kind: 'Forgiveness' },
  ])('refuses %o', (event) => {
    expect(LoanEvent.safeParse(event).success).toBe(false);
  });

  it.each([
    pay('2026-02-01', 10_000_000_000_000, { id: 'x'.repeat(100) }),
    change('2026-02-01', { annualRate: '99.1234567891', moreInstallments: 600 }),
    change('2026-02-01', { annualRate: '0', holidayPeriods: 120 }),
    charge('2026-02-01', 1, 'Cost'),
    reverse('2026-02-01', 'a'),
    writeOff('2026-02-01'),
  ])('takes %o, just inside', (event) => {
    expect(LoanEvent.parse(event)).toMatchObject(event);
  });
});
