import type { BlockAct } from '#domain/blocks/block.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { rememberedRequests } from '#platform/remembered-requests.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { now } from '#platform/time.ts';

export function blockReading() {
  return { blocks: new DynamoBlocks(documentClient(), requireEnvironment('BLOCKS_TABLE')), now };
}

export function blockWriting() {
  return { ...blockReading(), keys: rememberedRequests() };
}

/** Who acts, and when. */
export function actOf(operatorId: string, at: Date): BlockAct {
  return { operatorId, at: at.toISOString(), today: businessDateOf(at.getTime()) };
}
