import * as z from 'zod';
import { decideDraft, type CatalogDraft, type DraftVerdict } from '#domain/catalog/draft.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { Sha256Hex } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { DraftParameters, DraftView, draftWriting, viewDraft } from './draft-view.ts';

export const decideDraftRoute = describeRoute({
  operationId: 'decideDraft',
  summary:
    'Approve and publish a draft of somebody else, or reject it; bound to the hash of what was shown',
  method: 'POST',
  path: '/ops/catalog/drafts/{draftId}/approval',
  caller: 'Operator',
  roles: ['Supervisor', 'Administrator'],
  parameters: DraftParameters,
  query: Nothing,
  body: z.strictObject({
    outcome: z.enum(['Approve', 'Reject']),
    contentHash: Sha256Hex,
    note: z.string().max(2000).optional(),
  }),
  status: 200,
  answer: DraftView,
  problems: ['NotFound', 'Forbidden', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: decideDraftRoute,
  dependencies: draftWriting,
  run: ({ caller, parameters, body, idempotency }, { drafts, keys, now }) => {
    const at = now();
    const { operatorId } = caller;
    const verdict = {
      ...body,
      operatorId,
      at: at.toISOString(),
      today: businessDateOf(at.getTime()),
    };
    const call = { keys, callerId: operatorId, idempotency, at, answer: DraftView };
    return answerOnce(call, () =>
      retryOnConflict(async () => {
        const draft = existing(await drafts.find(parameters.draftId), 'such draft');
        if (isDoneBefore(draft, verdict)) return viewDraft(draft);
        const decided = decideDraft(draft, verdict);
        await (body.outcome === 'Approve' ? drafts.publish(decided) : drafts.replace(decided));
        return viewDraft(decided);
      }),
    );
  },
});

/** A repeat whose first answer was lost finds its own work done. */
function isDoneBefore(draft: CatalogDraft, verdict: DraftVerdict): boolean {
  const status = verdict.outcome === 'Approve' ? 'Approved' : 'Rejected';
  return (
    draft.status === status &&
    draft.decidedBy === verdict.operatorId &&
    draft.contentHash === verdict.contentHash
  );
}
