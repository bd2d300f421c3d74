import * as z from 'zod';
import { isResting, type CollectionCase } from '#domain/collections/case.ts';
import { Bucket } from '#domain/loans/loan.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { ApiProblem } from '#platform/problem.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseView, viewCase } from './case-view.ts';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 100;

const Cursor = z.strictObject({
  openLenderId: z.string(),
  openedAt: z.string(),
  borrowerKey: z.string(),
  record: z.string(),
});

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
    cursor: z.string().max(2000).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
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
    const after = cursor === undefined ? undefined : keyOf(cursor, lenderId);
    const page = await cases.listOpen(lenderId, { limit, after });
    const on = businessDateOf(now().getTime());
    const items = page.items.filter((each) => fits(each, query)).map((each) => viewCase(each, on));
    if (page.next === undefined) return { body: { items } };
    const nextCursor = Buffer.from(JSON.stringify(page.next)).toString('base64url');
    return { body: { items, nextCursor } };
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

function keyOf(cursor: string, lenderId: string): z.infer<typeof Cursor> {
  const key = Cursor.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (key.data?.openLenderId !== lenderId)
    throw new ApiProblem('InvalidInput', 'some fields do not fit, see errors', [
      { path: 'cursor', message: 'not a cursor of this list' },
    ]);
  return key.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
