import * as z from 'zod';
import { CatalogKindName, draftItem } from '#domain/catalog/draft.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { DraftView, draftWriting, viewDraft } from './draft-view.ts';

export const draftCatalogItemRoute = describeRoute({
  operationId: 'draftCatalogItem',
  summary:
    'Write a version of a catalog item that is not published yet; checked as it would be loaded',
  method: 'POST',
  path: '/ops/catalog/drafts',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Administrator'],
  parameters: Nothing,
  query: Nothing,
  body: z.strictObject({ kind: CatalogKindName, content: z.record(z.string(), z.unknown()) }),
  status: 201,
  answer: DraftView,
  problems: ['IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: draftCatalogItemRoute,
  dependencies: draftWriting,
  run: ({ caller, body, idempotency }, { drafts, keys, now }) => {
    const at = now();
    const { operatorId } = caller;
    const call = { keys, callerId: operatorId, idempotency, at, answer: DraftView };
    return answerOnce(call, async () => {
      const draft = draftItem({
        ...body,
        operatorId,
        at: at.toISOString(),
        today: businessDateOf(at.getTime()),
      });
      const known = await drafts.find(draft.draftId);
      if (known === undefined) await drafts.create(draft);
      return viewDraft(known ?? draft);
    });
  },
});
