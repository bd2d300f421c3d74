import * as z from 'zod';
import { BusinessDate } from '../../shared/primitives.ts';

const EventId = z.string().min(1).max(100);
const Amount = z.int().positive().max(10_000_000_000_000);

/** Money received. A prepayment repays principal at once and re-plans what is left; else it pays installments. */
const Payment = z.strictObject({
  kind: z.literal('Payment'),
  id: EventId,
  valueDate: BusinessDate,
  amountFen: Amount,
  purpose: z.enum(['Installments', 'Prepayment']).default('Installments'),
  /** Of a prepayment: the same installment for a shorter term, or a smaller one for the same term. */
  effect: z.enum(['ShorterTerm', 'SmallerInstallment']).default('ShorterTerm'),
});

/** Says that a payment never happened. Everything after it is played again without it. */
const Reversal = z.strictObject({
  kind: z.literal('Reversal'),
  id: EventId,
  valueDate: BusinessDate,
  paymentId: EventId,
});

/** A cost of enforcement or a fee that fell due outside the schedule. */
const Charge = z.strictObject({
  kind: z.literal('Charge'),
  id: EventId,
  valueDate: BusinessDate,
  amountFen: Amount,
  component: z.enum(['Cost', 'Fee']),
});

/** A change agreed with the borrower; what is not named stays. The installments not yet due are planned anew. */
const Restructuring = z.strictObject({
  kind: z.literal('Restructuring'),
  id: EventId,
  valueDate: BusinessDate,
  annualRate: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,10})?$/)
    .optional(),
  /** Extension: so many installments more. */
  moreInstallments: z.int().min(1).max(600).optional(),
  /** Payment holiday: nothing is due for so many periods; interest runs on. */
  holidayPeriods: z.int().min(1).max(120).optional(),
  /** The installment that runs is due on this day instead, and the later ones follow it. */
  nextDueOn: BusinessDate.optional(),
  /** The installments stay as large as they were, and the last takes the difference. */
  isInstallmentKept: z.boolean().default(false),
  /** Re-amortisation: principal past due is spread over the installments to come; what else is past due stays due. */
  isPastDuePrincipalSpread: z.boolean().default(false),
});

/** Gives up all that is owed; what comes in later is a recovery. */
const WriteOff = z.strictObject({
  kind: z.literal('WriteOff'),
  id: EventId,
  valueDate: BusinessDate,
});

/** Everything that can happen to a loan after payout. */
export const LoanEvent = z.discriminatedUnion('kind', [
  Payment,
  Reversal,
  Charge,
  Restructuring,
  WriteOff,
]);
export type LoanEvent = z.infer<typeof LoanEvent>;
export type Payment = z.infer<typeof Payment>;
export type Restructuring = z.infer<typeof Restructuring>;
export type Charge = z.infer<typeof Charge>;

/** An event that changes the account; a reversal only takes one away. */
export type PlayedEvent = Exclude<LoanEvent, z.infer<typeof Reversal>>;

/** On one day: what falls due, then what is paid, then what is agreed, then what is given up. */
const RANK: Record<PlayedEvent['kind'], number> = {
  Charge: 0,
  Payment: 1,
  Restructuring: 2,
  WriteOff: 3,
};

/** The events that count, in value-date order, whatever order they arrived in: reversed payments are gone. */
export function inValueOrder(events: readonly LoanEvent[]): readonly PlayedEvent[] {
  const reversed = new Set(
    events.flatMap((event) => (event.kind === 'Reversal' ? [event.paymentId] : [])),
  );
  return events
    .filter((event) => event.kind !== 'Reversal')
    .filter(({ id }) => !reversed.has(id))
    .toSorted(
      (a, b) =>
        compare(a.valueDate, b.valueDate) || RANK[a.kind] - RANK[b.kind] || compare(a.id, b.id),
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
