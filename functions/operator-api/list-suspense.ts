import * as z from 'zod';
import { Receipt } from '#domain/servicing/receipt.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';
import { operatorDependencies } from './operator-dependencies.ts';

const Cursor = z.strictObject({
  receiptId: z.string().max(40),
  record: z.literal('receipt'),
  queue: z.literal('Suspense'),
  receivedAt: Instant,
});

/** Money that arrived, as people see it. */
export const ReceiptView = Receipt.pick({
  receiptId: true,
  state: true,
  bankId: true,
  amountFen: true,
  valueDate: true,
  receivedAt: true,
  reportedBy: true,
  confirmedAt: true,
  loanId: true,
  suspendedBecause: true,
  matchKey: true,
}).meta({ id: 'Receipt' });

export const listSuspenseRoute = describeRoute({
  operationId: 'listSuspense',
  summary: 'Money nobody can be credited with yet, the oldest first',
  method: 'GET',
  path: '/ops/receipts',
  caller: 'Operator',
  roles: ['Reviewer', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    ...pageQuery({ size: 50, atMost: 100 }),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(ReceiptView), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listSuspenseRoute,
  dependencies: operatorDependencies,
  run: async ({ query }, { receipts }) => {
    const after = pageKeyIn(query.cursor, Cursor);
    const { items, next } = await receipts.listSuspense({ limit: query.limit, after });
    return { body: { items: [...items], ...operatorCursor(next) } };
  },
});
