import { describe, expect, it } from 'vitest';
import { recordVisit } from '../../../domain/follow-up/record-visit.ts';
import { VisitRecord } from '../../../domain/follow-up/visit-record.ts';
import { visitPlanOf } from '../../../domain/follow-up/visit-plan.ts';
import { Loan } from '../../../domain/loans/loan.ts';
import { closeLoanDay, dateToClose } from '../../../domain/servicing/close-loan-day.ts';
import type { LoanFile } from '../../../domain/servicing/loan-file.ts';
import { addDays } from '../../../domain/shared/calendar.ts';
import { DomainEvent } from '../../../domain/shared/domain-event.ts';
import { consumerProduct } from '../catalog-files.ts';
import { aLoanFile } from '../servicing/loan-builders.ts';

const visits = { firstAfterDays: 30, everyDays: 90, afterWorryDays: 15 };
const visited = (): LoanFile => aLoanFile({ agreement: (agreed) => ({ ...agreed, visits }) });
const policy = { reminderDaysBefore: [], firstPaymentDefaultDays: 30, badInfoNoticeDays: 7 };

/** Closes day by day and lists the visits that fell due. */
function visitsDue(
  file: LoanFile,
  until: string,
): { readonly due: string[]; readonly file: LoanFile } {
  const due: string[] = [];
  let { loan } = file;
  for (let today = '2026-11-25'; today <= until; today = addDays(today, 1))
    for (let date = dateToClose(loan, today); date !== undefined; date = dateToClose(loan, today)) {
      loan = closeLoanDay({ ...file, loan }, { date, today, policy, at: `${date}T00:05:00+08:00` });
      const { type, facts } = DomainEvent.parse(loan.event);
      if (type === 'FollowUpVisitDue') due.push(`${date} ${String(facts['visitNumber'])}`);
    }
  return { due, file: { ...file, loan: Loan.parse(loan) } };
}

const visit = (worries: readonly string[], visitedOn = '2026-12-26') => ({
  visitNumber: 1,
  visitedOn,
  questionnaire: 'follow-up#1',
  answers: { contact: 'Reached' },
  worries,
  operatorId: 'operator-a',
  at: `${visitedOn}T03:00:00.000Z`,
});

describe('visits of a loan', () => {
  it('fall due after payout and then at their distance, whether or not anybody makes them', () => {
    expect(visitsDue(visited(), '2027-07-01').due).toEqual([
      '2026-12-24 1',
      '2027-03-24 2',
      '2027-06-22 3',
    ]);
  });

  it('are not planned for a loan of before there were any', () => {
    expect(visitsDue(aLoanFile(), '2027-07-01').due).toEqual([]);
  });

  it('stay where they are after a calm answer', () => {
    const { file } = visitsDue(visited(), '2026-12-25');
    const { loan, record } = recordVisit(file, visit([]));
    expect(loan.nextVisitOn).toBe('2027-03-24');
    expect(loan.actOn).toBe(file.loan.actOn);
    expect(VisitRecord.parse(record)).toMatchObject({ record: 'visit#0001', worries: [] });
  });

  it('come closer after an answer that worries, and the loan is looked at on that day', () => {
    const { file } = visitsDue(visited(), '2026-12-25');
    const { loan } = recordVisit(file, visit(['income.Lost']));
    expect(loan.nextVisitOn).toBe('2027-01-10');
    expect(visitsDue({ ...file, loan }, '2027-01-31').due).toEqual(['2027-01-10 2']);
    expect(DomainEvent.parse(loan.event)).toMatchObject({
      type: 'FollowUpVisited',
      actor: 'operator:operator-a',
      facts: { visitNumber: 1, worries: ['income.Lost'] },
    });
  });

  it('are never moved further away by a late answer', () => {
    const { file } = visitsDue(visited(), '2026-12-25');
    const { loan } = recordVisit(file, visit(['income.Lost'], '2027-03-20'));
    expect(loan.nextVisitOn).toBe('2027-03-24');
  });

  it('end with the loan', () => {
    const { file } = visitsDue(visited(), '2026-12-25');
    const settled: Loan = { ...file.loan, status: 'Settled' };
    const { loan } = recordVisit({ ...file, loan: settled }, visit(['income.Lost']));
    expect(loan.nextVisitOn).toBe(file.loan.nextVisitOn);
    expect(loan.actOn).toBe(settled.actOn);
  });
});

describe('visitPlanOf', () => {
  const { followUp } = consumerProduct;

  it('visits a riskier grade more often', () => {
    const distances = ['A', 'B', 'C', 'D', 'E'].map(
      (grade) => visitPlanOf(followUp, grade).everyDays,
    );
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
    expect(new Set(distances).size).toBe(5);
  });

  it.each([undefined, 'Z', 'toString'])('has a plan for the grade %s as well', (grade) => {
    expect(visitPlanOf(followUp, grade)).toEqual(followUp.otherwise);
  });
});
