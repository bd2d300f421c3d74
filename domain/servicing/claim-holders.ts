import type { Sharer } from '../lending/share-amount.ts';
import type { JournalEntry, Loan } from '../loans/loan.ts';
import { accounts } from './chart-of-accounts.ts';
import { balancesOf } from './journal-legs.ts';

/** Whose claim the loan is: the funders by their shares, the guarantor who paid them, or who took the claim over. */
export function claimHoldersOf(
  loan: Pick<Loan, 'participations' | 'compensation' | 'transfer' | 'principalFen'>,
): readonly Sharer[] {
  const { participations, compensation, transfer, principalFen: shareFen } = loan;
  if (transfer !== undefined) return [{ funderId: transfer.buyerId, shareFen }];
  if (compensation?.status !== 'Paid') return participations;
  return [{ funderId: compensation.guarantorId, shareFen }];
}

/** Whether the claim is no longer the funders': whoever has it now collects for itself. */
export function isHandedOn({ compensation, transfer }: Pick<Loan, 'compensation' | 'transfer'>) {
  return transfer !== undefined || compensation?.status === 'Paid';
}

/** How many events the loan had when its claim was handed on; undefined while it was not. */
export function handedOnAfter({
  compensation,
  transfer,
}: Pick<Loan, 'compensation' | 'transfer'>): number | undefined {
  if (transfer !== undefined) return transfer.eventSequence;
  return compensation?.status === 'Paid' ? compensation.eventSequence : undefined;
}

/** What each funder still has a claim to, by the journal. */
export function claimsOf(
  { participations }: Pick<Loan, 'participations'>,
  entries: readonly Pick<JournalEntry, 'legs'>[],
): readonly Sharer[] {
  const balances = balancesOf(entries);
  return participations.map(({ funderId }) => ({
    funderId,
    shareFen: Math.max(-(balances.get(accounts.funder(funderId, 'principal')) ?? 0), 0),
  }));
}
