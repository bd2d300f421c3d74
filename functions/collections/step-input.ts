import * as z from 'zod';
import { completeStep, postponeStep } from '#domain/collections/choose-step.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { existing } from '#platform/existing.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';

export const StepInput = z.object({
  borrowerKey: z.string().min(1),
  lenderId: z.string().min(1),
  number: z.int().min(1),
});
export type StepInput = z.infer<typeof StepInput>;

/** Refused for today: later. Refused for good (the debtor has died): the ladder goes on without it. */
export function putOff(
  { borrowerKey, lenderId, number }: StepInput,
  refused: { readonly because: string; readonly retryAt?: string | undefined },
  { cases, now }: { readonly cases: Cases; readonly now: () => Date },
): Promise<{ outcome: string }> {
  return retryOnConflict(async () => {
    const current = existing(await cases.find(borrowerKey, lenderId), 'such case');
    const at = now().toISOString();
    const { because, retryAt } = refused;
    const on = businessDateOf(Date.parse(at));
    const next =
      retryAt === undefined
        ? completeStep(current, { number, result: because, on, at })
        : postponeStep(current, { number, because, until: retryAt, at });
    if (next !== undefined) await cases.replace(next);
    return { outcome: because };
  });
}
