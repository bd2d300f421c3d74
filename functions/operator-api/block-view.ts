import * as z from 'zod';
import { Block, isStanding } from '#domain/blocks/block.ts';
import { blockReasonTexts, liftReasonTexts } from '#domain/blocks/block-reasons.ts';
import { Text } from '#domain/catalog/texts.ts';
import { BlockId } from '#domain/shared/primitives.ts';

export const BlockParameters = z.object({ blockId: BlockId });

/** A block as operators see it, the reasons also in words. The name the person goes by is nobody's to see. */
export const BlockView = Block.pick({
  blockId: true,
  version: true,
  status: true,
  applicationId: true,
  loanId: true,
  reason: true,
  note: true,
  blockedAt: true,
  blockedBy: true,
  blockedUntilOn: true,
  liftedBy: true,
})
  .extend({
    /** Whether applications are declined for it today. */
    isStanding: z.boolean(),
    reasonText: Text,
    lift: Block.shape.lift.unwrap().extend({ reasonText: Text }).optional(),
  })
  .meta({ id: 'Block' });
export type BlockView = z.infer<typeof BlockView>;

export function viewBlock(block: Block, today: string): BlockView {
  const { lift, ...facts } = block;
  return BlockView.parse({
    ...facts,
    isStanding: isStanding(block, today),
    reasonText: blockReasonTexts[block.reason],
    ...(lift && { lift: { ...lift, reasonText: liftReasonTexts[lift.reason] } }),
  });
}
