import type { PersonalData } from '../applications/personal-data.ts';
import type { Payout } from './payout.ts';

/** The account the money goes to. */
export interface Payee {
  readonly kind: Payout['payee'];
  readonly name: string;
  readonly accountNumber: string;
  readonly bankCode: string;
}

/** 受托支付: when a supplier is named, the money goes to the supplier and never to the borrower. */
export function payeeOf({ applicant, supplier }: PersonalData): Payee {
  const [kind, { name, bankAccount }] =
    supplier === undefined ? (['Borrower', applicant] as const) : (['Supplier', supplier] as const);
  return { kind, name, accountNumber: bankAccount.number, bankCode: bankAccount.bankCode };
}
