/** What an event of a loan says that matters here. */
export interface LoanNews {
  readonly type: string;
  readonly daysPastDue?: number | undefined;
  readonly isSettled?: boolean | undefined;
}

/**
 * How a loan turned out, once it is known: bad when it is written off or so many days past due, good when it is settled
 * without having been. The first answer counts: a bad loan that is paid later was bad.
 */
export function outcomeOfLoan(
  { type, daysPastDue = 0, isSettled }: LoanNews,
  badFromDaysPastDue: number,
): 'Good' | 'Bad' | undefined {
  if (type === 'LoanWrittenOff' || daysPastDue >= badFromDaysPastDue) return 'Bad';
  return isSettled === true ? 'Good' : undefined;
}
