import * as z from 'zod';
import { PersonalDataRequestId } from '#domain/shared/primitives.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { retentionDependencies, type RetentionDependencies } from './retention-dependencies.ts';
import { completeIfDone, retentionToday, settleRetention } from './settle-retention.ts';

export const RequestDecided = z.looseObject({ requestId: PersonalDataRequestId });

/** Does what was decided of a request: at once where it can be, by the sweep on the date where it cannot. */
export async function runCarryOutRequest(
  { requestId }: z.infer<typeof RequestDecided>,
  dependencies: RetentionDependencies,
): Promise<{ outcome: 'Done' | 'Waiting' }> {
  const request = existing(await dependencies.requests.find(requestId), `request ${requestId}`);
  const today = await retentionToday(dependencies);
  if (request.status === 'Decided')
    for (const { applicationId, outcome } of request.decisions)
      if (outcome !== 'Keep')
        await settleRetention(applicationId, today, { ...dependencies, requestId });
  return { outcome: await completeIfDone(requestId, dependencies) };
}

export const handler = eventConsumer({
  detail: RequestDecided,
  dependencies: retentionDependencies,
  run: runCarryOutRequest,
});
