import * as z from 'zod';

const about = { reference: z.string().min(1).max(64) };

/** What the bank reports of an order it was given, a payout or a debit, under the reference we gave it. */
export const BankAnswer = z.discriminatedUnion('status', [
  z.object({
    ...about,
    status: z.literal('Paid'),
    bankReference: z.string().min(1).max(100),
    amountFen: z.int().positive(),
    valueDate: z.iso.date(),
  }),
  z.object({ ...about, status: z.literal('Refused'), reason: z.string().max(200) }),
  z.object({ ...about, status: z.literal('Processing') }),
]);
