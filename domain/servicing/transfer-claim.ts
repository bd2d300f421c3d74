import type { JournalEntry } from '../loans/loan.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { Forbidden, InvalidTransition } from '../shared/errors.ts';
import { changeIdOf } from '../shared/ids.ts';
import { entryRecordOf } from './change-loan.ts';
import { accounts } from './chart-of-accounts.ts';
import { claimsOf } from './claim-holders.ts';
import type { Leg } from './journal-legs.ts';
import { accountOf, delinquencyIn, type LoanFile } from './loan-file.ts';
import type { LoanChange } from './ports.ts';
import { servicingFactsOf } from './servicing-facts.ts';

export interface TransferOrder {
  /** Who takes the claim, as the lender's catalog entry names them. */
  readonly buyer: { readonly buyerId: string; readonly name: string };
  /** The decision, and who took it. */
  readonly request: string;
  readonly approvedBy: readonly string[];
}

/**
 * Hands the claim of a loan to a buyer: the borrower owes what was owed, to somebody else (Civil Code art. 545, 546: it
 * counts against the borrower once they are told). What the buyer pays is between buyer and funders, and not in these
 * books. Nothing is debited or closed here any more.
 */
export function transferClaim(file: LoanFile, order: TransferOrder, at: string): LoanChange {
  const { loan } = file;
  const { loanId, status } = loan;
  const { buyer, request, approvedBy } = order;
  if (status !== 'Active' || loan.transfer !== undefined || loan.compensation?.status === 'Paid')
    throw new InvalidTransition(`loan ${loanId} has no claim of ours to transfer`);
  if (approvedBy.length === 0) throw new Forbidden('a transfer is approved by somebody');
  const transferredOn = businessDateOf(Date.parse(at));
  const account = accountOf(file, transferredOn);
  const rest = { ...loan };
  delete rest.actOn;
  delete rest.dueShard;
  const { buyerId, name } = buyer;
  const entry: JournalEntry = {
    loanId,
    record: entryRecordOf(loan.entrySequence + 1),
    entryType: 'Transfer',
    valueDate: transferredOn,
    postedAt: at,
    reference: changeIdOf(loanId, `transfer|${request}`),
    legs: legsOf(file, buyerId),
  };
  const hasClaim = entry.legs.length > 0;
  return {
    loan: changeAggregate(rest, {
      subjectId: loanId,
      patch: {
        transfer: {
          buyerId,
          transferredOn,
          approvedBy: [...approvedBy],
          eventSequence: loan.eventSequence,
        },
        entrySequence: loan.entrySequence + (hasClaim ? 1 : 0),
      },
      event: {
        type: 'LoanTransferred',
        at,
        actor: `operator:${approvedBy.at(-1) ?? ''}`,
        facts: {
          ...servicingFactsOf(loan, account, delinquencyIn(file, account)),
          holderId: buyerId,
          holderName: name,
          transferredOn,
        },
      },
    }),
    once: hasClaim ? [entry] : [],
  };
}

function legsOf({ loan, entries }: LoanFile, buyerId: string): Leg[] {
  const claims = claimsOf(loan, entries).filter(({ shareFen }) => shareFen > 0);
  const claimFen = claims.reduce((sum, { shareFen }) => sum + shareFen, 0);
  if (claimFen === 0) return [];
  return [
    ...claims.map(({ funderId, shareFen }) => ({
      account: accounts.funder(funderId, 'principal'),
      amountFen: shareFen,
    })),
    { account: accounts.funder(buyerId, 'principal'), amountFen: -claimFen },
  ];
}
