import { disbursedStatuses, JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import { BankOrder } from './bank-order.ts';
import { VisitRecord } from '../follow-up/visit-record.ts';
import { LoanAgreement } from './loan-agreement.ts';
import type { LoanFile } from './loan-file.ts';
import { ChangeRecord, PaymentRecord } from './loan-records.ts';

interface StoredRecord {
  readonly record: string;
}

/**
 * Puts the items of one loan's collection together. Undefined when there is no loan that was paid out; `Torn` when the
 * records are not the ones the loan counts: they were read on both sides of a change.
 */
export function readLoanFile(items: readonly StoredRecord[]): LoanFile | 'Torn' | undefined {
  const stored = items.find(({ record }) => record === 'loan');
  if (stored === undefined) return undefined;
  const loan = Loan.parse(stored);
  if (!disbursedStatuses.includes(loan.status)) return undefined;
  const of = (prefix: string) => items.filter(({ record }) => record.startsWith(prefix));
  const [agreement] = of('agreement');
  if (agreement === undefined) return 'Torn';
  const file = {
    loan,
    agreement: LoanAgreement.parse(agreement),
    payments: of('payment#')
      .map((item) => PaymentRecord.parse(item))
      .sort(bySequence),
    changes: of('change#')
      .map((item) => ChangeRecord.parse(item))
      .sort(bySequence),
    entries: of('entry#').map((item) => JournalEntry.parse(item)),
    visits: of('visit#').map((item) => VisitRecord.parse(item)),
    schedules: of('schedule#').map((item) => LoanSchedule.parse(item)),
    orders: [...of('debit#'), ...of('refund#')].map((item) => BankOrder.parse(item)),
  };
  const events = file.payments.length + file.changes.length;
  const isWhole =
    events === loan.eventSequence &&
    file.entries.length === loan.entrySequence &&
    file.schedules.length === loan.scheduleVersion;
  return isWhole ? file : 'Torn';
}

/** Records are named by what they are about, and so read in no order that means anything. */
function bySequence(a: { readonly sequence: number }, b: { readonly sequence: number }): number {
  return a.sequence - b.sequence;
}
