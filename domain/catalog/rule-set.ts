import * as z from 'zod';
import { ReasonCode } from '../applications/application.ts';
import { Text } from './texts.ts';

/** Whole numbers and yes/no only: money is fen, ratios are basis points. Nothing is compared as a fraction. */
const Condition = z.strictObject({
  fact: z.string().min(1),
  is: z.enum(['Above', 'AtLeast', 'Below', 'AtMost', 'Equal']),
  value: z.union([z.int(), z.boolean(), z.string()]),
});
export type Condition = z.infer<typeof Condition>;

/** One rule: when every condition holds, it hits. */
export const Rule = z.strictObject({
  ruleId: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
  description: Text,
  when: z.array(Condition).min(1),
  outcome: z.enum(['Decline', 'Refer']),
  reasonCode: ReasonCode,
});
export type Rule = z.infer<typeof Rule>;

/** The lender's rules as versioned data. */
export const RuleSet = z.object({
  ruleSetId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  version: z.int().min(1),
  name: Text,
  rules: z.array(Rule).min(1),
});
export type RuleSet = z.infer<typeof RuleSet>;
