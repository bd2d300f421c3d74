import { caseRecordOf, type CollectionCase } from '#domain/collections/case.ts';
import type { CaseResult } from '#domain/collections/case-result.ts';
import { emptyContactDay, type Contact, type ContactDay } from '#domain/collections/contact.ts';
import type { Debtor } from '#domain/collections/debtor.ts';
import type { Cases, CaseResults, CaseWait, ContactState } from '#domain/collections/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { InMemoryItems } from './in-memory-items.ts';
import { pageOf } from './in-memory-pages.ts';

const keyOf = (borrowerKey: string, record: string): string => `${borrowerKey} ${record}`;

export class InMemoryCases implements Cases {
  readonly #cases = new InMemoryItems<CollectionCase>();
  readonly #debtors = new InMemoryItems<Debtor>();
  readonly #days = new InMemoryItems<ContactDay>();
  readonly #contacts = new InMemoryItems<Contact>();
  readonly #waits = new Map<string, CaseWait>();

  async find(borrowerKey: string, lenderId: string): Promise<CollectionCase | undefined> {
    return this.#cases.find(keyOf(borrowerKey, caseRecordOf(lenderId)));
  }

  async findById(caseId: string): Promise<CollectionCase | undefined> {
    return this.#cases.all().find((each) => each.caseId === caseId);
  }

  async listByBorrower(borrowerKey: string): Promise<readonly CollectionCase[]> {
    return this.#cases.all().filter((each) => each.borrowerKey === borrowerKey);
  }

  async replace(next: CollectionCase): Promise<void> {
    this.#cases.store(keyOf(next.borrowerKey, next.record), next);
  }

  async listOpen(lenderId: string, page: PageRequest): Promise<Page<CollectionCase>> {
    const open = this.#cases
      .all()
      .filter((each) => each.lenderId === lenderId && each.status === 'Open')
      .sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
    return pageOf(open, page);
  }

  async findDebtor(borrowerKey: string): Promise<Debtor | undefined> {
    return this.#debtors.find(borrowerKey);
  }

  async replaceDebtor(next: Debtor): Promise<void> {
    this.#debtors.store(next.borrowerKey, next);
  }

  async readContactState(borrowerKey: string, date: string): Promise<ContactState> {
    const day = this.#days.find(keyOf(borrowerKey, `contacts#${date}`));
    return {
      debtor: this.#debtors.find(borrowerKey),
      day: day ?? emptyContactDay(borrowerKey, date),
    };
  }

  async findContact(borrowerKey: string, contactId: string): Promise<Contact | undefined> {
    return this.#contacts.find(keyOf(borrowerKey, `contact#${contactId}`));
  }

  async listContacts(borrowerKey: string, page: PageRequest): Promise<Page<Contact>> {
    const contacts = this.#contacts
      .all()
      .filter((each) => each.borrowerKey === borrowerKey)
      .sort((a, b) => (a.record < b.record ? -1 : 1));
    return pageOf(contacts, page);
  }

  async reserveContact({
    day,
    contact,
    collectionCase,
    debtor,
  }: Parameters<Cases['reserveContact']>[0]): Promise<void> {
    const { borrowerKey, record, version } = collectionCase;
    const isUnchanged =
      this.#cases.find(keyOf(borrowerKey, record))?.version === version &&
      this.#debtors.find(borrowerKey)?.version === debtor?.version;
    this.#storeBoth(day, contact, isUnchanged);
  }

  async confirmContact(confirmed: Parameters<Cases['confirmContact']>[0]): Promise<void> {
    const { day, contact, debtor } = confirmed;
    const isUnchanged = debtor === undefined || this.#debtors.mayStore(debtor.borrowerKey, debtor);
    this.#storeBoth(day, contact, isUnchanged);
    if (debtor !== undefined) this.#debtors.store(debtor.borrowerKey, debtor);
  }

  async keepWaiting(wait: CaseWait): Promise<void> {
    this.#waits.set(keyOf(wait.borrowerKey, wait.lenderId), { ...wait });
  }

  async findWaiting(borrowerKey: string, lenderId: string): Promise<CaseWait | undefined> {
    return this.#waits.get(keyOf(borrowerKey, lenderId));
  }

  allContacts(): Contact[] {
    return this.#contacts.all();
  }

  #storeBoth(day: ContactDay, contact: Contact, isUnchanged: boolean): void {
    const keys = [keyOf(day.borrowerKey, day.record), keyOf(contact.borrowerKey, contact.record)];
    const [dayKey = '', contactKey = ''] = keys;
    if (
      !isUnchanged ||
      !this.#days.mayStore(dayKey, day) ||
      !this.#contacts.mayStore(contactKey, contact)
    )
      throw new ConcurrentChange('the contact changed since it was read');
    this.#days.store(dayKey, day);
    this.#contacts.store(contactKey, contact);
  }
}

export class InMemoryCaseResults implements CaseResults {
  readonly #rows = new Map<string, CaseResult>();

  async keep(result: CaseResult): Promise<void> {
    this.#rows.set(result.dateDimension, structuredClone(result));
  }

  async list({
    from,
    to,
  }: {
    readonly from: string;
    readonly to: string;
  }): Promise<readonly CaseResult[]> {
    return [...this.#rows.values()]
      .filter(({ dateDimension }) => {
        const date = dateDimension.slice(0, 10);
        return date >= from && date <= to;
      })
      .sort((a, b) => (a.dateDimension < b.dateDimension ? -1 : 1));
  }
}
