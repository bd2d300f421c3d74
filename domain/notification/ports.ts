import type { Page, PageRequest } from '../shared/page.ts';
import type { Notice } from './notice.ts';

/** Where notices are kept. */
export interface Notices {
  find(key: { readonly loanId: string; readonly noticeId: string }): Promise<Notice | undefined>;
  /** False when the notice is known already: its event came again. */
  add(notice: Notice): Promise<boolean>;
  /** Throws `ConcurrentChange` when the stored version is not the one before. */
  replace(next: Notice): Promise<void>;
  /** The waiting notices of a shard whose time has come, the longest waiting first. The index may lag behind. */
  listWaiting(
    due: { readonly shard: string; readonly until: string },
    page: PageRequest,
  ): Promise<Page<{ readonly loanId: string; readonly noticeId: string }>>;
  /** Everything a loan's borrower and partner were told, the oldest first by name. */
  listByLoan(loanId: string, page: PageRequest): Promise<Page<Notice>>;
}
