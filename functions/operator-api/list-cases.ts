import * as z from 'zod';
import { isResting, type CollectionCase } from '#domain/collections/case.ts';
import { Bucket } from '#domain/loans/loan.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseView, viewCase } from './case-view.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

export const listCasesRoute = describeRoute({
  operationId: 'listCases',
  summary: 'The open collection cases of a lender, the longest open first',
  method: 'GET',
  path: '/ops/cases',
  caller: 'Operator',
  roles: ['Collector', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    lenderId: z.string().min(1).max(80),
    /** What else is to hold; a page of fewer, or none, may have a next one. */
    bucket: Bucket.optional(),
    agencyId: z.string().min(1).max(80).optional(),
    isResting: z.stringbool().optional(),
    ...pageQuery({ size: 50, atMost: 100 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(CaseView), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listCasesRoute,
  dependencies: caseDependencies,
  run: async ({ query }, { cases, now }) => {
    const { lenderId, cursor, limit } = query;
    const Key = z.strictObject({
      openLenderId: z.literal(lenderId),
      openedAt: z.string(),
      borrowerKey: z.string(),
      record: z.string(),
    });
    const after = pageKeyIn(cursor, Key);
    const page = await cases.listOpen(lenderId, { limit, after });
    const on = businessDateOf(now().getTime());
    const items = page.items.filter((each) => fits(each, query)).map((each) => viewCase(each, on));
    return { body: { items, ...operatorCursor(page.next) } };
  },
});

function fits(
  collectionCase: CollectionCase,
  wish: {
    readonly bucket?: string | undefined;
    readonly agencyId?: string | undefined;
    readonly isResting?: boolean | undefined;
  },
): boolean {
  const { loans, assignment } = collectionCase;
  return (
    (wish.bucket === undefined || loans.some(({ bucket }) => bucket === wish.bucket)) &&
    (wish.agencyId === undefined || assignment?.agencyId === wish.agencyId) &&
    (wish.isResting === undefined || isResting(collectionCase) === wish.isResting)
  );
}
