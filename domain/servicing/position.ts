import type { Amounts } from '../lending/servicing/installment.ts';
import type { LoanAccount } from '../lending/servicing/replay.ts';
import type { PayeeRole, Terms } from '../lending/terms.ts';
import { allocateByLargestRemainder } from '../shared/money.ts';

type FeeRole = Exclude<PayeeRole, 'Lender'>;

/** Where all money a borrower ever paid has gone, and what principal was given up. The journal is its changes. */
export interface Position {
  /** Principal, interest, penalty, cost and the lender's fees. */
  readonly paid: Readonly<Amounts>;
  /** Fees of others than the lender. */
  readonly fees: Readonly<Partial<Record<FeeRole, number>>>;
  readonly creditFen: number;
  readonly recoveredFen: number;
  readonly writtenOffFen: number;
}

/**
 * Reads the position off an account. What was received and found no place among paid amounts and recoveries is the
 * borrower's: nothing a borrower pays ever disappears.
 */
export function positionOf(
  account: LoanAccount,
  { terms, receivedFen }: { readonly terms: Terms; readonly receivedFen: number },
): Position {
  const paid: Amounts = { Cost: 0, Penalty: 0, Fee: 0, Interest: 0, Principal: 0 };
  const fees: Partial<Record<FeeRole, number>> = {};
  const installments = account.rows.filter(({ kind }) => kind === 'Installment');
  for (const row of account.rows) {
    paid.Cost += row.paid.Cost;
    paid.Penalty += row.paid.Penalty;
    paid.Interest += row.paid.Interest;
    paid.Principal += row.paid.Principal;
    for (const [role, amountFen] of feesPaid(row, { terms, installments })) {
      if (role === 'Lender') paid.Fee += amountFen;
      else fees[role] = (fees[role] ?? 0) + amountFen;
    }
  }
  const placedFen =
    Object.values(paid).reduce(add, 0) + Object.values(fees).reduce(add, 0) + account.recoveredFen;
  return {
    paid,
    fees,
    creditFen: receivedFen - placedFen,
    recoveredFen: account.recoveredFen,
    writtenOffFen: account.writtenOff.Principal,
  };
}

type Row = LoanAccount['rows'][number];

/** A row's fees go to their payees in the proportion in which they make up the row. A charge is the lender's. */
function feesPaid(
  row: Row,
  { terms, installments }: { readonly terms: Terms; readonly installments: readonly Row[] },
): readonly (readonly [PayeeRole, number])[] {
  if (row.paid.Fee === 0) return [];
  const falling = terms.fees.filter(({ timing }) => {
    if (row.kind !== 'Installment') return false;
    if (timing === 'EachInstallment') return true;
    if (timing === 'WithFirst') return row === installments[0];
    return timing === 'WithLast' && row === installments.at(-1);
  });
  if (falling.every(({ amountFen }) => amountFen === 0)) return [['Lender', row.paid.Fee]];
  const parts = allocateByLargestRemainder(
    row.paid.Fee,
    falling.map(({ amountFen }) => amountFen),
  );
  return falling.map(({ payeeRole }, index) => [payeeRole, parts[index] ?? 0] as const);
}

function add(a: number, b: number): number {
  return a + b;
}
