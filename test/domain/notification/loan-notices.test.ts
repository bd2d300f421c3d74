import { describe, expect, it } from 'vitest';
import {
  loanNotices,
  noticedEvents,
  partnerNews,
  type LoanEventFacts,
} from '../../../domain/notification/loan-notices.ts';
import { contractNumberOf, loanIdOf } from '../../../domain/shared/ids.ts';

const loanId = loanIdOf('app_00000000000000000000000001');
const contractNumber = contractNumberOf(loanId);
const facts = (more: Partial<LoanEventFacts> = {}): LoanEventFacts => ({
  loanId,
  version: 7,
  at: '2026-12-24T03:00:00.000Z',
  ...more,
});

describe('loanNotices', () => {
  it.each([
    [
      'PaymentPosted' as const,
      { amountFen: 264_321, valueDate: '2026-12-24' },
      'PaymentReceived',
      { contractNumber, amount: '2,643.21', paidOn: '2026-12-24' },
    ],
    [
      'PaymentReversed' as const,
      { amountFen: 264_321, valueDate: '2026-12-24' },
      'PaymentReversed',
      { contractNumber, amount: '2,643.21', paidOn: '2026-12-24' },
    ],
    [
      'LoanOverdue' as const,
      { overdueFen: 264_321, reportableFrom: '2027-01-01' },
      'LoanOverdue',
      { contractNumber, amount: '2,643.21', reportFrom: '2027-01-01' },
    ],
    ['LoanCured' as const, {}, 'LoanCured', { contractNumber }],
    ['LoanRestructured' as const, {}, 'LoanRestructured', { contractNumber }],
    [
      'LoanTransferred' as const,
      { holderName: 'Huading' },
      'ClaimTransferred',
      { contractNumber, holder: 'Huading' },
    ],
    [
      'LoanCompensated' as const,
      { holderName: 'Zhubao' },
      'ClaimTransferred',
      { contractNumber, holder: 'Zhubao' },
    ],
    ['RefundPaid' as const, { amountFen: 5 }, 'RefundPaid', { contractNumber, amount: '0.05' }],
  ])('makes of %s with %j a %s', (type, more, kind, values) => {
    expect(loanNotices(type, facts(more))).toEqual([{ kind, key: 'v7', values }]);
  });

  it('reminds once for each due date and distance, and only while it helps', () => {
    const reminders = [
      { dueOn: '2026-12-27', daysBefore: 3, amountFen: 10_000 },
      { dueOn: '2026-12-25', daysBefore: 1, amountFen: 20_000 },
    ];
    expect(loanNotices('LoanDayClosed', facts({ reminders }))).toEqual([
      {
        kind: 'InstallmentReminder',
        key: '2026-12-27.3',
        values: { contractNumber, amount: '100.00', dueOn: '2026-12-27' },
        usefulUntil: '2026-12-27',
      },
      {
        kind: 'InstallmentReminder',
        key: '2026-12-25.1',
        values: { contractNumber, amount: '200.00', dueOn: '2026-12-25' },
        usefulUntil: '2026-12-25',
      },
    ]);
  });

  it('tells of an installment the bank did not fetch once, however often it is tried', () => {
    const refused = { amountFen: 100, dueOn: '2026-12-24', record: 'debit#2026-12-24' };
    const notice = {
      kind: 'DebitFailed',
      key: '2026-12-24',
      values: { contractNumber, amount: '1.00', dueOn: '2026-12-24' },
    };
    expect(loanNotices('DebitRefused', facts({ ...refused, version: 3 }))).toEqual([notice]);
    expect(loanNotices('DebitRefused', facts({ ...refused, version: 6 }))).toEqual([notice]);
  });

  it('says of the last payment that it was the last', () => {
    const kinds = loanNotices(
      'PaymentPosted',
      facts({ amountFen: 1, valueDate: '2026-12-24', isSettled: true }),
    ).map(({ kind }) => kind);
    expect(kinds).toEqual(['PaymentReceived', 'LoanSettled']);
  });

  it('tells nobody of a quiet day, nor the borrower of a write-off', () => {
    expect(loanNotices('LoanDayClosed', facts())).toEqual([]);
    expect(loanNotices('LoanWrittenOff', facts())).toEqual([]);
  });
});

describe('partnerNews', () => {
  it.each(noticedEvents.filter((type) => type !== 'LoanDayClosed'))(
    'tells the partner of %s by ids and amounts, and of nothing else',
    (type) => {
      const news = partnerNews(type, {
        ...facts({ amountFen: 100 }),
        borrowerKey: 'not for partners',
        funderIds: ['not for partners'],
      });
      expect(news).toMatchObject({ timestamp: facts().at, data: { loanId, amountFen: 100 } });
      expect(JSON.stringify(news)).not.toContain('not for partners');
    },
  );

  it('leaves reminders between lender and borrower', () => {
    expect(partnerNews('LoanDayClosed', facts())).toBeUndefined();
  });
});
