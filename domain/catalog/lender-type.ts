import * as z from 'zod';

/** What licence a funder lends under; most regulatory limits depend on it. */
export const LenderType = z.enum([
  'Bank',
  'ConsumerFinance',
  'Microloan',
  'OnlineMicroloan',
  'Trust',
]);
export type LenderType = z.infer<typeof LenderType>;
