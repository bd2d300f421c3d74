import { businessDateOf } from '../shared/calendar.ts';
import { Forbidden, InvalidTransition } from '../shared/errors.ts';
import { changeIdOf } from '../shared/ids.ts';
import { changeLoan } from './change-loan.ts';
import type { LoanFile } from './loan-file.ts';
import type { LoanChange } from './ports.ts';

export interface WriteOffOrder {
  readonly reason: string;
  /** Who asked for it, and who agreed: two people. */
  readonly requestedBy: string;
  readonly approvedBy: string;
}

/** Gives up what is owed, as the loss of the funders by what each has outstanding. What comes in later is a recovery. */
export function writeOffLoan(file: LoanFile, order: WriteOffOrder, at: string): LoanChange {
  const { loanId, status, outstandingPrincipalFen } = file.loan;
  if (status !== 'Active')
    throw new InvalidTransition(`loan ${loanId} is ${status}: there is nothing to write off`);
  const { reason, requestedBy, approvedBy } = order;
  if (requestedBy === approvedBy)
    throw new Forbidden('who asks for a write-off does not approve it');
  const changeId = changeIdOf(loanId, 'write-off');
  const valueDate = businessDateOf(Date.parse(at));
  return changeLoan(file, {
    record: {
      loanId,
      record: `change#${changeId}`,
      loanEvent: { kind: 'WriteOff', id: changeId, valueDate },
      reason,
      actor: `operator:${requestedBy}`,
      approvedBy,
      postedAt: at,
    },
    entryType: 'WriteOff',
    eventType: 'LoanWrittenOff',
    facts: { changeId, valueDate, writtenOffFen: outstandingPrincipalFen, approvedBy },
  });
}
