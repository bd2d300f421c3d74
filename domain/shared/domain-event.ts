import * as z from 'zod';
import { Instant } from './primitives.ts';

/** A domain event, written inside the aggregate by the very write that makes it true. No personal data. */
export const DomainEvent = z.object({
  type: z.string(),
  at: Instant,
  /** `partner:…`, `operator:…`, `workflow` or `provider:…`. */
  actor: z.string(),
  facts: z.record(z.string(), z.unknown()),
});
export type DomainEvent = z.infer<typeof DomainEvent>;
