import type { Application } from './application.ts';
import { changeApplication } from './change-application.ts';

/**
 * The application with the withdrawal of its borrower's consent to marketing (PIPL art. 15): whatever its state, and
 * whether or not it brought a consent. What was done before stays lawful, and the loan is not touched (art. 16).
 */
export function withdrawMarketingConsent(
  application: Application,
  withdrawal: {
    readonly at: string;
    readonly actor: string;
    /** The request that asked for it, so that its repeat is known. */
    readonly applied: Readonly<Record<string, string>>;
  },
): Application {
  const { at, actor, applied } = withdrawal;
  const { applicationId, partnerId, consentWithdrawals = [] } = application;
  return changeApplication(application, {
    isAfterClose: true,
    patch: {
      consentWithdrawals: [...consentWithdrawals, { purpose: 'Marketing', withdrawnAt: at }],
      applied: { ...application.applied, ...applied },
    },
    event: {
      type: 'ConsentWithdrawn',
      at,
      actor,
      facts: { applicationId, partnerId, purpose: 'Marketing' },
    },
  });
}
