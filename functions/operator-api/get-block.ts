import { businessDateOf } from '#domain/shared/calendar.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { blockReading } from './block-dependencies.ts';
import { BlockParameters, BlockView, viewBlock } from './block-view.ts';

export const getBlockRoute = describeRoute({
  operationId: 'getBlock',
  summary: 'One block, also when it is over, with the version that a decision must name',
  method: 'GET',
  path: '/ops/blocks/{blockId}',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor', 'Auditor'],
  parameters: BlockParameters,
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: BlockView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getBlockRoute,
  dependencies: blockReading,
  run: async ({ parameters }, { blocks, now }) => {
    const block = existing(await blocks.find(parameters.blockId), 'such block');
    return { body: viewBlock(block, businessDateOf(now().getTime())) };
  },
});
