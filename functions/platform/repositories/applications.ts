import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Application } from '#domain/applications/application.ts';
import {
  ApplicationSummary,
  type Applications,
  type RememberedRequest,
  type Submission,
} from '#domain/applications/ports.ts';
import type { NamedPerson } from '#domain/applications/people.ts';
import { ErasedApplication } from '#domain/privacy/erase-application.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ApplicationErased, ConcurrentChange } from '#domain/shared/errors.ts';
import type { Page, PageRequest } from '#domain/shared/page.ts';
import { Instant } from '#domain/shared/primitives.ts';
import {
  putConditionally,
  writeTogether,
  type ConditionalPut,
  type TransactItem,
} from './conditional-write.ts';
import type { DynamoIdempotencyKeys } from './idempotency-keys.ts';
import { keepingOf } from './people.ts';
import { queryPage } from './queries.ts';
import { versionedPut } from './versioned-put.ts';

/** What is stored in one transaction with a new application. */
export interface BesideSubmission {
  readonly keys: DynamoIdempotencyKeys;
  readonly peopleTable: string;
}

/** Applications in DynamoDB. A borrower's one open application is held by a guard item of the same table. */
export class DynamoApplications implements Applications {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #beside: BesideSubmission | undefined;

  /** `beside` is needed only where applications are submitted. */
  constructor(documents: DynamoDBDocumentClient, tableName: string, beside?: BesideSubmission) {
    this.#documents = documents;
    this.#tableName = tableName;
    this.#beside = beside;
  }

  async find(applicationId: string): Promise<Application | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key: { applicationId }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : presentApplication(Item);
  }

  async submit(
    application: Application,
    request: RememberedRequest,
    people: readonly NamedPerson[],
  ): Promise<Submission> {
    if (this.#beside === undefined)
      throw new Error('this repository was built without what is stored beside a submission');
    const { keys, peopleTable } = this.#beside;
    const { applicationId } = application;
    const failed = await writeTogether(this.#documents, [
      { Put: keys.putOf(request) },
      { Put: applicationPut(this.#tableName, application) },
      ...people.flatMap((person) => keepingOf(peopleTable, person, applicationId)),
    ]);
    if (!failed.includes(0)) {
      if (failed.includes(1)) return { outcome: 'ExternalIdTaken' };
      if (failed.length === 0) return { outcome: 'Stored' };
      throw new ConcurrentChange('somebody was given another name meanwhile');
    }
    const first = await keys.find(request.callerKey);
    if (first === undefined) throw new ConcurrentChange('the idempotency key expired meanwhile');
    return { outcome: 'Repeated', ...first };
  }

  async create(application: Application): Promise<void> {
    await this.replace(application);
  }

  async replace(next: Application): Promise<void> {
    await putConditionally(
      this.#documents,
      applicationPut(this.#tableName, next),
      `application ${next.applicationId}`,
    );
  }

  async replaceHoldingBorrower(next: Application): Promise<'Stored' | 'BorrowerBusy'> {
    const [isStale, isBusy] = await this.#write([
      { Put: applicationPut(this.#tableName, next) },
      {
        Put: {
          TableName: this.#tableName,
          Item: { applicationId: guardIdOf(next), holder: next.applicationId },
          ConditionExpression: 'attribute_not_exists(applicationId) OR holder = :me',
          ExpressionAttributeValues: { ':me': next.applicationId },
        },
      },
    ]);
    if (isStale) throw staleApplication(next);
    return isBusy ? 'BorrowerBusy' : 'Stored';
  }

  async replaceReleasingBorrower(next: Application): Promise<void> {
    const [isStale, isHeldByOther] = await this.#write([
      { Put: applicationPut(this.#tableName, next) },
      guardRelease(this.#tableName, next),
    ]);
    if (isStale) throw staleApplication(next);
    // Another application holds the borrower (this one was declined because of it): there is nothing to release.
    if (isHeldByOther) await this.replace(next);
  }

  async replaceWithdrawingMarketing(next: Application, withdrawnAt: string): Promise<void> {
    const [isStale, isOlder] = await this.#write([
      { Put: applicationPut(this.#tableName, next) },
      {
        Put: {
          TableName: this.#tableName,
          Item: { applicationId: withdrawalIdOf(next.borrowerKey), withdrawnAt },
          ConditionExpression: 'attribute_not_exists(applicationId) OR withdrawnAt <= :at',
          ExpressionAttributeValues: { ':at': withdrawnAt },
        },
      },
    ]);
    if (isStale) throw staleApplication(next);
    // Taken back again meanwhile, through another application: the later one stands.
    if (isOlder) await this.replace(next);
  }

  async marketingWithdrawnAt(borrowerKey: string): Promise<string | undefined> {
    const Key = { applicationId: withdrawalIdOf(borrowerKey) };
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#tableName, Key, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : Withdrawal.parse(Item).withdrawnAt;
  }

  listByPartner(
    filter: { readonly partnerId: string; readonly status?: Application['status'] | undefined },
    page: PageRequest,
  ): Promise<Page<ApplicationSummary>> {
    const { partnerId, status } = filter;
    const query = {
      TableName: this.#tableName,
      IndexName: 'ByPartner',
      KeyConditionExpression: 'partnerId = :partnerId',
      ScanIndexForward: false,
    };
    if (status === undefined)
      return queryPage(
        this.#documents,
        { ...query, ExpressionAttributeValues: { ':partnerId': partnerId } },
        { ...page, schema: ApplicationSummary },
      );
    return queryPage(
      this.#documents,
      {
        ...query,
        FilterExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':partnerId': partnerId, ':status': status },
      },
      { ...page, schema: ApplicationSummary },
    );
  }

  /** Writes both or neither; says of each whether its condition failed. */
  async #write(items: readonly [TransactItem, TransactItem]): Promise<[boolean, boolean]> {
    const failed = await writeTogether(this.#documents, items);
    return [failed.includes(0), failed.includes(1)];
  }
}

/** Throws ApplicationErased when only what proves that there was one is left. */
function presentApplication(item: Readonly<Record<string, unknown>>): Application {
  if (item['status'] !== 'Erased') return Application.parse(item);
  const erased = ErasedApplication.parse(item);
  const { applicationId, partnerId, erasedAt } = erased;
  throw new ApplicationErased(
    `the data of application ${applicationId} was erased on ${businessDateOf(Date.parse(erasedAt))}`,
    partnerId,
  );
}

/** The conditional put of one version of an application, for the transaction it belongs to. */
export function applicationPut(tableName: string, next: Application): ConditionalPut {
  return versionedPut(tableName, 'applicationId', next);
}

/** Deletes the guard of the borrower if this application is the one that holds it, or nobody does. */
export function guardRelease(tableName: string, application: Application): TransactItem {
  return {
    Delete: {
      TableName: tableName,
      Key: { applicationId: guardIdOf(application) },
      ConditionExpression: 'attribute_not_exists(applicationId) OR holder = :me',
      ExpressionAttributeValues: { ':me': application.applicationId },
    },
  };
}

const Withdrawal = z.object({ withdrawnAt: Instant });

function withdrawalIdOf(borrowerKey: string): string {
  return `marketing#${borrowerKey}`;
}

function guardIdOf({ borrowerKey }: Application): string {
  return `open#${borrowerKey}`;
}

function staleApplication({ applicationId }: Application): ConcurrentChange {
  return new ConcurrentChange(`application ${applicationId} changed since it was read`);
}
