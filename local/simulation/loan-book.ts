import { bucketOf } from '../../domain/lending/servicing/delinquency.ts';
import type { Debt, Debts } from '../../domain/collections/debt.ts';
import { addDays, daysBetween } from '../../domain/shared/calendar.ts';

export interface BookedLoan {
  readonly loanId: string;
  readonly applicationId: string;
  readonly borrowerKey: string;
  readonly lenderId: string;
  readonly segment: string;
  readonly grade: string;
  readonly hasGuarantor: boolean;
  /** The first unpaid due date. */
  readonly dueOn: string;
  /** What falls due every thirty days. */
  readonly installmentFen: number;
  readonly principalFen: number;
  readonly installments: number;
}

interface Position {
  readonly loan: BookedLoan;
  paidFen: number;
  ending: Debt['standing'] | undefined;
  offerUntil: string | undefined;
}

const DAYS_PER_INSTALLMENT = 30;

/**
 * Loans reduced to what collections see of servicing: installments that fall due, money that pays the oldest first. It
 * stands in for the books where a simulation is about collecting, not about arithmetic.
 */
export class LoanBook implements Debts {
  readonly #positions = new Map<string, Position>();

  add(loan: BookedLoan): void {
    this.#positions.set(loan.loanId, {
      loan,
      paidFen: 0,
      ending: undefined,
      offerUntil: undefined,
    });
  }

  pay(loanId: string, amountFen: number): void {
    const position = this.#position(loanId);
    position.paidFen += amountFen;
    position.offerUntil = undefined;
  }

  /** New terms are offered to the borrower; money that comes makes the offer void, as in servicing. */
  offer(loanId: string, until: string): void {
    this.#position(loanId).offerUntil = until;
  }

  /** The borrower said no to what was offered. */
  refuseOffer(loanId: string): void {
    this.#position(loanId).offerUntil = undefined;
  }

  /** Written off, settled or restructured: nothing is overdue any more. */
  end(loanId: string, ending: Debt['standing']): void {
    this.#position(loanId).ending = ending;
  }

  loan(loanId: string): BookedLoan {
    return this.#position(loanId).loan;
  }

  overdueFen(loanId: string, asOf: string): number {
    const { loan, paidFen } = this.#position(loanId);
    const passed = daysBetween(loan.dueOn, asOf);
    if (passed <= 0) return 0;
    const fallen = Math.min(loan.installments, Math.floor((passed - 1) / DAYS_PER_INSTALLMENT) + 1);
    return Math.max(0, fallen * loan.installmentFen - paidFen);
  }

  find(loanId: string, asOf: string): Promise<Debt | undefined> {
    return Promise.resolve(this.#debt(loanId, asOf));
  }

  #debt(loanId: string, asOf: string): Debt | undefined {
    const position = this.#positions.get(loanId);
    if (position === undefined) return undefined;
    const { loan, paidFen, ending, offerUntil } = position;
    const overdueFen = this.overdueFen(loanId, asOf);
    const covered = Math.floor(paidFen / loan.installmentFen);
    const oldest = addDays(loan.dueOn, covered * DAYS_PER_INSTALLMENT);
    const daysPastDue = overdueFen === 0 ? 0 : Math.max(0, daysBetween(oldest, asOf));
    return {
      borrowerKey: loan.borrowerKey,
      lenderId: loan.lenderId,
      standing: ending ?? (overdueFen > 0 ? 'Overdue' : 'Current'),
      ...(ending === undefined && offerUntil !== undefined && asOf <= offerUntil
        ? { offerUntil }
        : {}),
      loan: {
        loanId,
        applicationId: loan.applicationId,
        partnerId: 'demo-partner',
        daysPastDue,
        asOf,
        bucket: bucketOf(daysPastDue),
        overdueFen,
        outstandingPrincipalFen: Math.max(0, loan.principalFen - paidFen),
        segment: loan.segment,
        grade: loan.grade,
        hasGuarantor: loan.hasGuarantor,
      },
    };
  }

  #position(loanId: string): Position {
    const position = this.#positions.get(loanId);
    if (position === undefined) throw new Error(`no loan ${loanId} in the book`);
    return position;
  }
}
