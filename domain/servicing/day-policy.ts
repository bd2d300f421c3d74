import {
  policyInt,
  policyWords,
  type PolicyPack,
  type PolicyScope,
} from '../catalog/policy-pack.ts';

/** What the house does to a loan on which day: operation, not contract, so the pack in force on the day decides. */
export interface DayPolicy {
  /** Days before a due date on which the borrower is reminded of it; 0 is the due date itself. */
  readonly reminderDaysBefore: readonly number[];
  /** Days past due of the first installment from which the loan counts as a first-payment default. */
  readonly firstPaymentDefaultDays: number;
  /** Days between telling a borrower of bad information and the first on which a lender may report it (rules 7.15). */
  readonly badInfoNoticeDays: number;
}

/** The day policy of a pack. Throws when the pack says no number where one must stand. */
export function dayPolicyOf(pack: PolicyPack, scope: PolicyScope): DayPolicy {
  const reminderDaysBefore = policyWords(pack, 'reminder.daysBefore', scope).map(Number);
  if (reminderDaysBefore.some((days) => !Number.isInteger(days) || days < 0))
    throw new Error('reminder.daysBefore must be whole days');
  return {
    reminderDaysBefore,
    firstPaymentDefaultDays: policyInt(pack, 'delinquency.firstPaymentDefaultDays', scope),
    badInfoNoticeDays: policyInt(pack, 'credit.badInfoNoticeDays', scope),
  };
}
