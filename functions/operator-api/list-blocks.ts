import * as z from 'zod';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { BlockId, BusinessDate } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { blockReading } from './block-dependencies.ts';
import { BlockView, viewBlock } from './block-view.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';

const PAGE_SIZE = 50;

const Cursor = z.strictObject({
  blockId: BlockId,
  standingQueue: z.literal('Standing'),
  standsUntilOn: BusinessDate,
});

export const listBlocksRoute = describeRoute({
  operationId: 'listBlocks',
  summary: 'Blocks that stand today, the first to end first',
  method: 'GET',
  path: '/ops/blocks',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject(pageQuery({ size: PAGE_SIZE, atMost: PAGE_SIZE })),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(BlockView), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listBlocksRoute,
  dependencies: blockReading,
  run: async ({ query }, { blocks, now }) => {
    const today = businessDateOf(now().getTime());
    const key = pageKeyIn(query.cursor, Cursor);
    // A page that ended yesterday, with a block that was over by midnight: what stands today begins after it.
    const after = key !== undefined && key.standsUntilOn >= today ? key : undefined;
    const page = await blocks.listStanding(today, { limit: query.limit, after });
    const items = page.items.map((block) => viewBlock(block, today));
    return { body: { items, ...operatorCursor(page.next) } };
  },
});
