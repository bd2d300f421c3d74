import * as z from 'zod';
import { PartnerId } from '../shared/primitives.ts';
import { Period } from './texts.ts';

/** A firm that sends applications. Its API keys are stored apart, hashed. */
export const Partner = z.object({
  partnerId: PartnerId,
  version: z.int().min(1),
  name: z.string().min(1),
  status: z.enum(['Active', 'Suspended']),
  agreement: Period,
  productIds: z.array(z.string()).min(1),
  /** Where news about its applications is sent (Standard Webhooks); without it the partner asks. */
  webhookUrl: z.url().optional(),
});
export type Partner = z.infer<typeof Partner>;
