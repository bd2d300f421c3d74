import { isMoneyMissing } from '../../domain/audit/audit-collections.ts';
import { isStrayPayout } from '../../domain/audit/audit-payouts.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { auditPlatform, sandboxBooks } from './audit.ts';
import { readBankBooks } from './bank-books.ts';
import { yuan } from './replay-summary.ts';

/** Money that moved at the bank and that the platform knows nothing of. */
export interface Stray {
  readonly kind: 'Payout' | 'Debit' | 'Receipt';
  readonly reference: string;
  readonly amountFen: number;
  readonly at: string;
  /** What the bank knows of it: whose account, or what the payer wrote. */
  readonly about: string;
}

/**
 * Asks the bank about everything it did and lists what we do not know: after a restore, what left the house and what came
 * in between the instant of the backup and now. The bank's own list is read from an address or a file; by default it is
 * the sandbox's.
 */
export async function findStrays(
  operator: PlatformClient,
  bankBooks: string = sandboxBooks(operator),
): Promise<readonly Stray[]> {
  const { findings } = await auditPlatform({ operator, bankBooks });
  const { payouts, debits, receipts } = await readBankBooks(bankBooks);
  const strayPayouts = idsOf(findings.filter(isStrayPayout));
  const missing = idsOf(findings.filter(isMoneyMissing));
  return [
    ...payouts
      .filter(({ reference }) => strayPayouts.has(reference))
      .map((payout) => stray('Payout', payout)),
    ...debits
      .filter(({ reference }) => missing.has(reference))
      .map((debit) => stray('Debit', debit)),
    ...receipts
      .filter(({ receiptId }) => missing.has(receiptId))
      .map((receipt) => stray('Receipt', { ...receipt, reference: receipt.receiptId })),
  ];
}

function idsOf(findings: readonly { readonly subjectId: string }[]): ReadonlySet<string> {
  return new Set(findings.map(({ subjectId }) => subjectId));
}

function stray(kind: Stray['kind'], told: Omit<Stray, 'kind'>): Stray {
  const { reference, amountFen, at, about } = told;
  return { kind, reference, amountFen, at, about };
}

const whatToDo: Readonly<Record<Stray['kind'], string>> = {
  Payout:
    'payouts: have the partners send these applications again; the same numbers make the same references, and the bank is asked before it is paid',
  Debit: 'debits: the day close intends them again under the same references and finds them paid',
  Receipt:
    'receipts: have the bank report them again, or post them with its reference (POST /ops/loans/{loanId}/payments)',
};

/** The list for a person, with what to do about each kind. */
export function describeStrays(strays: readonly Stray[]): string[] {
  if (strays.length === 0) return ['the bank knows nothing that we do not'];
  const kinds = [...new Set(strays.map(({ kind }) => kind))];
  return [
    ...strays.map(
      ({ kind, reference, amountFen, at, about }) =>
        `${kind.padEnd(8)}${reference}  ${yuan(amountFen)}  ${at}  ${about}`,
    ),
    ...kinds.map((kind) => whatToDo[kind]),
  ];
}
