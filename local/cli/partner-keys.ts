import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { callAws } from '../aws-call.ts';
import { tableOf } from './replay-summary.ts';

/** A key as it is known: by its digest. The key itself is shown once, to whoever adds it. */
export interface KnownKey {
  readonly digest: string;
  readonly partnerId: string;
  readonly status: 'Active' | 'Revoked';
  readonly addedAt: string;
  readonly expiresAt: string;
}

export interface PartnerKeysOptions {
  readonly region: string;
  /** AWS itself when undefined or empty. */
  readonly endpoint: string | undefined;
  /** The catalog (output CatalogTableName); found by its name where there is one only. */
  readonly table: string | undefined;
}

const Text = z.object({ S: z.string() });
const KeyItem = z.object({
  idVersion: Text,
  partnerId: Text,
  status: Text.optional(),
  addedAt: Text.optional(),
  expiresAt: Text.optional(),
});

/** 256 random bits: enough for a plain digest to hide it. */
const KEY_BYTES = 32;

/** The keys by which partners are let in, over the same requests on AWS and on one machine. */
export class PartnerKeys {
  readonly #options: PartnerKeysOptions;
  #table: string | undefined;

  constructor(options: PartnerKeysOptions) {
    this.#options = options;
    this.#table = options.table;
  }

  async list(partnerId: string): Promise<KnownKey[]> {
    const { Items } = await this.#ask(
      'Query',
      {
        KeyConditionExpression: 'kind = :kind',
        FilterExpression: 'partnerId = :partnerId',
        ExpressionAttributeValues: {
          ':kind': { S: 'partner-key' },
          ':partnerId': { S: partnerId },
        },
      },
      z.object({ Items: z.array(KeyItem) }),
    );
    return Items.map((item) => ({
      digest: item.idVersion.S,
      partnerId: item.partnerId.S,
      status: item.status?.S === 'Revoked' ? ('Revoked' as const) : ('Active' as const),
      addedAt: item.addedAt?.S ?? '',
      expiresAt: item.expiresAt?.S ?? '',
    })).toSorted((a, b) => (a.addedAt < b.addedAt ? -1 : 1));
  }

  /** Adds a key beside those there are. The answer is the only place where it is ever seen. */
  async add(
    partnerId: string,
    { addedAt, expiresAt }: { readonly addedAt: string; readonly expiresAt?: string | undefined },
  ): Promise<{ readonly key: string; readonly digest: string }> {
    await this.#assertPartner(partnerId);
    const key = `zk_${partnerId}_${randomBytes(KEY_BYTES).toString('hex')}`;
    const digest = createHash('sha256').update(key).digest('hex');
    await this.#ask('PutItem', {
      Item: {
        ...keyOf(digest),
        partnerId: { S: partnerId },
        status: { S: 'Active' },
        addedAt: { S: addedAt },
        ...(expiresAt === undefined ? {} : { expiresAt: { S: expiresAt } }),
      },
      ConditionExpression: 'attribute_not_exists(kind)',
    });
    return { key, digest };
  }

  /** Revokes a key by its digest. Revoked again it stays as it is; one that nobody has is an error. */
  async revoke(digest: string, revokedAt: string): Promise<void> {
    await this.#ask('UpdateItem', {
      Key: keyOf(digest),
      UpdateExpression: 'SET #status = :revoked, revokedAt = if_not_exists(revokedAt, :at)',
      ConditionExpression: 'attribute_exists(kind)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':revoked': { S: 'Revoked' }, ':at': { S: revokedAt } },
    });
  }

  async #assertPartner(partnerId: string): Promise<void> {
    const Key = { kind: { S: 'partner' }, idVersion: { S: `${partnerId}#latest` } };
    const Found = z.object({ Item: z.unknown().optional() });
    const { Item } = await this.#ask('GetItem', { Key }, Found);
    if (Item === undefined) throw new Error(`there is no partner ${partnerId}`);
  }

  async #ask<Answer extends z.ZodType = z.ZodUnknown>(
    operation: string,
    body: object,
    answer?: Answer,
  ): Promise<z.infer<Answer>> {
    const TableName = (this.#table ??= await this.#catalogTable());
    const text = await this.#call(operation, { TableName, ...body });
    return (answer ?? z.unknown()).parse(JSON.parse(text)) as z.infer<Answer>;
  }

  async #catalogTable(): Promise<string> {
    const { TableNames } = z
      .object({ TableNames: z.array(z.string()) })
      .parse(JSON.parse(await this.#call('ListTables', {})));
    const [found, ...more] = TableNames.filter((name) => /-Catalog[0-9A-F]{8}(?:-|$)/.test(name));
    if (found === undefined || more.length > 0)
      throw new Error(
        found === undefined
          ? 'there is no catalog here: say which with --table'
          : `there are several catalogs (${[found, ...more].join(', ')}): say which with --table`,
      );
    return found;
  }

  async #call(operation: string, body: object): Promise<string> {
    const { region, endpoint } = this.#options;
    const { text } = await callAws(region, {
      service: 'dynamodb',
      method: 'POST',
      path: '/',
      contentType: 'application/x-amz-json-1.0',
      target: `DynamoDB_20120810.${operation}`,
      body: JSON.stringify(body),
      ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    });
    return text;
  }
}

function keyOf(digest: string) {
  return { kind: { S: 'partner-key' }, idVersion: { S: digest } };
}

/** The keys of a partner as a table. */
export function describeKeys(keys: readonly KnownKey[]): string[] {
  const rows = keys.map(({ digest, status, addedAt, expiresAt }) => [
    digest,
    status,
    addedAt,
    expiresAt,
  ]);
  return tableOf([['digest', 'status', 'added', 'expires'], ...rows], 99);
}
