import { isMoneyMissing } from '../../domain/audit/audit-collections.ts';
import { isStrayPayout } from '../../domain/audit/audit-payouts.ts';
import { sendRaw } from '../sandbox/http-json.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { auditPlatform } from './audit.ts';
import { yuan } from './replay-summary.ts';

type Facts = Readonly<Record<string, unknown>>;

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
 * in between the instant of the backup and now.
 */
export async function findStrays(operator: PlatformClient): Promise<readonly Stray[]> {
  const { findings } = await auditPlatform({ operator });
  const { text } = await sendRaw({
    method: 'GET',
    url: `${operator.baseUrl}/sandbox/bank/books`,
  });
  const books = JSON.parse(text) as { payouts: Facts[]; collections: Record<string, Facts[]> };
  const strayPayouts = idsOf(findings.filter(isStrayPayout));
  const missing = idsOf(findings.filter(isMoneyMissing));
  const { debits = [], receipts = [] } = books.collections;
  return [
    ...books.payouts
      .filter(({ reference }) => strayPayouts.has(String(reference)))
      .map((payout) => stray('Payout', payout, `to an account ending in ${last4Of(payout)}`)),
    ...debits
      .filter(({ reference }) => missing.has(String(reference)))
      .map((debit) =>
        stray('Debit', debit, `from an account ending in ${textOf(debit, 'accountLast4')}`),
      ),
    ...receipts
      .filter(({ receiptId }) => missing.has(String(receiptId)))
      .map((receipt) =>
        stray(
          'Receipt',
          { ...receipt, reference: receipt['receiptId'] },
          textOf(receipt, 'remark'),
        ),
      ),
  ];
}

function idsOf(findings: readonly { readonly subjectId: string }[]): ReadonlySet<string> {
  return new Set(findings.map(({ subjectId }) => subjectId));
}

function last4Of({ payee }: Facts): string {
  return textOf(payee as Facts, 'accountLast4');
}

function stray(kind: Stray['kind'], facts: Facts, about: string): Stray {
  const at = textOf(facts, 'receivedAt') || textOf(facts, 'valueDate');
  const reference = textOf(facts, 'reference');
  return { kind, reference, amountFen: Number(facts['amountFen']), at, about };
}

function textOf(facts: Facts, name: string): string {
  const value = facts[name];
  return typeof value === 'string' ? value : '';
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
