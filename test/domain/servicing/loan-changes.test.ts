import { describe, expect, it } from 'vitest';
import { accounts } from '../../../domain/servicing/chart-of-accounts.ts';
import { chargeLoan } from '../../../domain/servicing/charge-loan.ts';
import { intendFor } from '../../../domain/servicing/intend-order.ts';
import { balancesOf } from '../../../domain/servicing/journal-legs.ts';
import { accountOf, payoffOf, type LoanFile } from '../../../domain/servicing/loan-file.ts';
import {
  claimOrder,
  orderOfReference,
  orderReferenceOf,
  type BankOrder,
} from '../../../domain/servicing/bank-order.ts';
import { judgeOrderAnswer } from '../../../domain/servicing/judge-order-answer.ts';
import { debitRecordOf, planDebit } from '../../../domain/servicing/plan-debit.ts';
import { postPayment, type ReceivedPayment } from '../../../domain/servicing/post-payment.ts';
import { reversePayment } from '../../../domain/servicing/reverse-payment.ts';
import { settleOrder } from '../../../domain/servicing/settle-order.ts';
import { writeOffLoan } from '../../../domain/servicing/write-off-loan.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../../../domain/shared/errors.ts';
import { aLoanFile, aReceived, after } from './loan-builders.ts';

const morningOf = (date: string) => `${date}T02:00:00.000Z`;
const pay = (file: LoanFile, overrides: Partial<ReceivedPayment>, on = '2027-03-01'): LoanFile =>
  after(file, postPayment(file, aReceived(overrides), morningOf(on)));
const joint = aLoanFile({
  participations: [
    { funderId: 'bank', role: 'Lead', shareFen: 20_000_01, annualRate: '0.0960' },
    { funderId: 'zhudai-lending', role: 'Partner', shareFen: 9_999_99, annualRate: '0.0960' },
  ],
});
const reversal = (file: LoanFile, index = 0, moneyTo: 'Suspense' | 'Payer' = 'Payer') => ({
  paymentId: file.payments[index]?.loanEvent.id ?? '',
  reason: 'bounced',
  moneyTo,
  actor: 'operator:a',
});

describe('reversePayment', () => {
  it('mirrors the entry of the payment to the fen', () => {
    const paid = pay(joint, { amountFen: 2_631_91 });
    const change = reversePayment(paid, reversal(paid), morningOf('2027-03-01'));
    const reversed = after(paid, change);
    const [, payment, mirror] = reversed.entries;
    const negated = payment?.legs.map(({ account, amountFen }) => [account, 0 - amountFen]);
    expect(new Map(mirror?.legs.map(({ account, amountFen }) => [account, amountFen]))).toEqual(
      new Map(negated as [string, number][]),
    );
    expect(reversed.loan).toMatchObject({ outstandingPrincipalFen: 30_000_00, creditFen: 0 });
  });

  it('plays later payments again without it', () => {
    const file = pay(pay(joint, {}), { reference: 'bank-2', valueDate: '2027-01-24' });
    const reversed = after(file, reversePayment(file, reversal(file), morningOf('2027-03-01')));
    const alone = pay(joint, { reference: 'bank-2', valueDate: '2027-01-24' });
    expect(accountOf(reversed, '2027-03-01').rows).toEqual(accountOf(alone, '2027-03-01').rows);
    const balances = balancesOf(reversed.entries);
    expect(balances.get(accounts.principal)).toBe(reversed.loan.outstandingPrincipalFen);
    expect(balances.get(accounts.bank)).toBe(2_631_90);
  });

  it('opens a settled loan again, for the day close to look at', () => {
    const { totalFen } = payoffOf(joint, '2027-01-10');
    const settled = pay(joint, { amountFen: totalFen, valueDate: '2027-01-10' });
    expect(settled.loan.status).toBe('Settled');
    const { loan } = reversePayment(settled, reversal(settled), morningOf('2027-03-01'));
    expect(loan).toMatchObject({ status: 'Active', actOn: '2027-03-01' });
  });

  it('is done once', () => {
    const paid = pay(joint, {});
    const reversed = after(paid, reversePayment(paid, reversal(paid), morningOf('2027-03-01')));
    expect(() => reversePayment(reversed, reversal(paid), morningOf('2027-03-01'))).toThrow(
      InvalidTransition,
    );
  });

  it('gives a debit back to the account it came from, never to suspense', () => {
    const paid = pay(joint, { channel: 'Debit' });
    const order = reversal(paid, 0, 'Suspense');
    expect(() => reversePayment(paid, order, morningOf('2027-03-01'))).toThrow(InvalidInput);
  });

  it('refuses to take what was paid back to the borrower', () => {
    const { totalFen } = payoffOf(joint, '2027-01-10');
    const over = pay(joint, { amountFen: totalFen + 500, valueDate: '2027-01-10' });
    const refunded = { ...over, loan: { ...over.loan, creditFen: 0, refundedFen: 500 } };
    expect(() => reversePayment(refunded, reversal(over), morningOf('2027-03-01'))).toThrow(
      InvalidTransition,
    );
  });
});

describe('writeOffLoan', () => {
  const order = { reason: 'lost', requestedBy: 'a', approvedBy: 'b' };

  it('is the loss of the funders, and what comes in later a recovery', () => {
    const paid = pay(joint, {});
    const lost = after(paid, writeOffLoan(paid, order, morningOf('2027-03-01')));
    expect(lost.loan).toMatchObject({ status: 'WrittenOff', outstandingPrincipalFen: 0 });
    expect(lost.loan).not.toHaveProperty('dueShard');
    const recovered = pay(
      lost,
      { reference: 'late', amountFen: 100, valueDate: '2027-03-02' },
      '2027-03-02',
    );
    const balances = balancesOf(recovered.entries);
    expect(balances.get('funder:bank:principal')).toBe(0);
    expect(balances.get('funder:bank:recovered')).toBe(-67);
    expect(balances.get('funder:zhudai-lending:recovered')).toBe(-33);
  });

  it.each(['2026-11-24', '2026-12-23'])(
    'leaves a loan that can be read when nothing fell due before %s',
    (date) => {
      const lost = after(joint, writeOffLoan(joint, order, morningOf(date)));
      expect(lost.loan).toMatchObject({ status: 'WrittenOff', scheduleVersion: 2 });
      expect(lost.schedules.at(-1)?.rows).toEqual([]);
    },
  );

  it('needs two people and an active loan', () => {
    const alone = { ...order, approvedBy: 'a' };
    expect(() => writeOffLoan(joint, alone, morningOf('2027-03-01'))).toThrow(Forbidden);
    const lost = after(joint, writeOffLoan(joint, order, morningOf('2027-03-01')));
    expect(() => writeOffLoan(lost, order, morningOf('2027-03-01'))).toThrow(InvalidTransition);
  });
});

describe('chargeLoan', () => {
  it('is owed from its day on and paid before interest', () => {
    const charge = { request: 'r', component: 'Cost', amountFen: 50_00, reason: 'court' } as const;
    const change = chargeLoan(
      joint,
      { ...charge, valueDate: '2026-12-20', actor: 'op' },
      morningOf('2026-12-20'),
    );
    expect(change.once).toHaveLength(1);
    const paid = pay(after(joint, change), { amountFen: 60_00 });
    expect(balancesOf(paid.entries).get('funder:bank:cost')).toBe(-33_33);
  });
});

describe('debits', () => {
  const dueOn = '2026-12-24';
  const intended = (file: LoanFile, at = morningOf(dueOn)) =>
    intendFor(file, {
      kind: 'Debit',
      record: debitRecordOf(dueOn),
      amountFen: 2_631_90,
      accountKey: 'key',
      requestedBy: 'workflow',
      at,
    });
  const orderIn = (file: LoanFile): BankOrder => {
    const [order] = file.orders;
    if (order === undefined) throw new Error('no order');
    return order;
  };
  const answered = (file: LoanFile, amountFen: number, at = morningOf(dueOn)) => {
    const verdict = {
      outcome: 'Paid',
      amountFen,
      bankReference: 'b',
      valueDate: dueOn,
      actor: 'provider:bank',
    } as const;
    return settleOrder(file, orderIn(file), { verdict, at });
  };

  it.each([
    ['2026-12-23', { move: 'Wait', nextTryOn: dueOn }],
    ['2026-12-24', { move: 'Intend', amountFen: 2_631_90 }],
  ])('on %s are planned as %j', (today, planned) => {
    expect(planDebit(joint, dueOn, today)).toEqual(planned);
  });

  it('ask for nothing that another debit asks for', () => {
    const file = after(joint, intended(joint));
    expect(planDebit(file, dueOn, dueOn)).toMatchObject({ move: 'Continue' });
    const next = planDebit(file, '2027-01-24', '2027-01-24');
    const all = planDebit(joint, '2027-01-24', '2027-01-24');
    if (next.move !== 'Intend' || all.move !== 'Intend') throw new Error('not planned');
    expect(next.amountFen).toBe(all.amountFen - 2_631_90);
  });

  it('are booked with the payment they brought, and over when nothing is open', () => {
    const file = after(joint, intended(joint));
    const settled = answered(file, 2_631_90);
    if (!settled.moved) throw new Error('nothing moved');
    const paid = after(file, settled.change);
    expect(orderIn(paid)).toMatchObject({ state: 'Paid', movedFen: 2_631_90 });
    expect(paid.payments).toMatchObject([{ channel: 'Debit' }]);
    expect(planDebit(paid, dueOn, '2026-12-25')).toEqual({ move: 'Nothing' });
  });

  it('that bring a part wait for the next day of the plan, under another reference', () => {
    const file = after(joint, intended(joint));
    const settled = answered(file, 1_000_00);
    if (!settled.moved) throw new Error('nothing moved');
    const paid = after(file, settled.change);
    expect(orderIn(paid)).toMatchObject({ state: 'Waiting', nextTryOn: '2026-12-25' });
    const again = planDebit(paid, dueOn, '2026-12-25');
    if (again.move !== 'Intend') throw new Error('not planned');
    expect(again.amountFen).toBeGreaterThanOrEqual(1_631_90);
  });

  it('that are refused on the last day of the plan are not tried again', () => {
    const file = after(joint, intended(joint, morningOf('2026-12-31')));
    const verdict = { outcome: 'Refused', because: 'InsufficientFunds', actor: 'bank' } as const;
    const settled = settleOrder(file, orderIn(file), { verdict, at: morningOf('2026-12-31') });
    expect(settled).toMatchObject({
      moved: false,
      order: {
        state: 'Refused',
        // What the borrower is told of it, since the loan itself does not change.
        event: {
          type: 'DebitRefused',
          facts: {
            dueOn: orderIn(file).record.slice('debit#'.length),
            amountFen: orderIn(file).amountFen,
          },
        },
      },
    });
  });

  it.each([
    [2_631_90, 'Settle'],
    [1, 'Settle'],
    [2_631_91, 'AskAgain'],
  ])('that the bank says brought %i fen are judged %s', (amountFen, move) => {
    const order = orderIn(after(joint, intended(joint)));
    const said = { status: 'Paid', bankReference: 'b', amountFen, valueDate: dueOn } as const;
    expect(judgeOrderAnswer(order, said).move).toBe(move);
  });

  it.each([
    [0, 'Busy'],
    [74, 'Busy'],
    [75, 'Claimed'],
  ])('claimed %i seconds ago are %s', (seconds, outcome) => {
    const order = orderIn(after(joint, intended(joint)));
    const time = (at: string) => ({ at, staleAfterSeconds: 75 });
    const first = claimOrder(order, time(morningOf(dueOn)));
    if (first.outcome !== 'Claimed') throw new Error('not claimed');
    expect(first.mustQuery).toBe(false);
    const later = new Date(Date.parse(morningOf(dueOn)) + seconds * 1000).toISOString();
    const second = claimOrder(first.order, time(later));
    expect(second.outcome).toBe(outcome);
    if (second.outcome === 'Claimed') expect(second.mustQuery).toBe(true);
  });

  it.each(['debit#2026-12-24', 'refund#0007'])(
    'have a reference that leads back to %s',
    (record) => {
      const { loanId } = joint.loan;
      expect(orderOfReference(orderReferenceOf(loanId, record, 12))).toEqual({ loanId, record });
      expect(orderOfReference('D')).toBeUndefined();
    },
  );
});
