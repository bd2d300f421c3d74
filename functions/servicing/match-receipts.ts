import * as z from 'zod';
import { LoanId } from '#domain/shared/primitives.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { noticeDependencies } from '#platform/notice-dependencies.ts';
import { matchSuspended } from '#platform/take-receipt.ts';

/** A loan was paid out: money that named it before it was is posted now. */
export const handler = eventConsumer({
  detail: z.object({ loanId: LoanId }),
  dependencies: noticeDependencies,
  run: ({ loanId }, dependencies) => matchSuspended(loanId, dependencies),
});
