import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { withdrawMarketingConsent } from '#domain/applications/withdraw-consent.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { type Idempotency, replayedHeader } from './api-route.ts';
import { wasApplied } from './applied-before.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

/** The only consent that may be taken back alone: the others are what a loan is decided and served by. */
export const ConsentWithdrawal = z.strictObject({ purpose: z.literal('Marketing') });

export const WithdrawnConsent = z.object({
  applicationId: z.string(),
  purpose: z.literal('Marketing'),
  withdrawnAt: Instant,
});

interface WithdrawalRequest {
  readonly actor: string;
  readonly idempotency: Idempotency;
  readonly find: () => Promise<Application>;
}

/**
 * Takes back the consent to marketing of the borrower behind an application: for all their applications, at whichever
 * partner, in one write with the note in this one. From the answer on no campaign gets them.
 */
export function withdrawConsent(
  { actor, idempotency, find }: WithdrawalRequest,
  { applications, now }: { readonly applications: Applications; readonly now: () => Date },
): Promise<{
  body: z.infer<typeof WithdrawnConsent>;
  headers: Readonly<Record<string, string>>;
}> {
  return retryOnConflict(async () => {
    const application = await find();
    const { applicationId, consentWithdrawals = [] } = application;
    const known = wasApplied(application.applied, idempotency)
      ? consentWithdrawals.at(-1)
      : undefined;
    if (known !== undefined)
      return {
        body: { applicationId, purpose: 'Marketing' as const, withdrawnAt: known.withdrawnAt },
        headers: replayedHeader,
      };
    const at = now().toISOString();
    const applied = { [idempotency.mark]: idempotency.bodyHash };
    await applications.replaceWithdrawingMarketing(
      withdrawMarketingConsent(application, { at, actor, applied }),
      at,
    );
    return {
      body: { applicationId, purpose: 'Marketing' as const, withdrawnAt: at },
      headers: {},
    };
  });
}
