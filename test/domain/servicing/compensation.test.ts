import { describe, expect, it } from 'vitest';
import { auditLoanFile } from '#domain/audit/audit-loan-file.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import {
  answerCompensation,
  askCompensation,
  compensateLoan,
  isCompensation,
} from '#domain/servicing/compensation.ts';
import { balancesOf } from '#domain/servicing/journal-legs.ts';
import { payoffOf } from '#domain/servicing/loan-file.ts';
import { postPayment } from '#domain/servicing/post-payment.ts';
import { reversePayment } from '#domain/servicing/reverse-payment.ts';
import { aLoanFile, aReceived, after } from './loan-builders.ts';

const guarantor = { guarantorId: 'zhubao-guarantee', name: 'x' };
const askedAt = '2027-04-01T02:00:00.000Z';
const asOf = '2027-04-01';
const order = { request: 'task_1', approvedBy: ['boss'] };
const guaranteed = () => aLoanFile({ agreement: (agreement) => ({ ...agreement, guarantor }) });

function asked(file: LoanFile = guaranteed()): LoanFile {
  const loan = askCompensation(file, order, askedAt);
  if (loan === undefined) throw new Error('not asked');
  return after(file, { loan });
}

const paidAt = '2027-04-02T02:00:00.000Z';
const money = (amountFen: number) => ({
  amountFen,
  valueDate: '2027-04-02',
  receiptId: 'rcp_1',
  bankId: 'BANK-1',
});

function compensated(file = asked()): LoanFile {
  return after(file, compensateLoan(file, money(claimFen(file)), paidAt));
}

function claimFen({ loan }: LoanFile): number {
  return loan.compensation?.amountFen ?? 0;
}

describe('askCompensation', () => {
  it('claims what would end the loan that day, under a reference of the decision', () => {
    const { loan } = asked();
    expect(loan.compensation).toMatchObject({
      status: 'Asked',
      guarantorId: 'zhubao-guarantee',
      amountFen: payoffOf(guaranteed(), asOf).totalFen,
      approvedBy: ['boss'],
    });
    expect(loan.event).toMatchObject({ type: 'CompensationAsked' });
  });

  it('is asked once, and again by another decision only after a refusal', () => {
    const file = asked();
    const again = { ...order, request: 'task_2' };
    expect(askCompensation(file, order, askedAt)).toBeUndefined();
    expect(askCompensation(file, again, askedAt)).toBeUndefined();
    const reference = file.loan.compensation?.reference ?? '';
    const refused = answerCompensation(file, { reference, outcome: 'Refused', at: askedAt });
    if (refused === undefined) throw new Error('not refused');
    const after1 = after(file, { loan: refused });
    expect(askCompensation(after1, order, askedAt)).toBeUndefined();
    expect(askCompensation(after1, again, askedAt)?.compensation).toMatchObject({
      status: 'Asked',
    });
  });

  it('is refused for a loan nobody guarantees, and for one that does not run', () => {
    expect(() => askCompensation(aLoanFile(), order, askedAt)).toThrow('nobody guarantees');
    const file = guaranteed();
    const settled = { ...file, loan: { ...file.loan, status: 'Settled' as const } };
    expect(() => askCompensation(settled, order, askedAt)).toThrow('is Settled');
  });
});

describe('answerCompensation', () => {
  const file = asked();
  const reference = file.loan.compensation?.reference ?? '';

  it('takes a word once, a later one instead of it, and none about another claim or after the money', () => {
    const said = { reference, outcome: 'Accepted', at: askedAt } as const;
    const accepted = answerCompensation(file, said);
    expect(accepted?.compensation?.status).toBe('Accepted');
    if (accepted === undefined) throw new Error('not accepted');
    const next = after(file, { loan: accepted });
    expect(answerCompensation(next, said)).toBeUndefined();
    expect(answerCompensation(next, { ...said, outcome: 'Refused' })?.compensation?.status).toBe(
      'Refused',
    );
    expect(answerCompensation(file, { ...said, reference: 'claim_x' })).toBeUndefined();
    expect(answerCompensation(compensated(), { ...said, outcome: 'Refused' })).toBeUndefined();
  });
});

describe('compensateLoan', () => {
  it('pays the funders and gives their claim to the guarantor', () => {
    const file = compensated();
    const balances = balancesOf(file.entries);
    const funderId = file.loan.participations[0]?.funderId ?? '';
    expect(file.entries.at(-1)?.entryType).toBe('Compensation');
    expect(balances.get('bank:clearing')).toBe(claimFen(file));
    expect(balances.get(`funder:${funderId}:compensated`)).toBe(-claimFen(file));
    expect(balances.get(`funder:${funderId}:principal`)).toBe(0);
    expect(balances.get('funder:zhubao-guarantee:principal')).toBe(-file.loan.principalFen);
    expect(balances.get('borrower:principal')).toBe(file.loan.principalFen);
    expect(auditLoanFile(file, '2027-04-02')).toEqual([]);
  });

  it('shares what is paid among funders by what each had outstanding, to the fen', () => {
    const file = guaranteed();
    const [lead] = file.loan.participations;
    if (lead === undefined) throw new Error('no funder');
    const two = aLoanFile({
      agreement: (agreement) => ({ ...agreement, guarantor }),
      participations: [
        { ...lead, shareFen: 10_000_00 },
        { ...lead, funderId: 'second', role: 'Partner', shareFen: 20_000_00 },
      ],
    });
    const done = compensated(asked(two));
    const paid = done.loan.participations.map(
      ({ funderId }) => -(balancesOf(done.entries).get(`funder:${funderId}:compensated`) ?? 0),
    );
    expect(paid.reduce((sum, part) => sum + part, 0)).toBe(claimFen(done));
    expect(Math.abs((paid[1] ?? 0) - 2 * (paid[0] ?? 0))).toBeLessThanOrEqual(2);
    expect(auditLoanFile(done, '2027-04-02')).toEqual([]);
  });

  it('leaves the borrower owing what they owed, to the guarantor, and the day close to nobody', () => {
    const before = asked();
    const file = compensated(before);
    expect(payoffOf(file, asOf)).toEqual(payoffOf(before, asOf));
    expect(file.loan).toMatchObject({ status: 'Active', compensation: { status: 'Paid' } });
    expect(file.loan.actOn).toBeUndefined();
    expect(file.loan.dueShard).toBeUndefined();
    const received = aReceived({ valueDate: '2027-04-03', reference: 'bank-2' });
    const paid = after(file, postPayment(file, received, '2027-04-03T02:00:00.000Z'));
    expect(paid.loan.actOn).toBeUndefined();
    const legs = paid.entries.at(-1)?.legs ?? [];
    const holders = legs.filter(({ account }) => account.startsWith('funder:'));
    expect(holders.length).toBeGreaterThan(0);
    expect(holders.every(({ account }) => account.startsWith('funder:zhubao-guarantee:'))).toBe(
      true,
    );
    expect(auditLoanFile(paid, '2027-04-03')).toEqual([]);
  });

  it.each([
    ['a fen less than was claimed', (file: LoanFile) => money(claimFen(file) - 1)],
    ['a fen more', (file: LoanFile) => money(claimFen(file) + 1)],
  ])('refuses %s', (_name, paymentOf) => {
    const file = asked();
    expect(() => compensateLoan(file, paymentOf(file), paidAt)).toThrow('the claim was for');
  });

  it('refuses money that comes twice, unasked, or after something else happened to the loan', () => {
    const file = asked();
    expect(() => compensateLoan(compensated(), money(claimFen(file)), paidAt)).toThrow('no open');
    expect(() => compensateLoan(guaranteed(), money(1), paidAt)).toThrow('no open');
    const paid = after(file, postPayment(file, aReceived(), askedAt));
    expect(() => compensateLoan(paid, money(claimFen(file)), paidAt)).toThrow('changed since');
  });

  it('keeps what was paid before it: such a payment is reversed no more, a later one is', () => {
    const start = guaranteed();
    const early = after(start, postPayment(start, aReceived(), '2026-12-24T02:00:00.000Z'));
    const file = compensated(asked(early));
    const [payment] = file.payments;
    const reversal = { reason: 'x', moneyTo: 'Suspense', actor: 'operator:a' } as const;
    const paymentId = payment?.loanEvent.id ?? '';
    expect(() => reversePayment(file, { ...reversal, paymentId }, paidAt)).toThrow('handed on');
    const received = aReceived({ valueDate: '2027-04-03', reference: 'bank-2' });
    const at = '2027-04-03T02:00:00.000Z';
    const paid = after(file, postPayment(file, received, at));
    const later = paid.payments.at(-1)?.loanEvent.id ?? '';
    const reversed = after(paid, reversePayment(paid, { ...reversal, paymentId: later }, at));
    expect(balancesOf(reversed.entries).get('funder:zhubao-guarantee:principal')).toBe(
      balancesOf(file.entries).get('funder:zhubao-guarantee:principal'),
    );
  });
});

describe('isCompensation', () => {
  it('knows the money by its claim in the remark', () => {
    const { loan } = asked();
    const reference = loan.compensation?.reference ?? '';
    expect(isCompensation(loan, `代偿 ${loan.contractNumber} ${reference}`)).toBe(true);
    expect(isCompensation(loan, loan.contractNumber)).toBe(false);
    expect(isCompensation(loan, undefined)).toBe(false);
    expect(isCompensation(guaranteed().loan, reference)).toBe(false);
  });
});
