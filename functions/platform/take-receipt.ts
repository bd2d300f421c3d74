import type { Loans } from '#domain/loans/ports.ts';
import { compensateLoan, isCompensation } from '#domain/servicing/compensation.ts';
import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { PaymentChannel, PaymentRecord } from '#domain/servicing/loan-records.ts';
import type { LoanFiles, LoanLists, Receipts } from '#domain/servicing/ports.ts';
import { findPayment, postPayment, type ReceivedPayment } from '#domain/servicing/post-payment.ts';
import {
  assignReceipt,
  confirmReceipt,
  matchKeyOf,
  receivePosted,
  receiveSuspended,
  type Receipt,
  type ReceiptReport,
  type SuspenseReason,
} from '#domain/servicing/receipt.ts';
import { InvalidInput, InvalidTransition, NotFound } from '#domain/shared/errors.ts';
import { receiptIdOf } from '#domain/shared/ids.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface ReceiptDependencies {
  readonly files: LoanFiles;
  readonly receipts: Receipts;
  readonly now: () => Date;
}

export interface NoticeDependencies extends ReceiptDependencies {
  readonly loans: Loans;
  readonly lists: LoanLists;
}

/** Money that somebody says is for a loan. */
export interface ReportedPayment {
  readonly loanId: string;
  /** The bank's id of the money. */
  readonly bankId: string;
  readonly amountFen: number;
  readonly valueDate: string;
  readonly channel: Extract<PaymentChannel, 'Partner' | 'Operator'>;
  readonly prepayment?: ReceivedPayment['prepayment'];
  readonly actor: string;
  readonly applied?: PaymentRecord['applied'];
}

export interface TakenPayment {
  readonly file: LoanFile;
  readonly payment: PaymentRecord;
  /** It was posted before: the same money, reported again. */
  readonly isRepeat: boolean;
}

/**
 * Posts money that a partner or an operator says is for a loan: money nobody reported yet, or money that the bank reported
 * and nobody could place. The bank's id decides what is the same money, so that no report counts twice.
 */
export function takePayment(
  report: ReportedPayment,
  dependencies: ReceiptDependencies,
): Promise<TakenPayment> {
  const { files, receipts, now } = dependencies;
  return retryOnConflict(async () => {
    const receipt = await receipts.find(receiptIdOf(report.bankId));
    const file = await files.find(report.loanId);
    if (file === undefined) throw new NotFound(`no loan ${report.loanId}`);
    const posted = findPayment(file, report.bankId);
    if (receipt !== undefined) assertSameMoney(receipt, report);
    if (receipt !== undefined && receipt.state !== 'Suspended') {
      if (posted !== undefined && receipt.loanId === report.loanId)
        return { file, payment: posted, isRepeat: true };
      throw new InvalidTransition(`the money ${report.bankId} was posted elsewhere or returned`);
    }
    const at = now().toISOString();
    const next =
      receipt === undefined
        ? receivePosted({ ...report, isConfirmed: false, at }, report.loanId)
        : assignReceipt(receipt, { loanId: report.loanId, actor: report.actor, at });
    const payment = { ...report, reference: referenceOf(next, file), at };
    return store({ file, payment, receipt: next }, dependencies);
  });
}

/** Posts suspended money to the loan it turns out to be for. */
export function assignSuspended(
  receipt: Receipt,
  to: { readonly loanId: string; readonly channel: PaymentChannel; readonly actor: string },
  dependencies: ReceiptDependencies,
): Promise<TakenPayment> {
  const { files, receipts, now } = dependencies;
  return retryOnConflict(async () => {
    const current = await receipts.find(receipt.receiptId);
    const file = await files.find(to.loanId);
    if (current === undefined || file === undefined)
      throw new NotFound(`no loan ${to.loanId} that was paid out`);
    const at = now().toISOString();
    const next = assignReceipt(current, { ...to, at });
    const { amountFen, valueDate } = current;
    const payment = { ...to, amountFen, valueDate, reference: referenceOf(next, file), at };
    return store({ file, payment, receipt: next }, dependencies);
  });
}

/** Money that was reversed on this very loan and comes back to it is a new payment of the same receipt. */
function referenceOf({ bankId, version }: Receipt, file: LoanFile): string {
  return findPayment(file, bankId) === undefined ? bankId : `${bankId}#${version}`;
}

interface Posting {
  readonly file: LoanFile;
  readonly payment: Omit<ReceivedPayment, 'from'> & { readonly at: string };
  readonly receipt: Receipt;
}

async function store(
  { file, payment, receipt }: Posting,
  { files }: ReceiptDependencies,
): Promise<TakenPayment> {
  const { at, ...received } = payment;
  const from = receipt.version === 1 ? ('Bank' as const) : ('Suspense' as const);
  const { receiptId } = receipt;
  const change = { ...postPayment(file, { ...received, receiptId, from }, at), receipt };
  await files.store(change);
  const stored = change.once?.find((record) => record.record.startsWith('payment#'));
  if (stored === undefined || !('channel' in stored)) throw new Error('a payment has no record');
  return {
    file: { ...file, loan: change.loan, payments: [...file.payments, stored] },
    payment: stored,
    isRepeat: false,
  };
}

function assertSameMoney(receipt: Receipt, report: ReportedPayment): void {
  if (receipt.amountFen !== report.amountFen || receipt.valueDate !== report.valueDate)
    throw new InvalidTransition(
      `the money ${report.bankId} was reported with another amount or value date`,
    );
}

/** What the bank itself says of money that arrived. */
export interface BankNotice {
  readonly bankId: string;
  readonly amountFen: number;
  readonly valueDate: string;
  /** What the payer wrote. */
  readonly remark?: string | undefined;
}

const BANK = 'provider:bank';

/**
 * Books what the bank reports, once, in whatever order: on the loan that the payer named, or in suspense. What the bank
 * says differently from what was reported before goes into suspense as money of its own: people find out.
 */
export function takeNotice(notice: BankNotice, dependencies: NoticeDependencies): Promise<Receipt> {
  const { receipts, now } = dependencies;
  return retryOnConflict(async () => {
    const known = await receipts.find(receiptIdOf(notice.bankId));
    const at = now().toISOString();
    if (known === undefined) return book(notice, at, dependencies);
    if (known.confirmedAt !== undefined) return known;
    if (known.amountFen === notice.amountFen && known.valueDate === notice.valueDate) {
      const confirmed = confirmReceipt(known, { actor: BANK, at });
      await receipts.store(confirmed);
      return confirmed;
    }
    const bankId = `${notice.bankId}#bank`;
    const before = await receipts.find(receiptIdOf(bankId));
    return before ?? suspend({ ...notice, bankId }, 'ContradictsReport', { at, ...dependencies });
  });
}

async function book(
  notice: BankNotice,
  at: string,
  dependencies: NoticeDependencies,
): Promise<Receipt> {
  const matchKey = matchKeyOf(notice.remark);
  const found = await loanNamed(matchKey, dependencies);
  if (found === 'NotPaidOut') return awaitPayout(notice, { matchKey, at, ...dependencies });
  if (found === 'UnknownLoan') return suspend(notice, found, { matchKey, at, ...dependencies });
  const receipt = receivePosted(reportOf(notice, at), found.loan.loanId);
  try {
    if (isCompensation(found.loan, notice.remark)) {
      // The guarantor's money is no payment of the borrower: it names its claim.
      const { receiptId } = receipt;
      await dependencies.files.store({
        ...compensateLoan(found, { ...notice, receiptId }, at),
        receipt,
      });
      return receipt;
    }
    const payment = {
      ...notice,
      channel: 'BankNotice' as const,
      reference: notice.bankId,
      actor: BANK,
      at,
    };
    await store({ file: found, payment, receipt }, dependencies);
    return receipt;
  } catch (error) {
    // A value date the loan never saw, or a loan that cannot take it: the money is here all the same.
    if (!(error instanceof InvalidInput || error instanceof InvalidTransition)) throw error;
    return suspend(notice, 'PaymentRefused', { at, ...dependencies });
  }
}

/** The loan a payer named, or why there is none to post to. */
async function loanNamed(
  matchKey: string | undefined,
  { files, lists, loans }: NoticeDependencies,
): Promise<LoanFile | Extract<SuspenseReason, 'UnknownLoan' | 'NotPaidOut'>> {
  if (matchKey === undefined) return 'UnknownLoan';
  const loanId = matchKey.startsWith('loan_') ? matchKey : await lists.findByContract(matchKey);
  if (loanId === undefined) return 'UnknownLoan';
  const file = await files.find(loanId);
  if (file !== undefined) return file;
  return (await loans.find(loanId)) === undefined ? 'UnknownLoan' : 'NotPaidOut';
}

/** Money for a loan that is not paid out yet. Should that have happened meanwhile, nobody else will look for it. */
async function awaitPayout(
  notice: BankNotice,
  dependencies: NoticeDependencies & {
    readonly matchKey: string | undefined;
    readonly at: string;
  },
): Promise<Receipt> {
  const receipt = await suspend(notice, 'NotPaidOut', dependencies);
  const found = await loanNamed(dependencies.matchKey, dependencies);
  if (typeof found !== 'string') await matchSuspended(found.loan.loanId, dependencies);
  return receipt;
}

async function suspend(
  notice: BankNotice,
  because: SuspenseReason,
  {
    receipts,
    matchKey,
    at,
  }: NoticeDependencies & { readonly matchKey?: string | undefined; readonly at: string },
): Promise<Receipt> {
  const { receipt, entry } = receiveSuspended(reportOf(notice, at), { because, matchKey });
  await receipts.store(receipt, entry);
  return receipt;
}

function reportOf({ bankId, amountFen, valueDate }: BankNotice, at: string): ReceiptReport {
  return { bankId, amountFen, valueDate, actor: BANK, isConfirmed: true, at };
}

/** Posts to a loan what waited for it in suspense; what it cannot take stays there. Says how much was posted. */
export async function matchSuspended(
  loanId: string,
  dependencies: NoticeDependencies,
): Promise<{ readonly matched: number }> {
  const { files, receipts } = dependencies;
  const file = await files.find(loanId);
  if (file === undefined) return { matched: 0 };
  const waiting = [
    ...(await receipts.listMatching(loanId)),
    ...(await receipts.listMatching(file.loan.contractNumber)),
  ];
  let matched = 0;
  for (const receipt of waiting) {
    try {
      await assignSuspended(
        receipt,
        { loanId, channel: 'BankNotice', actor: 'workflow' },
        dependencies,
      );
      matched += 1;
    } catch (error) {
      // Assigned meanwhile, or refused by the loan: a person decides.
      if (!(error instanceof InvalidInput || error instanceof InvalidTransition)) throw error;
    }
  }
  return { matched };
}
