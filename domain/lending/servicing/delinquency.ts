import { daysBetween, nextBusinessDay } from '../../shared/calendar.ts';
import type { LoanAccount } from './replay.ts';
import { Component, type ServicePolicy } from './service-policy.ts';

/** Where a late loan stands: the worse of its installments decides. */
export type Delinquency = {
  readonly daysPastDue: number;
  readonly bucket: Bucket;
  readonly assetClass: AssetClass;
};

export type Bucket = 'M0' | 'M1' | 'M2' | 'M3' | 'M4' | 'M5' | 'M6' | 'M7';

/** 正常 关注 次级 可疑 损失. */
export type AssetClass = 'Normal' | 'Attention' | 'Substandard' | 'Doubtful' | 'Loss';

/** Days past due beyond which a class holds at least, worst first (令〔2023〕第1号: strictly more than). */
export const bankClasses: readonly (readonly [assetClass: AssetClass, daysOver: number])[] = [
  ['Loss', 360],
  ['Doubtful', 270],
  ['Substandard', 90],
  ['Attention', 0],
];

/** Days past due, bucket and class of an account on its date. */
export function delinquencyOf(
  account: LoanAccount,
  penalty: Pick<ServicePolicy['penalty'], 'graceDays' | 'holidayRoll'>,
  classes = bankClasses,
): Delinquency {
  const late = account.rows
    .filter((row) => Component.options.some((part) => row.due[part] > row.paid[part]))
    .map((row) => daysLate(row.dueOn, account.asOf, penalty));
  const daysPastDue = Math.max(0, ...late);
  return {
    daysPastDue,
    bucket: bucketOf(daysPastDue),
    assetClass: classOf(daysPastDue, classes),
  };
}

/** A due date on a holiday may be kept on the next business day, and within the days of grace nothing is late. */
function daysLate(
  dueOn: string,
  asOf: string,
  { graceDays, holidayRoll }: Pick<ServicePolicy['penalty'], 'graceDays' | 'holidayRoll'>,
): number {
  const lateFrom = holidayRoll === 'None' ? dueOn : nextBusinessDay(dueOn);
  const days = daysBetween(lateFrom, asOf);
  return days > graceDays ? days : 0;
}

const BUCKETS: readonly Bucket[] = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6'];

/** M0 is current, M1 1 to 30 days, and so on to M7, more than 180. */
export function bucketOf(daysPastDue: number): Bucket {
  if (daysPastDue <= 0) return 'M0';
  return BUCKETS[Math.ceil(daysPastDue / 30) - 1] ?? 'M7';
}

/** The class the days alone ask for; other triggers may make it worse. */
export function classOf(daysPastDue: number, classes = bankClasses): AssetClass {
  return classes.find(([, daysOver]) => daysPastDue > daysOver)?.[0] ?? 'Normal';
}
