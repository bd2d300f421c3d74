import * as z from 'zod';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { countDecision, countVerdict } from '#domain/underwriting/model-watch/count-decision.ts';
import type { ModelCounters } from '#domain/underwriting/model-watch/ports.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { cardOfDecision, type DecisionReaders } from './card-of-decision.ts';
import { watchDependencies } from './watch-dependencies.ts';

const DecisionTold = z.object({ applicationId: ApplicationId, actor: z.string() });

export interface CountDecisionDependencies extends DecisionReaders {
  readonly counters: ModelCounters;
}

/** Counts each decision once under its card, and what people then made of it. */
export async function runCountDecision(
  { applicationId, actor }: z.infer<typeof DecisionTold>,
  { counters, ...readers }: CountDecisionDependencies,
  { eventType }: { readonly eventType: string },
): Promise<void> {
  const decided = await cardOfDecision(applicationId, readers);
  // Declined before any card was asked, or by a card that was set by judgement.
  if (decided === undefined) return;
  const { card, record } = decided;
  await counters.count(countDecision(card, record));
  if (!actor.startsWith('operator:')) return;
  const verdict = countVerdict(
    card,
    record,
    eventType === 'ApplicationApproved' ? 'Approved' : 'Declined',
  );
  if (verdict !== undefined) await counters.count(verdict);
}

export const handler = eventConsumer({
  detail: DecisionTold,
  dependencies: watchDependencies,
  run: runCountDecision,
});
