import type { Notice } from '#domain/notification/notice.ts';
import type { Notices } from '#domain/notification/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { InMemoryItems } from './in-memory-items.ts';
import { pageOf } from './in-memory-pages.ts';

const keyOf = ({ loanId, noticeId }: { loanId: string; noticeId: string }): string =>
  `${loanId}/${noticeId}`;

export class InMemoryNotices implements Notices {
  readonly #items = new InMemoryItems<Notice>();

  find(key: { readonly loanId: string; readonly noticeId: string }): Promise<Notice | undefined> {
    return Promise.resolve(this.#items.find(keyOf(key)));
  }

  add(notice: Notice): Promise<boolean> {
    return this.replace(notice).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConcurrentChange) return false;
        throw error;
      },
    );
  }

  replace(next: Notice): Promise<void> {
    return Promise.resolve().then(() => {
      this.#items.store(keyOf(next), next);
    });
  }

  listWaiting(
    { shard, until }: { readonly shard: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<{ loanId: string; noticeId: string }>> {
    const items = this.#items
      .all()
      .filter(({ waitingShard, sendAt }) => waitingShard === shard && (sendAt ?? '') <= until)
      .sort((a, b) => ((a.sendAt ?? '') < (b.sendAt ?? '') ? -1 : 1))
      .map(({ loanId, noticeId }) => ({ loanId, noticeId }));
    return Promise.resolve(pageOf(items, page));
  }

  listByLoan(loanId: string, page: PageRequest): Promise<Page<Notice>> {
    const items = this.#items
      .all()
      .filter((notice) => notice.loanId === loanId)
      .sort((a, b) => (a.noticeId < b.noticeId ? -1 : 1));
    return Promise.resolve(pageOf(items, page));
  }
}
