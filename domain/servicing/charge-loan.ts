import type { Charge } from '../lending/servicing/loan-event.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { changeIdOf } from '../shared/ids.ts';
import { changeLoan } from './change-loan.ts';
import type { LoanFile } from './loan-file.ts';
import type { ChangeRecord } from './loan-records.ts';
import type { LoanChange } from './ports.ts';

export interface ChargeOrder {
  /** What asked for it: the same request is the same charge. */
  readonly request: string;
  readonly component: Charge['component'];
  readonly amountFen: number;
  readonly valueDate: string;
  readonly reason: string;
  readonly actor: string;
  readonly applied?: ChangeRecord['applied'];
}

/** A cost of enforcement, or a fee agreed outside the schedule, that the borrower owes from its date on. */
export function chargeLoan(file: LoanFile, order: ChargeOrder, at: string): LoanChange {
  const { loanId, status } = file.loan;
  if (status !== 'Active')
    throw new InvalidTransition(`loan ${loanId} is ${status}: nothing can be charged to it`);
  const { component, amountFen, valueDate, reason, actor, applied } = order;
  const changeId = changeIdOf(loanId, `charge|${order.request}`);
  return changeLoan(file, {
    record: {
      loanId,
      record: `change#${changeId}`,
      loanEvent: { kind: 'Charge', id: changeId, valueDate, amountFen, component },
      reason,
      actor,
      postedAt: at,
      ...(applied ? { applied } : {}),
    },
    entryType: 'Charge',
    eventType: 'LoanCharged',
    facts: { changeId, component, amountFen, valueDate },
  });
}
