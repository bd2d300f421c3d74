import type { Application } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import { dueQueueOf } from './retention-queue.ts';

/**
 * The application as it is kept for a law and for its contract alone. Undefined: it is restricted already. Until a loan has
 * ended nobody knows until when; the sweep then finds it where it finds every application that became a loan.
 */
export function restrictApplication(
  application: Application,
  restriction: {
    readonly requestId: string;
    readonly at: string;
    readonly until: string | undefined;
  },
): Application | undefined {
  if (application.restriction !== undefined) return undefined;
  const { applicationId, partnerId } = application;
  const { requestId, at, until } = restriction;
  return changeApplication(application, {
    isAfterClose: true,
    patch: {
      restriction: { requestId, since: at, ...(until === undefined ? {} : { until }) },
      ...(until === undefined ? {} : scheduled(applicationId, until)),
    },
    event: {
      type: 'ApplicationRestricted',
      at,
      actor: 'workflow',
      facts: { applicationId, partnerId, requestId, ...(until === undefined ? {} : { until }) },
    },
  });
}

/** The application under the date on which the sweep is to look at it. Undefined: it stands there already. */
export function scheduleRetention(
  application: Application,
  schedule: { readonly at: string; readonly on: string; readonly because: string },
): Application | undefined {
  const { applicationId, partnerId } = application;
  const { at, on, because } = schedule;
  const place = scheduled(applicationId, on);
  if (application.retentionQueue === place.retentionQueue && application.retentionOn === on)
    return undefined;
  return changeApplication(application, {
    isAfterClose: true,
    patch: place,
    event: {
      type: 'ApplicationRetentionSet',
      at,
      actor: 'workflow',
      facts: { applicationId, partnerId, on, because },
    },
  });
}

function scheduled(applicationId: string, on: string) {
  return { retentionQueue: dueQueueOf(applicationId), retentionOn: on };
}
