import type { Application } from '../applications/application.ts';

/** What the partner is told when a person has looked at a decline again. */
export interface ReviewMessage {
  readonly type: 'application.review_upheld' | 'application.review_overturned';
  readonly timestamp: string;
  readonly data: {
    readonly applicationId: string;
    readonly externalId: string;
    readonly outcome: 'Upheld' | 'Overturned';
    /** The application that follows an overturned decline: the partner follows it from here on. */
    readonly successorId?: string;
  };
}

/** Ids and what it came to; undefined while nobody has concluded it. What was found stands in the application. */
export function reviewMessage({
  applicationId,
  externalId,
  declineReview,
}: Application): ReviewMessage | undefined {
  const { outcome, concludedAt, successorId } = declineReview ?? {};
  if (concludedAt === undefined || outcome === undefined || outcome === 'Open') return undefined;
  return {
    type: outcome === 'Upheld' ? 'application.review_upheld' : 'application.review_overturned',
    timestamp: concludedAt,
    data: {
      applicationId,
      externalId,
      outcome,
      ...(successorId === undefined ? {} : { successorId }),
    },
  };
}
