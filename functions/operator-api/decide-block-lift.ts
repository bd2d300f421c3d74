import * as z from 'zod';
import { decideLift, type Block } from '#domain/blocks/block.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { answerOnce } from '#platform/remembered-requests.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { actOf, blockWriting } from './block-dependencies.ts';
import { BlockParameters, BlockView, viewBlock } from './block-view.ts';

export const decideBlockLiftRoute = describeRoute({
  operationId: 'decideBlockLift',
  summary:
    'Lift a block that somebody else asked to lift, or let it stand; bound to the version that was shown',
  method: 'POST',
  path: '/ops/blocks/{blockId}/lift-decisions',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: BlockParameters,
  query: Nothing,
  body: z.strictObject({ outcome: z.enum(['Approve', 'Refuse']), version: z.int().min(1) }),
  status: 200,
  answer: BlockView,
  problems: ['NotFound', 'Forbidden', 'InvalidTransition', 'IdempotencyKeyReused'],
});

type Verdict = z.infer<typeof decideBlockLiftRoute.body>;

export const handler = apiRoute({
  description: decideBlockLiftRoute,
  dependencies: () => ({
    ...blockWriting(),
    people: new DynamoPeople(documentClient(), { people: requireEnvironment('PEOPLE_TABLE') }),
  }),
  run: ({ caller, parameters, body, idempotency }, { blocks, people, keys, now }) => {
    const at = now();
    const act = actOf(caller.operatorId, at);
    const call = { keys, callerId: act.operatorId, idempotency, at, answer: BlockView };
    return answerOnce(call, async () => {
      const decided = await retryOnConflict(async () => {
        const block = existing(await blocks.find(parameters.blockId), 'such block');
        if (isDoneBefore(block, body, act.operatorId)) return block;
        const next = decideLift(block, body, act);
        await blocks.replace(next);
        return next;
      });
      // Whom nothing but the block kept: their data were erased meanwhile.
      if (decided.status === 'Lifted') await people.letGo(decided.borrowerKey);
      return viewBlock(decided, act.today);
    });
  },
});

/** A repeat whose first answer was lost finds its own work done. */
function isDoneBefore({ version, event }: Block, verdict: Verdict, operatorId: string): boolean {
  const type = verdict.outcome === 'Approve' ? 'BlockLifted' : 'BlockLiftRefused';
  return (
    version === verdict.version + 1 &&
    event.type === type &&
    event.actor === `operator:${operatorId}`
  );
}
