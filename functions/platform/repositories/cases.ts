import { GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { caseRecordOf, CollectionCase } from '#domain/collections/case.ts';
import { Contact, ContactDay, emptyContactDay } from '#domain/collections/contact.ts';
import { Debtor } from '#domain/collections/debtor.ts';
import type { Cases, CaseWait, ContactState } from '#domain/collections/ports.ts';
import { addDays } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { putConditionally, writeTogether, type TransactItem } from './conditional-write.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

const Keys = z.object({ borrowerKey: z.string(), record: z.string() });
const Wait = z.object({
  borrowerKey: z.string(),
  lenderId: z.string(),
  taskToken: z.string(),
  until: z.string(),
  version: z.int().optional(),
});

/** A borrower has a case with each of a few lenders. */
const CASES_PER_BORROWER_MAX = 100;

/** Cases, debtors and contacts in DynamoDB: one item collection per borrower. */
export class DynamoCases implements Cases {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(documents: DynamoDBDocumentClient, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async find(borrowerKey: string, lenderId: string): Promise<CollectionCase | undefined> {
    const item = await this.#item(borrowerKey, caseRecordOf(lenderId));
    return item === undefined ? undefined : CollectionCase.parse(item);
  }

  async findById(caseId: string): Promise<CollectionCase | undefined> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'ById',
        KeyConditionExpression: 'caseKey = :caseId',
        ExpressionAttributeValues: { ':caseId': caseId },
        ScanIndexForward: true,
      },
      { limit: 1, schema: Keys },
    );
    const [keys] = items;
    return keys && this.#case(keys);
  }

  async listByBorrower(borrowerKey: string): Promise<readonly CollectionCase[]> {
    const { items } = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'borrowerKey = :borrower AND begins_with(#record, :case)',
        ExpressionAttributeNames: { '#record': 'record' },
        ExpressionAttributeValues: { ':borrower': borrowerKey, ':case': 'case#' },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { limit: CASES_PER_BORROWER_MAX, schema: CollectionCase },
    );
    return items;
  }

  /** `caseKey` finds a case by its id; `openLenderId` is there only while it is open and makes that index sparse. */
  async replace(next: CollectionCase): Promise<void> {
    const item = {
      ...next,
      caseKey: next.caseId,
      ...(next.status === 'Open' ? { openLenderId: next.lenderId } : {}),
    };
    const put = versionedPut(this.#tableName, 'record', item);
    await putConditionally(this.#documents, put, `case ${next.caseId}`);
  }

  async listOpen(lenderId: string, page: PageRequest): Promise<Page<CollectionCase>> {
    const found = await queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        IndexName: 'Open',
        KeyConditionExpression: 'openLenderId = :lender',
        ExpressionAttributeValues: { ':lender': lenderId },
        ScanIndexForward: true,
      },
      { ...page, schema: Keys },
    );
    const cases = await Promise.all(found.items.map((keys) => this.#case(keys)));
    const items = cases.filter((each) => each?.status === 'Open');
    return { ...found, items: items.filter((each) => each !== undefined) };
  }

  async findDebtor(borrowerKey: string): Promise<Debtor | undefined> {
    const item = await this.#item(borrowerKey, 'debtor');
    return item === undefined ? undefined : Debtor.parse(item);
  }

  async replaceDebtor(next: Debtor): Promise<void> {
    const put = versionedPut(this.#tableName, 'record', next);
    await putConditionally(this.#documents, put, 'the debtor');
  }

  async readContactState(borrowerKey: string, date: string): Promise<ContactState> {
    const [debtor, day] = await Promise.all([
      this.findDebtor(borrowerKey),
      this.#item(borrowerKey, `contacts#${date}`),
    ]);
    return {
      debtor,
      day: day === undefined ? emptyContactDay(borrowerKey, date) : ContactDay.parse(day),
    };
  }

  async findContact(borrowerKey: string, contactId: string): Promise<Contact | undefined> {
    const item = await this.#item(borrowerKey, `contact#${contactId}`);
    return item === undefined ? undefined : Contact.parse(item);
  }

  listContacts(borrowerKey: string, page: PageRequest): Promise<Page<Contact>> {
    return queryPage(
      this.#documents,
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'borrowerKey = :borrower AND begins_with(#record, :contact)',
        ExpressionAttributeNames: { '#record': 'record' },
        ExpressionAttributeValues: { ':borrower': borrowerKey, ':contact': 'contact#' },
        ScanIndexForward: true,
        ConsistentRead: true,
      },
      { ...page, schema: Contact },
    );
  }

  async reserveContact({
    day,
    contact,
    collectionCase,
    debtor,
  }: Parameters<Cases['reserveContact']>[0]): Promise<void> {
    const { borrowerKey, record, version } = collectionCase;
    await this.#together('contact', [
      ...this.#puts({ day, contact }),
      this.#unchanged({ borrowerKey, record, version }),
      this.#unchanged({ borrowerKey, record: 'debtor', version: debtor?.version }),
    ]);
  }

  async confirmContact(confirmed: Parameters<Cases['confirmContact']>[0]): Promise<void> {
    const { day, contact, debtor } = confirmed;
    await this.#together('contact', [
      ...this.#puts({ day, contact }),
      ...(debtor === undefined ? [] : [{ Put: versionedPut(this.#tableName, 'record', debtor) }]),
    ]);
  }

  /** `expiresAt` makes the table forget both once the years of the rule are over (rules 5.14): not before, and then soon. */
  #puts({ day, contact }: { day: ContactDay; contact: Contact }): TransactItem[] {
    const expiresAt = firstSecondAfter(contact.keepUntil);
    return [
      { Put: versionedPut(this.#tableName, 'record', { ...day, expiresAt }) },
      { Put: versionedPut(this.#tableName, 'record', { ...contact, expiresAt }) },
    ];
  }

  async keepWaiting(wait: CaseWait): Promise<void> {
    const Item = { ...wait, record: `wait#${wait.lenderId}` };
    await this.#documents.send(new PutCommand({ TableName: this.#tableName, Item }));
  }

  async findWaiting(borrowerKey: string, lenderId: string): Promise<CaseWait | undefined> {
    const item = await this.#item(borrowerKey, `wait#${lenderId}`);
    return item === undefined ? undefined : Wait.parse(item);
  }

  async #together(subject: string, items: readonly TransactItem[]): Promise<void> {
    const failed = await writeTogether(this.#documents, items);
    if (failed.length > 0) throw new ConcurrentChange(`the ${subject} changed since it was read`);
  }

  #unchanged(read: {
    readonly borrowerKey: string;
    readonly record: string;
    readonly version: number | undefined;
  }): TransactItem {
    const { borrowerKey, record, version } = read;
    const check = { TableName: this.#tableName, Key: { borrowerKey, record } };
    if (version === undefined)
      return {
        ConditionCheck: {
          ...check,
          ConditionExpression: 'attribute_not_exists(#record)',
          ExpressionAttributeNames: { '#record': 'record' },
        },
      };
    return {
      ConditionCheck: {
        ...check,
        ConditionExpression: '#version = :read',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':read': version },
      },
    };
  }

  async #case({ borrowerKey, record }: z.infer<typeof Keys>): Promise<CollectionCase | undefined> {
    const item = await this.#item(borrowerKey, record);
    return item === undefined ? undefined : CollectionCase.parse(item);
  }

  async #item(borrowerKey: string, record: string): Promise<unknown> {
    const { Item } = await this.#documents.send(
      new GetCommand({
        TableName: this.#tableName,
        Key: { borrowerKey, record },
        ConsistentRead: true,
      }),
    );
    return Item;
  }
}

/** In seconds since 1970, as the table's clock counts: the end of a date in Shanghai. */
function firstSecondAfter(date: string): number {
  return Date.parse(`${addDays(date, 1)}T00:00:00+08:00`) / 1000;
}
