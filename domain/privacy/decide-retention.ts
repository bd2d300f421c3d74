import * as z from 'zod';
import type { Application } from '../applications/application.ts';
import { isClosed } from '../applications/transitions.ts';
import type { Loan } from '../loans/loan.ts';
import { addDays, addMonths, businessDateOf } from '../shared/calendar.ts';
import { DomainEvent } from '../shared/domain-event.ts';
import { BusinessDate } from '../shared/primitives.ts';
import type { RetentionPolicy } from './retention-policy.ts';

/**
 * What becomes of one application. `on`: of Erase the date of erasure; of Keep and Restrict the date until which, as far as
 * that is known today.
 */
export const RetentionDecision = z.object({
  outcome: z.enum(['Erase', 'Restrict', 'Keep']),
  because: z.enum([
    'NoLoanCameOfIt',
    'RetentionOver',
    'LoanRunning',
    'RetainedByLaw',
    'InProgress',
  ]),
  on: BusinessDate.optional(),
});
export type RetentionDecision = z.infer<typeof RetentionDecision>;

export interface RetentionSubject {
  readonly application: Pick<Application, 'status' | 'closedAt'>;
  /** There is one from the moment money was reserved for it. */
  readonly loan: Pick<Loan, 'status' | 'event'> | undefined;
}

export interface RetentionQuestion {
  readonly policy: RetentionPolicy;
  readonly date: string;
  /** The person asked for it (PIPL art. 47); otherwise the time has come by itself (art. 19). */
  readonly isRequested: boolean;
}

/** Messages about the end are still on their way: nothing is erased on the day it ended. */
const SETTLING_DAYS = 1;
const MONTHS_A_YEAR = 12;

/**
 * Says whether what is known of an applicant is erased, restricted or kept. A law that has something kept beats the wish to
 * have it erased: then everything but storage, security and the contract itself stops (PIPL art. 47). Nothing of it is for
 * a person to weigh: whoever enters the request cannot lose a file that must be kept, nor keep one that must go.
 */
export function decideRetention(
  { application, loan }: RetentionSubject,
  { policy, date, isRequested }: RetentionQuestion,
): RetentionDecision {
  const { status, closedAt } = application;
  if (!isClosed(status) || closedAt === undefined)
    return { outcome: 'Keep', because: 'InProgress' };
  if (loan === undefined) {
    const days = isRequested ? SETTLING_DAYS : policy.rejectedApplicationDays;
    const on = addDays(businessDateOf(Date.parse(closedAt)), days);
    return { outcome: 'Erase', because: 'NoLoanCameOfIt', on: later(on, date) };
  }
  const outcome = isRequested ? 'Restrict' : 'Keep';
  const endedOn = endOf(loan);
  if (endedOn === undefined) return { outcome, because: 'LoanRunning' };
  const until = addMonths(endedOn, policy.loanYears * MONTHS_A_YEAR);
  return date < until
    ? { outcome, because: 'RetainedByLaw', on: until }
    : { outcome: 'Erase', because: 'RetentionOver', on: date };
}

/** The date of the last thing that happened to a loan that runs no more. What was written off may still be recovered. */
function endOf({ status, event }: NonNullable<RetentionSubject['loan']>): string | undefined {
  if (status !== 'Settled' && status !== 'Cancelled' && status !== 'WrittenOff') return undefined;
  return businessDateOf(Date.parse(DomainEvent.parse(event).at));
}

function later(one: string, other: string): string {
  return one < other ? other : one;
}
