import type { LoanAccount } from '../lending/servicing/replay.ts';
import { addDays, nextBusinessDay } from '../shared/calendar.ts';
import type { DayPolicy } from './day-policy.ts';
import { openFenOf, type LoanFile } from './loan-file.ts';

/** Days past due with which a bucket begins: M1 with the first, then every thirty. */
const bucketBegins = [1, 31, 61, 91, 121, 151, 181];

/**
 * The next business date after the account's own on which anything must happen to the loan, if nobody pays and nothing
 * else changes. A payment can only make a planned date idle, never ask for an earlier one; whatever else changes a loan
 * sets the date itself. Undefined when there is nothing left to come: all is paid, or as late as it can get.
 */
export function nextActOn(
  file: LoanFile,
  account: LoanAccount,
  policy: DayPolicy,
): string | undefined {
  const dates = [...datesOfRows(file, account, policy), ...datesOfLoan(file, account)];
  let next: string | undefined;
  for (const date of dates)
    if (date > account.asOf && (next === undefined || date < next)) next = date;
  return next;
}

function datesOfRows(file: LoanFile, account: LoanAccount, policy: DayPolicy): string[] {
  const { agreement, loan } = file;
  const { graceDays, holidayRoll } = agreement.policy.penalty;
  const isFirstDefaulted = loan.firstPaymentDefaultedOn !== undefined;
  const lateDays = [
    ...bucketBegins,
    ...agreement.classes.map(([, daysOver]) => daysOver + 1),
    graceDays + 1,
  ].filter((days) => days > graceDays);
  const first = firstInstallmentOf(account);
  return account.rows
    .filter((row) => openFenOf(row) > 0)
    .flatMap((row) => {
      const lateFrom = holidayRoll === 'None' ? row.dueOn : nextBusinessDay(row.dueOn);
      return [
        ...policy.reminderDaysBefore.map((days) => addDays(row.dueOn, -days)),
        ...agreement.debit.tryDays.map((days) => addDays(row.dueOn, days)),
        ...lateDays.map((days) => addDays(lateFrom, days)),
        ...(row === first && !isFirstDefaulted
          ? [addDays(lateFrom, Math.max(policy.firstPaymentDefaultDays, graceDays + 1))]
          : []),
      ];
    });
}

function datesOfLoan({ loan }: LoanFile, account: LoanAccount): string[] {
  if (account.status !== 'Active') return [];
  const { maturesOn, maturedOn, nextVisitOn } = loan;
  return [
    ...(maturesOn === undefined || maturedOn === maturesOn ? [] : [addDays(maturesOn, 1)]),
    ...(nextVisitOn === undefined ? [] : [nextVisitOn]),
  ];
}

/** The first installment of the plan after payout: the one a first-payment default is about. */
export function firstInstallmentOf({ rows }: LoanAccount): LoanAccount['rows'][number] | undefined {
  return rows.find(({ kind }) => kind === 'Installment');
}
