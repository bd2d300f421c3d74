import * as z from 'zod';
import { BlockView } from '../../functions/operator-api/block-view.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';

const Listed = z.object({ items: z.array(BlockView), nextCursor: z.string().optional() });

/** Every block that stands today, page after page. */
export async function listBlocks(operator: PlatformClient): Promise<readonly BlockView[]> {
  const blocks: BlockView[] = [];
  let query = '';
  for (;;) {
    const page = Listed.parse(await operator.get(`/ops/blocks${query}`));
    blocks.push(...page.items);
    if (page.nextCursor === undefined) return blocks;
    query = `?cursor=${page.nextCursor}`;
  }
}

/** Blocks whoever an application or a loan belongs to. */
export async function addBlock(
  operator: PlatformClient,
  given: {
    readonly id: string;
    readonly reason: string;
    readonly note?: string | undefined;
    readonly until?: string | undefined;
  },
): Promise<BlockView> {
  const { id, reason, note, until } = given;
  const named = id.startsWith('loan_') ? { loanId: id } : { applicationId: id };
  const body = { ...named, reason, note, blockedUntilOn: until };
  return BlockView.parse((await operator.post('/ops/blocks', body)).body);
}

export async function showBlock(operator: PlatformClient, blockId: string): Promise<BlockView> {
  return BlockView.parse(await operator.get(pathOf(blockId)));
}

export async function askToLift(
  operator: PlatformClient,
  blockId: string,
  wish: { readonly reason: string; readonly note?: string | undefined },
): Promise<BlockView> {
  const { body } = await operator.post(`${pathOf(blockId)}/lift-requests`, wish);
  return BlockView.parse(body);
}

export async function decideLift(
  operator: PlatformClient,
  blockId: string,
  verdict: { readonly outcome: string; readonly version: number },
): Promise<BlockView> {
  const { body } = await operator.post(`${pathOf(blockId)}/lift-decisions`, verdict);
  return BlockView.parse(body);
}

function pathOf(blockId: string): string {
  return `/ops/blocks/${encodeURIComponent(blockId)}`;
}

/** The list for a person. */
export function describeBlocks(blocks: readonly BlockView[]): string[] {
  const rows = blocks.map(({ blockId, applicationId, reasonText, blockedUntilOn = '', status }) => [
    blockId,
    applicationId,
    reasonText.zh,
    reasonText.en,
    blockedUntilOn,
    status === 'LiftRequested' ? 'to be decided' : '',
  ]);
  return [
    ...tableOf([['block', 'by', '原因', 'reason', 'until', 'lift'], ...rows], 160),
    `${String(blocks.length)} blocked`,
  ];
}

/** One block for a person. */
export function describeBlock(block: BlockView): string[] {
  const { blockId, version, applicationId, loanId, reasonText, note, lift } = block;
  const until = block.blockedUntilOn === undefined ? 'until lifted' : `to ${block.blockedUntilOn}`;
  return [
    `${blockId} ${block.status}, ${block.isStanding ? 'in force' : 'not in force'}, version ${String(version)}`,
    `  of the borrower of ${loanId ?? applicationId}, since ${block.blockedAt} ${until}, by ${block.blockedBy}`,
    `  ${reasonText.zh} / ${reasonText.en}${note === undefined ? '' : `: ${note}`}`,
    ...(lift === undefined
      ? []
      : [
          `  to be lifted, says ${lift.requestedBy}: ${lift.reasonText.zh} / ${lift.reasonText.en}${lift.note === undefined ? '' : `: ${lift.note}`}`,
        ]),
    ...(block.liftedBy === undefined ? [] : [`  lifted by ${block.liftedBy}`]),
  ];
}
