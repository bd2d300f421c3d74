import { LoanEvent } from '../../../../domain/lending/servicing/loan-event.ts';
import {
  accountOn,
  type LoanAccount,
  type ServicedLoan,
} from '../../../../domain/lending/servicing/replay.ts';
import { ServicePolicy } from '../../../../domain/lending/servicing/service-policy.ts';
import { parseTerms } from '../../../../domain/lending/terms.ts';

type Given = Record<string, unknown>;

/**
 * 3,000 at 12 % in three parts of 1,000: due 10 February, March and April 2026 with 30, 20 and 10 of interest. All three
 * are business days; a late fen costs 18 % a year over 360 days, five hundredths of a percent a day.
 */
export const plainTerms = {
  principalFen: 3000_00,
  annualRate: '0.12',
  disbursedOn: '2026-01-10',
  installments: 3,
  method: 'EqualPrincipal',
};

export function serviced({
  terms = {},
  policy = {},
  events = [],
}: { terms?: Given; policy?: Given; events?: readonly Given[] } = {}): ServicedLoan {
  return {
    terms: parseTerms({ ...plainTerms, ...terms }),
    policy: ServicePolicy.parse({
      ...policy,
      penalty: { uplift: '0.5', capAnnual: '0.24', ...(policy['penalty'] as object | undefined) },
    }),
    events: events.map((event) => LoanEvent.parse(event)),
  };
}

export const accountOf = (given: Parameters<typeof serviced>[0], on: string): LoanAccount =>
  accountOn(serviced(given), on);

export const pay = (valueDate: string, amountFen: number, more: Given = {}): Given => ({
  kind: 'Payment',
  id: `pay-${valueDate}-${String(amountFen)}`,
  valueDate,
  amountFen,
  ...more,
});
export const prepay = (valueDate: string, amountFen: number, more: Given = {}): Given =>
  pay(valueDate, amountFen, { purpose: 'Prepayment', ...more });
export const reverse = (valueDate: string, paymentId: string): Given => ({
  kind: 'Reversal',
  id: `reverse-${paymentId}`,
  valueDate,
  paymentId,
});
export const charge = (valueDate: string, amountFen: number, component: 'Cost' | 'Fee'): Given => ({
  kind: 'Charge',
  id: `charge-${valueDate}-${component}`,
  valueDate,
  amountFen,
  component,
});
export const change = (valueDate: string, more: Given): Given => ({
  kind: 'Restructuring',
  id: `change-${valueDate}`,
  valueDate,
  ...more,
});
export const writeOff = (valueDate: string): Given => ({
  kind: 'WriteOff',
  id: `write-off-${valueDate}`,
  valueDate,
});

/** Due date, principal and interest of every row. */
export const planOf = (account: LoanAccount): unknown[] =>
  account.rows.map(({ dueOn, due }) => [dueOn, due.Principal, due.Interest]);

/** What the payments paid: due date, component, fen. */
export const paidOf = (account: LoanAccount): unknown[] =>
  account.payments.map(({ portions }) =>
    portions.map(({ dueOn, component, amountFen }) => `${dueOn} ${component} ${String(amountFen)}`),
  );
