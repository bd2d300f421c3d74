import type { PayeeRole } from '../lending/terms.ts';

/** What a funder's part of a loan is booked under: its claim, what was collected for it, and what a guarantor paid for it. */
export type FunderAccount =
  'principal' | 'repaid' | 'interest' | 'penalty' | 'cost' | 'fee' | 'recovered' | 'compensated';

/**
 * The accounts of one loan's journal (ADR 030). A debit is positive. Income is booked when it is paid, never when it is
 * earned; what is collected for somebody stays on their account until it is handed over to them.
 */
export const accounts = {
  /** Principal the borrower owes. Debit. */
  principal: 'borrower:principal',
  /** Overpaid by the borrower and owed back. Credit. */
  credit: 'borrower:credit',
  /** Money that reached the collection account and was not passed on. Debit. */
  bank: 'bank:clearing',
  /** Money received that no loan claims yet. Credit. */
  suspense: 'suspense',
  /** A funder, or the guarantor who paid in its place: claim on the principal, and what was repaid, earned and recovered for it. Credit. */
  funder: (funderId: string, account: FunderAccount): string => `funder:${funderId}:${account}`,
  /** Fees collected for whoever is not a funder. Credit. */
  fee: (role: Exclude<PayeeRole, 'Lender'>): string => `${role.toLowerCase()}:fee`,
} as const;
