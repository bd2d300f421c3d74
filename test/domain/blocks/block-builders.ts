import type { Block, BlockAct, BlockEntry } from '#domain/blocks/block.ts';
import { enterBlock } from '#domain/blocks/block.ts';
import { applicationIdOf } from '#domain/shared/ids.ts';

export function aBlockEntry(entry: Partial<BlockEntry> = {}): BlockEntry {
  return {
    borrowerKey: 'b'.repeat(64),
    applicationId: applicationIdOf('demo-partner', 'blocks'),
    reason: 'ConfirmedFraud',
    ...entry,
  };
}

export function anAct(act: Partial<BlockAct> = {}): BlockAct {
  return {
    at: '2026-11-26T02:00:00.000Z',
    operatorId: 'operator-maker',
    today: '2026-11-26',
    ...act,
  };
}

export function aBlock(entry: Partial<BlockEntry> = {}): Block {
  return enterBlock(undefined, aBlockEntry(entry), anAct());
}
