import { isDeepStrictEqual } from 'node:util';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** What became of an item since the instant: it is gone, or there and another. */
export type Fate = 'Lost' | 'Changed' | 'LeftOut';

export interface Comparison {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly restoredName: string;
  /** False: compare only. */
  readonly isPutBack: boolean;
  readonly nowMs: number;
  /** Each item that is not as it was, by its key. */
  readonly found: (fate: Fate, key: Item) => void;
}

export interface Outcome {
  readonly same: number;
  /** There at the instant and gone: put back, where that was asked for. */
  readonly lost: number;
  /** Written since; never touched. */
  readonly changed: number;
  /** Guards whose application has gone on since: they may have been let go on purpose. */
  readonly leftOut: number;
}

/** What BatchGetItem takes at a time. */
const PAGE_SIZE = 100;
const ROUNDS_MAX = 10;

/**
 * Compares a live table with itself as of an instant and, if asked, puts back what is gone. What is there stays as it is,
 * whatever it was: the condition is on the write, so that a run beside writers does no harm. A second run finds nothing.
 */
export async function putBackLost(comparison: Comparison): Promise<Outcome> {
  return (await TablePair.of(comparison)).run();
}

class TablePair {
  readonly #comparison: Comparison;
  readonly #keyNames: readonly string[];
  readonly #expiryAttribute: string | undefined;
  #outcome = { same: 0, lost: 0, changed: 0, leftOut: 0 };

  private constructor(
    comparison: Comparison,
    keyNames: readonly string[],
    expiryAttribute: string | undefined,
  ) {
    this.#comparison = comparison;
    this.#keyNames = keyNames;
    this.#expiryAttribute = expiryAttribute;
  }

  static async of(comparison: Comparison): Promise<TablePair> {
    const { client, tableName } = comparison;
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const { TimeToLiveDescription } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: tableName }),
    );
    const keyNames = (Table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);
    return new TablePair(comparison, keyNames, TimeToLiveDescription?.AttributeName);
  }

  async run(): Promise<Outcome> {
    const { client, restoredName } = this.#comparison;
    const guards: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await client.send(
        new ScanCommand({ TableName: restoredName, Limit: PAGE_SIZE, ExclusiveStartKey: from }),
      );
      const items = (page.Items ?? []).filter((item) => !this.#isExpired(item));
      guards.push(...items.filter(isGuard));
      await this.#compare(items.filter((item) => !isGuard(item)));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    // After what they guard.
    for (let at = 0; at < guards.length; at += PAGE_SIZE)
      await this.#compareGuards(guards.slice(at, at + PAGE_SIZE));
    return this.#outcome;
  }

  async #compare(items: readonly Item[]): Promise<void> {
    const live = await this.#itemsOf(this.#comparison.tableName, items.map(this.#keyOf));
    await Promise.all(
      items.map((item) => this.#judge(item, live.get(this.#nameOf(item)), () => true)),
    );
  }

  /**
   * A borrower's one open application holds a guard, and lets go of it when it ends. It comes back while the application is
   * still what it was at the instant; otherwise nobody here can say whether it was lost or let go, and a guard too many
   * keeps a borrower out for good.
   */
  async #compareGuards(guards: readonly Item[]): Promise<void> {
    const { tableName, restoredName } = this.#comparison;
    const [keyName = ''] = this.#keyNames;
    const holders = new Map(
      guards.map(({ holder }) => [holder?.S, { [keyName]: { S: holder?.S ?? '' } }]),
    );
    const [before, now, live] = await Promise.all([
      this.#itemsOf(restoredName, [...holders.values()]),
      this.#itemsOf(tableName, [...holders.values()]),
      this.#itemsOf(tableName, guards.map(this.#keyOf)),
    ]);
    const isAsItWas = ({ holder }: Item): boolean => {
      const name = this.#nameOf({ [keyName]: { S: holder?.S ?? '' } });
      const then = before.get(name);
      return then !== undefined && (!now.has(name) || isDeepStrictEqual(then, now.get(name)));
    };
    await Promise.all(
      guards.map((guard) =>
        this.#judge(guard, live.get(this.#nameOf(guard)), () => isAsItWas(guard)),
      ),
    );
  }

  async #judge(item: Item, live: Item | undefined, mayComeBack: () => boolean): Promise<void> {
    const fate = fateOf(item, live, mayComeBack);
    if (fate === undefined) {
      this.#outcome.same += 1;
      return;
    }
    const isWritten = fate !== 'Lost' || !this.#comparison.isPutBack || (await this.#put(item));
    this.#tell(isWritten ? fate : 'Changed', item);
  }

  #tell(fate: Fate, item: Item): void {
    if (fate === 'Lost') this.#outcome.lost += 1;
    else if (fate === 'Changed') this.#outcome.changed += 1;
    else this.#outcome.leftOut += 1;
    this.#comparison.found(fate, this.#keyOf(item));
  }

  /** False when somebody has written it meanwhile. */
  async #put(item: Item): Promise<boolean> {
    const { client, tableName } = this.#comparison;
    const [keyName = ''] = this.#keyNames;
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: 'attribute_not_exists(#key)',
          ExpressionAttributeNames: { '#key': keyName },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #itemsOf(tableName: string, keys: readonly Item[]): Promise<ReadonlyMap<string, Item>> {
    const found = new Map<string, Item>();
    let rest: Item[] = [...keys];
    for (let round = 1; rest.length > 0; round += 1) {
      if (round > ROUNDS_MAX) throw new Error(`${tableName} does not answer: run it again`);
      if (round > 1) await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** round));
      const { Responses, UnprocessedKeys } = await this.#comparison.client.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: rest, ConsistentRead: true } },
        }),
      );
      for (const item of Responses?.[tableName] ?? []) found.set(this.#nameOf(item), item);
      rest = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return found;
  }

  /** Time to live has taken it, or would: to bring it back keeps what was to go. */
  #isExpired(item: Item): boolean {
    const expiresAt = this.#expiryAttribute === undefined ? undefined : item[this.#expiryAttribute];
    return expiresAt?.N !== undefined && Number(expiresAt.N) * 1_000 <= this.#comparison.nowMs;
  }

  readonly #keyOf = (item: Item): Item =>
    Object.fromEntries(
      this.#keyNames.flatMap((name) => {
        const value = item[name];
        return value === undefined ? [] : [[name, value]];
      }),
    );

  #nameOf(item: Item): string {
    return JSON.stringify(this.#keyNames.map((name) => item[name]));
  }
}

function isGuard(item: Item): boolean {
  return item['holder']?.S !== undefined && item['applicationId'] !== undefined;
}

function fateOf(item: Item, live: Item | undefined, mayComeBack: () => boolean): Fate | undefined {
  if (live !== undefined) return isDeepStrictEqual(item, live) ? undefined : 'Changed';
  return mayComeBack() ? 'Lost' : 'LeftOut';
}
