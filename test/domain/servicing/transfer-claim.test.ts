import { describe, expect, it } from 'vitest';
import { auditLoanFile } from '#domain/audit/audit-loan-file.ts';
import { balancesOf } from '#domain/servicing/journal-legs.ts';
import { payoffOf, type LoanFile } from '#domain/servicing/loan-file.ts';
import { postPayment } from '#domain/servicing/post-payment.ts';
import { reversePayment } from '#domain/servicing/reverse-payment.ts';
import { transferClaim } from '#domain/servicing/transfer-claim.ts';
import { writeOffLoan } from '#domain/servicing/write-off-loan.ts';
import { aLoanFile, aReceived, after } from './loan-builders.ts';

const at = '2027-04-01T02:00:00.000Z';
const order = {
  buyer: { buyerId: 'huading-assets', name: 'Huading' },
  request: 'task_1',
  approvedBy: ['boss'],
};
const transferred = (file: LoanFile = aLoanFile()) => after(file, transferClaim(file, order, at));

describe('transferClaim', () => {
  it('hands the claim of every funder to the buyer; the borrower owes what was owed', () => {
    const before = after(
      aLoanFile(),
      postPayment(aLoanFile(), aReceived(), '2026-12-24T02:00:00.000Z'),
    );
    const file = transferred(before);
    const balances = balancesOf(file.entries);
    const funderId = file.loan.participations[0]?.funderId ?? '';
    expect(balances.get(`funder:${funderId}:principal`)).toBe(0);
    expect(balances.get('funder:huading-assets:principal')).toBe(
      -before.loan.outstandingPrincipalFen,
    );
    expect(balances.get('borrower:principal')).toBe(before.loan.outstandingPrincipalFen);
    expect(payoffOf(file, '2027-04-01')).toEqual(payoffOf(before, '2027-04-01'));
    expect(auditLoanFile(file, '2027-04-01')).toEqual([]);
  });

  it('is the last the day close and automatic debits see of the loan', () => {
    const { loan } = transferred();
    expect(loan).toMatchObject({ status: 'Active', transfer: { buyerId: 'huading-assets' } });
    expect([loan.actOn, loan.dueShard]).toEqual([undefined, undefined]);
  });

  it('tells who has the claim, by name, and who approved', () => {
    expect(transferred().loan.event).toMatchObject({
      type: 'LoanTransferred',
      actor: 'operator:boss',
      facts: { holderId: 'huading-assets', holderName: 'Huading', transferredOn: '2027-04-01' },
    });
  });

  it('makes money that comes later the buyer’s, and keeps what came before', () => {
    const early = after(aLoanFile(), postPayment(aLoanFile(), aReceived(), at));
    const file = transferred(early);
    const received = aReceived({ valueDate: '2027-04-02', reference: 'bank-2' });
    const paid = after(file, postPayment(file, received, '2027-04-02T02:00:00.000Z'));
    const holders = (paid.entries.at(-1)?.legs ?? []).filter(({ account }) =>
      account.startsWith('funder:'),
    );
    expect(holders.length).toBeGreaterThan(0);
    expect(holders.every(({ account }) => account.includes('huading-assets'))).toBe(true);
    expect(auditLoanFile(paid, '2027-04-02')).toEqual([]);
    const paymentId = early.payments[0]?.loanEvent.id ?? '';
    const reversal = { paymentId, reason: 'x', moneyTo: 'Suspense', actor: 'operator:a' } as const;
    expect(() => reversePayment(paid, reversal, at)).toThrow('handed on');
  });

  it('is done once, for a loan that runs, with an approval', () => {
    expect(() => transferClaim(transferred(), order, at)).toThrow('no claim of ours');
    const lost = aLoanFile();
    const given = { reason: 'x', requestedBy: 'a', approvedBy: 'b' };
    const writtenOff = after(lost, writeOffLoan(lost, given, at));
    expect(() => transferClaim(writtenOff, order, at)).toThrow('no claim of ours');
    expect(() => transferClaim(aLoanFile(), { ...order, approvedBy: [] }, at)).toThrow('approved');
  });
});
