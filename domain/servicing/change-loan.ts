import { dueShardOf } from '../disbursement/activate-loan.ts';
import type { LoanEvent } from '../lending/servicing/loan-event.ts';
import { accountOn, type LoanAccount, type ServicedLoan } from '../lending/servicing/replay.ts';
import type { JournalEntry, Loan, LoanSchedule } from '../loans/loan.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { claimHoldersOf, isHandedOn } from './claim-holders.ts';
import { accounts } from './chart-of-accounts.ts';
import { balancesOf, legsBetween } from './journal-legs.ts';
import { delinquencyIn, servicedLoanOf, type LoanFile } from './loan-file.ts';
import type { ChangeRecord, PaymentRecord } from './loan-records.ts';
import type { LoanChange } from './ports.ts';
import { refundingFen } from './refunding.ts';
import { positionOf, type Position } from './position.ts';
import { servicingFactsOf } from './servicing-facts.ts';

export interface LoanStep {
  /** The record to write, without the place among the events. */
  readonly record: Omit<PaymentRecord, 'sequence'> | Omit<ChangeRecord, 'sequence'>;
  readonly entryType: JournalEntry['entryType'];
  /** Money that moved with it; none by default. */
  readonly cash?: { readonly account: string; readonly amountFen: number };
  /** The entry of what is taken back. */
  readonly mirrored?: JournalEntry | undefined;
  readonly eventType: string;
  /** The event's own facts. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * One more event of a loan: the account before and after it, and what that changes in the loan, the journal and the
 * schedule. Every decision of servicing ends here. Throws InvalidInput on a value date the loan did not see, and
 * InvalidTransition when what was already paid back to the borrower would be missing.
 */
export function changeLoan(file: LoanFile, step: LoanStep): LoanChange {
  const { loan } = file;
  const { loanEvent, actor, postedAt: at } = step.record;
  const asOf = businessDateOf(Date.parse(at));
  assertValueDate(loan, loanEvent.valueDate, asOf);
  const before = bookOn(servicedLoanOf(file), asOf);
  const after = bookOn(servicedLoanOf(file, [loanEvent]), asOf);
  if (after.position.creditFen < loan.refundedFen + refundingFen(file))
    throw new InvalidTransition(
      'the overpayment it would need was, or is being, paid back to the borrower',
    );
  const entry = entryOf(file, step, { before, after, at });
  const schedule = nextScheduleOf(loan, before.account, after.account);
  return {
    loan: nextLoanOf(file, { ...after, schedule, entry, asOf }, { ...step, at, actor }),
    once: [
      { ...step.record, sequence: loan.eventSequence + 1 },
      ...(entry ? [entry] : []),
      ...(schedule ? [schedule] : []),
    ],
  };
}

function assertValueDate({ disbursedOn }: Loan, valueDate: string, asOf: string): void {
  if (valueDate > asOf) throw new InvalidInput(`the value date ${valueDate} is still to come`);
  if (disbursedOn === undefined || valueDate < disbursedOn)
    throw new InvalidInput(`the value date ${valueDate} is before the loan was paid out`);
}

interface Book {
  readonly account: LoanAccount;
  readonly position: Position;
}

function bookOn(serviced: ServicedLoan, asOf: string): Book {
  const account = accountOn(serviced, asOf);
  const receivedFen = serviced.events.reduce(
    (sum, event) => (event.kind === 'Payment' ? sum + event.amountFen : sum),
    0,
  );
  return { account, position: positionOf(account, { terms: serviced.terms, receivedFen }) };
}

/** The journal entry of a step; none when it moves nothing on any account (a charge, most restructurings). */
function entryOf(
  { loan, entries }: LoanFile,
  step: LoanStep,
  { before, after, at }: { readonly before: Book; readonly after: Book; readonly at: string },
): JournalEntry | undefined {
  const { loanEvent } = step.record;
  const legs = legsBetween({
    before: before.position,
    after: after.position,
    cash: step.cash ?? { account: accounts.bank, amountFen: 0 },
    balances: balancesOf(entries),
    sharers: claimHoldersOf(loan),
    mirrored: step.mirrored,
  });
  if (legs.length === 0) return undefined;
  return {
    loanId: loan.loanId,
    record: entryRecordOf(loan.entrySequence + 1),
    entryType: step.entryType,
    valueDate: loanEvent.valueDate,
    postedAt: at,
    reference: loanEvent.id,
    legs: [...legs],
  };
}

/** The record name of a journal entry: six digits, so that entries sort. */
export function entryRecordOf(sequence: number): string {
  return `entry#${String(sequence).padStart(6, '0')}`;
}

/** The schedule when it is no longer the one in force. */
function nextScheduleOf(
  { loanId, scheduleVersion }: Loan,
  before: LoanAccount,
  after: LoanAccount,
): LoanSchedule | undefined {
  const rows = scheduleRowsOf(after);
  if (canonicalJson(rows) === canonicalJson(scheduleRowsOf(before))) return undefined;
  const record = `schedule#${String(scheduleVersion + 1).padStart(4, '0')}`;
  return { loanId, record, rows: [...rows] };
}

/** The plan as it stands: installments and prepayments; charges and penalties are not planned. */
export function scheduleRowsOf({ rows }: LoanAccount): LoanSchedule['rows'] {
  const planned = rows.filter(({ kind }) => kind !== 'Charge');
  let outstandingFen = planned.reduce((sum, { due }) => sum + due.Principal, 0);
  return planned.map(({ dueOn, due }, index) => {
    outstandingFen -= due.Principal;
    return {
      number: index + 1,
      dueOn,
      principalFen: due.Principal,
      interestFen: due.Interest,
      feeFen: due.Fee,
      totalFen: due.Principal + due.Interest + due.Fee,
      outstandingFen,
    };
  });
}

interface After extends Book {
  readonly schedule: LoanSchedule | undefined;
  readonly entry: JournalEntry | undefined;
  readonly asOf: string;
}

function nextLoanOf(
  file: LoanFile,
  after: After,
  step: LoanStep & { readonly at: string; readonly actor: string },
): Loan {
  const { account, position } = after;
  const delinquency = delinquencyIn(file, account);
  const isCured = file.loan.overdueSince !== undefined && delinquency.daysPastDue === 0;
  const loan = { ...file.loan };
  if (isCured) delete loan.overdueSince;
  if (account.status !== 'Active') {
    delete loan.actOn;
    delete loan.dueShard;
  }
  const outstandingPrincipalFen =
    loan.principalFen - position.paid.Principal - position.writtenOffFen;
  const next = { ...loan, status: account.status, outstandingPrincipalFen };
  return changeAggregate(loan, {
    subjectId: loan.loanId,
    patch: {
      status: account.status,
      outstandingPrincipalFen,
      creditFen: position.creditFen - loan.refundedFen,
      eventSequence: loan.eventSequence + 1,
      entrySequence: loan.entrySequence + (after.entry ? 1 : 0),
      ...announced(loan, delinquency),
      ...scheduled(loan, after),
      ...watched(loan, after, step.record.loanEvent),
    },
    event: {
      type: step.eventType,
      at: step.at,
      actor: step.actor,
      facts: {
        ...servicingFactsOf(next, account, delinquency),
        ...step.facts,
        ...(isCured ? { isCured } : {}),
        ...(account.status === 'Settled' ? { isSettled: true } : {}),
      },
    },
  });
}

/** A change may announce that things are better; that they are worse is the day close's to say. */
function announced(
  loan: Loan,
  { bucket, assetClass }: Pick<Loan, 'bucket' | 'assetClass'>,
): Pick<Loan, 'bucket' | 'assetClass'> {
  const isWrittenOff = assetClass === 'Loss' && bucket === 'M0';
  return isWrittenOff || bucket < loan.bucket ? { bucket, assetClass } : loanMarks(loan);
}

function loanMarks({ bucket, assetClass }: Loan): Pick<Loan, 'bucket' | 'assetClass'> {
  return { bucket, assetClass };
}

function scheduled(
  loan: Loan,
  { schedule }: After,
): Partial<Pick<Loan, 'scheduleVersion' | 'maturesOn'>> {
  if (schedule === undefined) return {};
  // Given up before anything fell due, a loan has an empty plan: a version like any other, that ends on no date.
  const last = schedule.rows.at(-1);
  const scheduleVersion = loan.scheduleVersion + 1;
  return last === undefined ? { scheduleVersion } : { scheduleVersion, maturesOn: last.dueOn };
}

/** What is due when may have changed: the next day close looks at the loan and plans anew. */
function watched(
  loan: Loan,
  { account, asOf }: After,
  { kind }: LoanEvent,
): Partial<Pick<Loan, 'actOn' | 'dueShard'>> {
  // Whoever has the claim now collects for itself: the day close has nothing left to do.
  if (account.status !== 'Active' || isHandedOn(loan)) return {};
  if (kind === 'Payment' && loan.actOn !== undefined) return {};
  const actOn = loan.actOn !== undefined && loan.actOn < asOf ? loan.actOn : asOf;
  return { actOn, dueShard: dueShardOf(loan.loanId) };
}
