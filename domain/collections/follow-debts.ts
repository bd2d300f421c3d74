import { businessDateOf } from '../shared/calendar.ts';
import type { CaseLoan, CloseReason, CollectionCase, Pause } from './case.ts';
import { changeCase } from './change-case.ts';
import { changeRest } from './change-rest.ts';
import { closeCase } from './close-case.ts';
import type { Debt } from './debt.ts';

/**
 * Brings a case to what its loans owe now: loans that are overdue no more leave it, and the last one closes it. Undefined:
 * nothing changed. A loan that cannot be read stays as it was.
 */
export function followDebts(
  collectionCase: CollectionCase,
  read: { readonly debts: readonly Debt[]; readonly at: string },
): CollectionCase | undefined {
  if (collectionCase.status === 'Closed') return undefined;
  const { debts, at } = read;
  const byLoan = new Map(debts.map((debt) => [debt.loan.loanId, debt]));
  const standingOf = ({ loanId }: CaseLoan) => standingIn(collectionCase, byLoan.get(loanId));
  const loans = collectionCase.loans
    .filter((loan) => standingOf(loan) === 'Overdue')
    .map((loan) => byLoan.get(loan.loanId)?.loan ?? loan);
  if (loans.length === 0)
    return closeCase(collectionCase, {
      because: reasonOf(collectionCase.loans.map(standingOf)),
      at,
    });
  const gone = collectionCase.loans.filter((loan) => standingOf(loan) !== 'Overdue');
  const hasMoved = loans.some((loan, index) => !isSame(loan, collectionCase.loans[index]));
  if (gone.length === 0 && !hasMoved) return undefined;
  const left = new Set(loans.map(({ loanId }) => loanId));
  return changeCase(collectionCase, {
    type: 'CaseDebtsChanged',
    at,
    actor: 'workflow',
    patch: {
      loans,
      ...changeRest(collectionCase, { pauses: pausesOf(collectionCase, left), loans, at }),
    },
    facts: {
      curedLoans: gone.map(({ loanId }) => loanId),
      overdueFen: loans.reduce((sum, { overdueFen }) => sum + overdueFen, 0),
      daysPastDue: Math.max(...loans.map(({ daysPastDue }) => daysPastDue)),
    },
  });
}

/** New terms that were agreed while the case was open are why nothing is overdue, though the rest of it had to be paid. */
function standingIn({ openedAt }: CollectionCase, debt: Debt | undefined): Debt['standing'] {
  if (debt === undefined) return 'Overdue';
  const { standing, restructuredOn = '' } = debt;
  const openedOn = businessDateOf(Date.parse(openedAt));
  return standing === 'Current' && restructuredOn >= openedOn ? 'Restructured' : standing;
}

/** Days pass every day; that alone is no change worth a version. */
function isSame(now: CaseLoan, before: CaseLoan | undefined): boolean {
  return (
    before?.loanId === now.loanId &&
    before.bucket === now.bucket &&
    before.overdueFen === now.overdueFen &&
    before.outstandingPrincipalFen === now.outstandingPrincipalFen
  );
}

/** A dispute about a loan that has gone is about nothing any more, and neither are new terms for it. */
function pausesOf({ pauses }: CollectionCase, left: ReadonlySet<string>): Pause[] {
  return pauses.flatMap((pause) => {
    const loanIds = pause.loanIds?.filter((loanId) => left.has(loanId));
    const requests = pause.requests?.filter(({ loanId }) => left.has(loanId));
    if (loanIds?.length === 0 || requests?.length === 0) return [];
    return [{ ...pause, ...(loanIds ? { loanIds } : {}), ...(requests ? { requests } : {}) }];
  });
}

/** The reason that weighs most when several loans of a case end at once. */
function reasonOf(standings: readonly Debt['standing'][]): CloseReason {
  if (standings.includes('WrittenOff')) return 'WrittenOff';
  if (standings.includes('Transferred')) return 'Transferred';
  if (standings.includes('Compensated')) return 'Compensated';
  if (standings.includes('Restructured')) return 'Restructured';
  return standings.every((standing) => standing === 'Settled') ? 'Settled' : 'Cured';
}
