import type { LenderType } from '../catalog/lender-type.ts';
import { startAggregate } from '../shared/change-aggregate.ts';
import { addDays } from '../shared/calendar.ts';
import { caseIdOf } from '../shared/ids.ts';
import { caseRecordOf, type CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';
import type { Debt } from './debt.ts';
import { armOf, type CollectionStrategy } from './strategy.ts';

export interface CaseOpening {
  readonly debt: Debt;
  readonly lenderType: LenderType;
  readonly strategy: CollectionStrategy;
  readonly at: string;
}

/**
 * Takes an overdue loan up: into the open case of its borrower and lender, by opening their closed one again, or by the
 * first there is. Undefined: the loan is in the case already.
 */
export function openCase(
  known: CollectionCase | undefined,
  opening: CaseOpening,
): CollectionCase | undefined {
  const { debt, at } = opening;
  const { loan } = debt;
  if (known === undefined) return firstCase(opening);
  if (isHandedOn(known, debt)) return undefined;
  if (known.status === 'Closed') return reopened(known, opening);
  if (known.loans.some(({ loanId }) => loanId === loan.loanId)) return undefined;
  return changeCase(known, {
    type: 'CaseLoanAdded',
    at,
    actor: 'workflow',
    patch: { loans: [...known.loans, loan] },
    facts: { loanId: loan.loanId, overdueFen: loan.overdueFen, daysPastDue: loan.daysPastDue },
  });
}

function firstCase({ debt, lenderType, strategy, at }: CaseOpening): CollectionCase {
  const { borrowerKey, lenderId, loan } = debt;
  const caseId = caseIdOf(borrowerKey, lenderId);
  const { arm } = armOf(strategy, borrowerKey);
  const { strategyId, version: strategyVersion } = strategy;
  return startAggregate(
    caseId,
    {
      borrowerKey,
      record: caseRecordOf(lenderId),
      caseId,
      status: 'Open' as const,
      lenderId,
      lenderType,
      opening: 1,
      run: 1,
      runSince: at,
      openedAt: at,
      strategyId,
      strategyVersion,
      arm,
      loans: [loan],
      stepCount: 0,
      steps: {},
      promises: [],
      pauses: [],
      introducedBy: [],
      handedOn: {},
      receipts: [],
      receivedFen: 0,
      costFen: 0,
      applied: {},
    },
    {
      type: 'CaseOpened',
      at,
      actor: 'workflow',
      facts: {
        caseId,
        borrowerKey,
        lenderId,
        opening: 1,
        strategy: `${strategyId}#${strategyVersion}`,
        arm,
        loanId: loan.loanId,
        overdueFen: loan.overdueFen,
        daysPastDue: loan.daysPastDue,
      },
    },
  );
}

/**
 * Whether the default is one that was handed on: of a loan that ended in a lawsuit or a sale, and begun before. A late event
 * about it must not have the debtor collected from by two, in whatever opening the case is by now.
 */
function isHandedOn({ handedOn }: CollectionCase, { loan }: Debt): boolean {
  const date = handedOn[loan.loanId];
  return date !== undefined && addDays(loan.asOf, -loan.daysPastDue) <= date;
}

/** A new default begins a new ladder, under the strategy in force now. Who stopped or agreed to what stays known of the debtor. */
function reopened(known: CollectionCase, { debt, strategy, at }: CaseOpening): CollectionCase {
  const { loan, borrowerKey } = debt;
  return changeCase(known, {
    type: 'CaseReopened',
    at,
    actor: 'workflow',
    without: ['closedBecause', 'closedAt', 'pending', 'notBefore', 'assignment'],
    patch: {
      status: 'Open',
      opening: known.opening + 1,
      run: 1,
      runSince: at,
      openedAt: at,
      strategyId: strategy.strategyId,
      strategyVersion: strategy.version,
      arm: armOf(strategy, borrowerKey).arm,
      loans: [loan],
      stepCount: 0,
      steps: {},
      pauses: [],
      introducedBy: [],
      receipts: [],
      receivedFen: 0,
      costFen: 0,
    },
    facts: { loanId: loan.loanId, overdueFen: loan.overdueFen, daysPastDue: loan.daysPastDue },
  });
}
