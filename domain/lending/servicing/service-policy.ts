import * as z from 'zod';

/** What a payment can pay, in the words of the books. */
export const Component = z.enum(['Cost', 'Penalty', 'Fee', 'Interest', 'Principal']);
export type Component = z.infer<typeof Component>;

/** How old a due amount is on the day of a payment. */
export const DueAge = z.enum(['PastDue', 'Due', 'Future']);
export type DueAge = z.infer<typeof DueAge>;

const AllocationPart = z.templateLiteral([DueAge, Component]);
export type AllocationPart = z.infer<typeof AllocationPart>;

/** Civil Code art. 561: costs of enforcement, then interest, then principal, the oldest installment first. */
export const legalOrder: readonly AllocationPart[] = DueAge.options.flatMap((age) =>
  Component.options.map((component): AllocationPart => `${age}${component}`),
);

const Share = z.string().regex(/^[01](\.\d{1,8})?$/, 'a decimal string such as "0.5000"');

/** How a contract is served after payout; frozen with it. */
export const ServicePolicy = z.strictObject({
  allocation: z
    .strictObject({
      /** Parts in the order they are paid. A part left out is never paid that way. */
      order: z.array(AllocationPart).min(1).readonly().default(legalOrder),
      /** Within one age: installment by installment, or component by component over all installments. */
      within: z.enum(['Installment', 'Component']).default('Installment'),
      /** Which installment money in advance goes to. */
      future: z.enum(['Next', 'Last']).default('Next'),
    })
    .prefault({}),
  penalty: z.strictObject({
    /** 银发〔2003〕251号: so much on the contract rate when late. By the product, within the range of the policy pack. */
    uplift: Share,
    /** Interest, penalty and all together: a year of 365 days may not cost more. By the policy pack of the contract's date. */
    capAnnual: Share,
    /** Whether unpaid interest bears the penalty too. */
    isCompound: z.boolean().default(false),
    graceDays: z.int().min(0).max(30).default(0),
    /** Civil Code art. 203: a due date on a holiday may be kept on the next business day. */
    holidayRoll: z.enum(['None', 'NextBusinessDay']).default('NextBusinessDay'),
  }),
});
export type ServicePolicy = z.infer<typeof ServicePolicy>;
