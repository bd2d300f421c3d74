import * as z from 'zod';
import { CatalogDraft, DraftId } from '#domain/catalog/draft.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { draftReading, DraftView } from './draft-view.ts';
import { operatorCursor, pageKeyIn } from './operator-cursor.ts';

const PAGE_SIZE = 50;
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
    cursor: z.base64url().max(2000).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE).default(PAGE_SIZE),
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
