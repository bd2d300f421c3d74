import { describe, expect, it } from 'vitest';
import { decideRetention } from '#domain/privacy/decide-retention.ts';
import { anEvent } from '../builders.ts';

const policy = { rejectedApplicationDays: 180, loanYears: 10, answerDays: 15 };
/** The evening of the 9th in Shanghai is the morning of the 9th in UTC; half past midnight is the day before there. */
const closedAt = '2026-03-10T00:30:00+08:00';
const declined = { status: 'Declined', closedAt } as const;
const disbursed = { status: 'Disbursed', closedAt } as const;

function aLoan(status: 'Paying' | 'Active' | 'PayFailed' | 'Settled' | 'WrittenOff' | 'Cancelled') {
  const event = { ...anEvent('LoanChanged'), at: '2027-02-28T23:59:00+08:00' };
  return { status, event };
}

describe('decideRetention', () => {
  it.each([
    { date: '2026-03-10', isRequested: true, on: '2026-03-11' },
    { date: '2026-03-11', isRequested: true, on: '2026-03-11' },
    { date: '2026-05-01', isRequested: true, on: '2026-05-01' },
    { date: '2026-03-10', isRequested: false, on: '2026-09-06' },
    { date: '2026-09-06', isRequested: false, on: '2026-09-06' },
    { date: '2026-10-01', isRequested: false, on: '2026-10-01' },
  ])(
    'erases what became no loan on $on, asked for on $date: $isRequested (PIPL art. 19, 47)',
    ({ date, isRequested, on }) => {
      const decision = decideRetention(
        { application: declined, loan: undefined },
        { policy, date, isRequested },
      );
      expect(decision).toEqual({ outcome: 'Erase', because: 'NoLoanCameOfIt', on });
    },
  );

  it.each(['Received', 'AwaitingSignature', 'Disbursing', 'PayoutFailed'] as const)(
    'keeps an application that is %s',
    (status) => {
      const question = { policy, date: '2040-01-01', isRequested: true };
      expect(decideRetention({ application: { status }, loan: undefined }, question)).toEqual({
        outcome: 'Keep',
        because: 'InProgress',
      });
    },
  );

  it.each(['Paying', 'Active', 'PayFailed'] as const)(
    'restricts at request, without a date, what belongs to a loan that is %s',
    (status) => {
      const subject = { application: disbursed, loan: aLoan(status) };
      const question = { policy, date: '2040-01-01' };
      expect(decideRetention(subject, { ...question, isRequested: true })).toEqual({
        outcome: 'Restrict',
        because: 'LoanRunning',
      });
      expect(decideRetention(subject, { ...question, isRequested: false }).outcome).toBe('Keep');
    },
  );

  it.each([
    { date: '2037-02-27', isRequested: true, outcome: 'Restrict', on: '2037-02-28' },
    { date: '2037-02-27', isRequested: false, outcome: 'Keep', on: '2037-02-28' },
    { date: '2037-02-28', isRequested: true, outcome: 'Erase', on: '2037-02-28' },
    { date: '2037-03-01', isRequested: false, outcome: 'Erase', on: '2037-03-01' },
  ])(
    'answers $outcome on $date, ten years after the last thing that happened (AML Law art. 34)',
    ({ date, isRequested, outcome, on }) => {
      for (const status of ['Settled', 'WrittenOff', 'Cancelled'] as const)
        expect(
          decideRetention(
            { application: disbursed, loan: aLoan(status) },
            { policy, date, isRequested },
          ),
        ).toMatchObject({ outcome, on });
    },
  );
});
