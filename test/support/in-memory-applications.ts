import type { Application } from '#domain/applications/application.ts';
import {
  ApplicationSummary,
  type Applications,
  type RememberedRequest,
  type Submission,
} from '#domain/applications/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { InMemoryIdempotencyKeys } from './in-memory-idempotency-keys.ts';
import { InMemoryItems } from './in-memory-items.ts';
import { pageOf } from './in-memory-pages.ts';

export class InMemoryApplications implements Applications {
  readonly keys = new InMemoryIdempotencyKeys();
  readonly #items = new InMemoryItems<Application>();
  readonly #holders = new Map<string, string>();
  readonly #withdrawals = new Map<string, string>();

  find(applicationId: string): Promise<Application | undefined> {
    return Promise.resolve(this.#items.find(applicationId));
  }

  submit(application: Application, request: RememberedRequest): Promise<Submission> {
    const first = this.keys.peek(request.callerKey);
    if (first !== undefined) return Promise.resolve({ outcome: 'Repeated', ...first });
    if (!this.#items.mayStore(application.applicationId, application))
      return Promise.resolve({ outcome: 'ExternalIdTaken' });
    this.#items.store(application.applicationId, application);
    this.keys.put(request);
    return Promise.resolve({ outcome: 'Stored' });
  }

  create(application: Application): Promise<void> {
    return this.replace(application);
  }

  replace(next: Application): Promise<void> {
    return attempt(() => {
      this.#items.store(next.applicationId, next);
    });
  }

  replaceHoldingBorrower(next: Application): Promise<'Stored' | 'BorrowerBusy'> {
    return attempt(() => {
      this.#assertFresh(next);
      if (!this.#isFree(next)) return 'BorrowerBusy' as const;
      this.#items.store(next.applicationId, next);
      this.#holders.set(next.borrowerKey, next.applicationId);
      return 'Stored' as const;
    });
  }

  replaceReleasingBorrower(next: Application): Promise<void> {
    return attempt(() => {
      this.#items.store(next.applicationId, next);
      if (this.#isFree(next)) this.#holders.delete(next.borrowerKey);
    });
  }

  replaceWithdrawingMarketing(next: Application, withdrawnAt: string): Promise<void> {
    return attempt(() => {
      this.#items.store(next.applicationId, next);
      const known = this.#withdrawals.get(next.borrowerKey) ?? withdrawnAt;
      this.#withdrawals.set(next.borrowerKey, known > withdrawnAt ? known : withdrawnAt);
    });
  }

  marketingWithdrawnAt(borrowerKey: string): Promise<string | undefined> {
    return Promise.resolve(this.#withdrawals.get(borrowerKey));
  }

  listByPartner(
    filter: { readonly partnerId: string; readonly status?: Application['status'] | undefined },
    page: PageRequest,
  ): Promise<Page<ApplicationSummary>> {
    const items = this.#items
      .all()
      .filter(({ partnerId }) => partnerId === filter.partnerId)
      .filter(({ status }) => filter.status === undefined || status === filter.status)
      .sort((a, b) => (a.submittedAt < b.submittedAt ? 1 : -1))
      .map((item) => ApplicationSummary.parse(item));
    return Promise.resolve(pageOf(items, page));
  }

  #isFree({ borrowerKey, applicationId }: Application): boolean {
    const holder = this.#holders.get(borrowerKey);
    return holder === undefined || holder === applicationId;
  }

  #assertFresh(next: Application): void {
    if (!this.#items.mayStore(next.applicationId, next))
      throw new ConcurrentChange(`application ${next.applicationId} changed since it was read`);
  }
}

/** Runs now, fails as a promise would. */
function attempt<Result>(work: () => Result): Promise<Result> {
  return Promise.resolve().then(work);
}
