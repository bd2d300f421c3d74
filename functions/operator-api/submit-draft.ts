import { submitDraft } from '#domain/catalog/draft.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { DraftParameters, DraftView, draftWriting, viewDraft } from './draft-view.ts';

export const submitDraftRoute = describeRoute({
  operationId: 'submitDraft',
  summary: 'Hand a draft in for approval by somebody else',
  method: 'POST',
  path: '/ops/catalog/drafts/{draftId}/submission',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Administrator'],
  parameters: DraftParameters,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: DraftView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: submitDraftRoute,
  dependencies: draftWriting,
  run: ({ caller, parameters, idempotency }, { drafts, keys, now }) => {
    const at = now();
    const { operatorId } = caller;
    const call = { keys, callerId: operatorId, idempotency, at, answer: DraftView };
    return answerOnce(call, () =>
      retryOnConflict(async () => {
        const draft = existing(await drafts.find(parameters.draftId), 'such draft');
        // A repeat whose first answer was lost finds its own work done.
        if (draft.status === 'Submitted' && draft.submittedBy === operatorId)
          return viewDraft(draft);
        const submitted = submitDraft(draft, { operatorId, at: at.toISOString() });
        await drafts.replace(submitted);
        return viewDraft(submitted);
      }),
    );
  },
});
