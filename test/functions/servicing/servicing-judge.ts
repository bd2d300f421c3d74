import { accounts } from '#domain/servicing/chart-of-accounts.ts';
import { balancesOf } from '#domain/servicing/journal-legs.ts';
import { accountOf, type LoanFile } from '#domain/servicing/loan-file.ts';
import { isReversed } from '#domain/servicing/reverse-payment.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { receiptIdOf } from '#domain/shared/ids.ts';
import type { BankNotice } from '#platform/take-receipt.ts';
import type { ServicingWorld } from './servicing-world.ts';

/**
 * What is wrong with a loan, by the invariants of reliability §2.1. With `isHealed`, when nothing is under way any more,
 * our books are held against those of the bank.
 */
export async function faultsOfLoan(
  { bank, dependencies, loanId, run }: ServicingWorld,
  notices: readonly BankNotice[],
  isHealed: boolean,
): Promise<string[]> {
  const { files, receipts } = dependencies;
  const file = await files.find(loanId);
  if (file === undefined) return ['the loan is gone'];
  const faults: string[] = [];
  const expect = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  judgeJournal(file, businessDateOf(run.nowMs), expect);
  let postedFen = 0;
  let suspendedFen = 0;
  let returnedFen = 0;
  for (const { bankId } of notices) {
    const receipt = await receipts.find(receiptIdOf(bankId));
    if (receipt === undefined) {
      expect(false, `I6: ${bankId} was accepted and is gone`);
      continue;
    }
    const counting = file.payments.filter(
      ({ receiptId, loanEvent }) =>
        receiptId === receipt.receiptId && !isReversed(file, loanEvent.id),
    ).length;
    expect(
      counting === (receipt.state === 'Posted' ? 1 : 0),
      `I6: ${bankId} is ${receipt.state} and counts ${counting} times`,
    );
    if (receipt.state === 'Posted') postedFen += receipt.amountFen;
    if (receipt.state === 'Suspended') suspendedFen += receipt.amountFen;
    if (receipt.state === 'Returned') returnedFen += receipt.amountFen;
  }
  const acceptedFen = notices.reduce((sum, { amountFen }) => sum + amountFen, 0);
  expect(
    acceptedFen === postedFen + suspendedFen + returnedFen,
    `I6: accepted ${acceptedFen}, posted ${postedFen}, suspended ${suspendedFen}, returned ${returnedFen}`,
  );
  const twice = bank.movedTwice();
  expect(twice.length === 0, `I4: money moved twice under ${twice.join(', ')}`);
  if (isHealed) judgeAgainstBank(file, bank, expect);
  return faults;
}

type Expect = (isRight: boolean, fault: string) => void;

function judgeJournal(file: LoanFile, today: string, expect: Expect): void {
  const { loan, entries } = file;
  for (const { record, legs } of entries)
    expect(legs.reduce((sum, leg) => sum + leg.amountFen, 0) === 0, `I1: ${record} is not zero`);
  const balances = balancesOf(entries);
  const account = accountOf(file, today);
  const paidFen = (component: 'Principal' | 'Interest' | 'Penalty' | 'Cost') =>
    account.rows.reduce((sum, row) => sum + row.paid[component], 0);
  const owedFen = loan.principalFen - paidFen('Principal') - account.writtenOff.Principal;
  const of = (name: string) => balances.get(name) ?? 0;
  expect(of(accounts.principal) === owedFen, 'I5: principal in the journal is not what is owed');
  expect(loan.outstandingPrincipalFen === owedFen, 'I5: the loan says another principal');
  expect(owedFen >= 0 && loan.creditFen >= 0, 'I5: something is negative');
  expect(of(accounts.credit) === -loan.creditFen, 'I1: credit in the journal is not the loan’s');
  for (const { funderId } of loan.participations) {
    const collected = (name: 'interest' | 'penalty' | 'cost') =>
      -of(accounts.funder(funderId, name));
    expect(of(accounts.funder(funderId, 'principal')) === -owedFen, 'I8: a share is not its part');
    expect(collected('interest') === paidFen('Interest'), 'I8: interest is not shared out');
    expect(collected('penalty') === paidFen('Penalty'), 'I8: penalty is not shared out');
    expect(collected('cost') === paidFen('Cost'), 'I8: cost is not shared out');
  }
  expect(entries.length === loan.entrySequence, 'I19: the loan counts other entries');
}

function judgeAgainstBank(file: LoanFile, bank: ServicingWorld['bank'], expect: Expect): void {
  const fetchedFen = file.payments
    .filter(({ channel }) => channel === 'Debit')
    .reduce((sum, { loanEvent }) => sum + loanEvent.amountFen, 0);
  expect(
    bank.movedFen('D') === fetchedFen,
    `I4: the bank fetched ${bank.movedFen('D')}, we posted ${fetchedFen}`,
  );
  expect(
    bank.movedFen('R') === file.loan.refundedFen,
    `I4: the bank paid back ${bank.movedFen('R')}, we booked ${file.loan.refundedFen}`,
  );
}
