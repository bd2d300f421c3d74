import type { Block } from '#domain/blocks/block.ts';
import type { Blocks } from '#domain/blocks/ports.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { InMemoryItems } from './in-memory-items.ts';
import { pageOf } from './in-memory-pages.ts';

/** Blocks in memory; what it answers is what DynamoDB answers. */
export class InMemoryBlocks implements Blocks {
  readonly #items = new InMemoryItems<Block>();

  find(blockId: string): Promise<Block | undefined> {
    return Promise.resolve(this.#items.find(blockId));
  }

  replace(next: Block): Promise<void> {
    return Promise.resolve().then(() => {
      this.#items.store(next.blockId, next);
    });
  }

  listStanding(date: string, page: PageRequest): Promise<Page<Block>> {
    return Promise.resolve(
      pageOf(
        this.#listed((until) => until >= date),
        page,
      ),
    );
  }

  listOver(date: string, page: PageRequest): Promise<Page<Block>> {
    return Promise.resolve(
      pageOf(
        this.#listed((until) => until < date),
        page,
      ),
    );
  }

  #listed(isWanted: (until: string) => boolean): Block[] {
    const until = ({ standsUntilOn = '' }: Block): string => standsUntilOn;
    return this.#items
      .all()
      .filter((block) => block.standingQueue !== undefined && isWanted(until(block)))
      .toSorted((a, b) => (until(a) < until(b) ? -1 : 1));
  }
}
