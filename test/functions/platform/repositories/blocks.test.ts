import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideLift, endBlock, requestLift, type Block } from '#domain/blocks/block.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { PageKey } from '#domain/shared/page.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryBlocks } from '#test/support/in-memory-blocks.ts';
import { aBlock, anAct } from '../../../domain/blocks/block-builders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const kinds: readonly [string, () => Blocks][] = [
  ['DynamoBlocks', () => new DynamoBlocks(database.documents, 'Blocks')],
  ['InMemoryBlocks', () => new InMemoryBlocks()],
];

describe.each(kinds)('%s', (kind, make) => {
  const blockOf = (name: string, blockedUntilOn?: string): Block =>
    aBlock({ borrowerKey: `${kind} ${name}`, blockedUntilOn });

  it('finds what it stored, and nothing else', async () => {
    const blocks = make();
    const block = blockOf('found');
    expect(await blocks.find(block.blockId)).toBeUndefined();
    await blocks.replace(block);
    expect(await blocks.find(block.blockId)).toEqual(block);
    expect(await blocks.find(blockOf('other').blockId)).toBeUndefined();
  });

  it('stores a version only upon the one it was made from', async () => {
    const blocks = make();
    const block = blockOf('conflict');
    await blocks.replace(block);
    await expect(blocks.replace(block)).rejects.toThrow(ConcurrentChange);
    const asked = requestLift(block, { reason: 'ReasonGone' }, anAct());
    await blocks.replace(asked);
    await expect(blocks.replace(asked)).rejects.toThrow(ConcurrentChange);
    expect(await blocks.find(block.blockId)).toEqual(asked);
  });

  it('lists what stands on a day and what is over, the first to end first, page by page', async () => {
    const blocks = make();
    const [never, late, last, over] = [
      blockOf('never'),
      blockOf('late', '2027-06-30'),
      blockOf('last', '2027-01-10'),
      blockOf('over', '2027-01-09'),
    ];
    const lifted = requestLift(blockOf('lifted'), { reason: 'ReasonGone' }, anAct());
    for (const block of [never, late, last, over]) await blocks.replace(block);
    await blocks.replace(blockOf('lifted'));
    await blocks.replace(lifted);
    const checker = anAct({ operatorId: 'operator-checker' });
    await blocks.replace(decideLift(lifted, { outcome: 'Approve', version: 2 }, checker));

    const mine = new Set([never, late, last, over, lifted].map(({ blockId }) => blockId));
    const standing: string[] = [];
    let after: PageKey | undefined;
    do {
      const page = await blocks.listStanding('2027-01-10', { limit: 2, after });
      expect(page.items.length).toBeLessThanOrEqual(2);
      standing.push(...page.items.map(({ blockId }) => blockId));
      after = page.next;
    } while (after !== undefined);
    expect(standing.filter((id) => mine.has(id))).toEqual([last, late, never].map(idOf));

    const listOver = async () =>
      (await blocks.listOver('2027-01-10', { limit: 100 })).items.map(idOf);
    expect((await listOver()).filter((id) => mine.has(id))).toEqual([idOf(over)]);
    const ended = endBlock(over, { at: '2027-01-10T03:30:00.000Z', today: '2027-01-10' });
    if (ended !== undefined) await blocks.replace(ended);
    expect((await listOver()).filter((id) => mine.has(id))).toEqual([]);
  });
});

function idOf({ blockId }: Block): string {
  return blockId;
}
