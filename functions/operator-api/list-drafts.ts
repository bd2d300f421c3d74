import * as z from 'zod';
import { CatalogDraft, DraftId } from '#domain/catalog/draft.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { draftReading, DraftView } from './draft-view.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

const DraftLine = DraftView.omit({ content: true });

export const listDraftsRoute = describeRoute({
  operationId: 'listDrafts',
  summary: 'Drafts of catalog items in one status, the newest first',
  method: 'GET',
  path: '/ops/catalog/drafts',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Administrator', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    status: CatalogDraft.shape.status.default('Submitted'),
    ...pageQuery({ size: 50, atMost: 50 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(DraftLine), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listDraftsRoute,
  dependencies: draftReading,
  run: async ({ query }, { drafts }) => {
    const { status, cursor, limit } = query;
    const Key = z.strictObject({ draftId: DraftId, status: z.literal(status), createdAt: Instant });
    const page = await drafts.list(status, { limit, after: pageKeyIn(cursor, Key) });
    return { body: { items: [...page.items], ...operatorCursor(page.next) } };
  },
});
