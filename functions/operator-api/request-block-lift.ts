import * as z from 'zod';
import { requestLift } from '#domain/blocks/block.ts';
import { BlockNote } from '#domain/blocks/block-note.ts';
import { LiftReason } from '#domain/blocks/block-reasons.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { actOf, blockWriting } from './block-dependencies.ts';
import { BlockParameters, BlockView, viewBlock } from './block-view.ts';

export const requestBlockLiftRoute = describeRoute({
  operationId: 'requestBlockLift',
  summary: 'Ask that a block be lifted; it stands until a second person agrees',
  method: 'POST',
  path: '/ops/blocks/{blockId}/lift-requests',
  caller: 'Operator',
  roles: ['CreditAnalyst', 'Supervisor'],
  parameters: BlockParameters,
  query: Nothing,
  body: z.strictObject({ reason: LiftReason, note: BlockNote.optional() }),
  status: 202,
  answer: BlockView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: requestBlockLiftRoute,
  dependencies: blockWriting,
  run: ({ caller, parameters, body, idempotency }, { blocks, keys, now }) => {
    const at = now();
    const act = actOf(caller.operatorId, at);
    const call = { keys, callerId: act.operatorId, idempotency, at, answer: BlockView };
    return answerOnce(call, () =>
      retryOnConflict(async () => {
        const block = existing(await blocks.find(parameters.blockId), 'such block');
        // A repeat whose first answer was lost finds its own work done.
        const isDoneBefore =
          block.lift?.requestedBy === act.operatorId && block.lift.reason === body.reason;
        if (block.status === 'LiftRequested' && isDoneBefore) return viewBlock(block, act.today);
        const requested = requestLift(block, body, act);
        await blocks.replace(requested);
        return viewBlock(requested, act.today);
      }),
    );
  },
});
