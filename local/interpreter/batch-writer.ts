import {
  BatchWriteItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

interface Write {
  readonly key: string;
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const ITEMS_PER_BATCH_MAX = 25;
/** A batch may hold 16 MB; chunks of journals are well below the item limit, so counting them is enough. */
const BATCHES_UNDER_WAY_MAX = 2;

/**
 * Puts items of many executions together into as few requests as possible. Puts of one key reach the table in the order
 * they were made: a batch may not name a key twice, and two batches under way may overtake each other.
 */
export class BatchWriter {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #keyNames: readonly string[];
  readonly #keysUnderWay = new Set<string>();
  #queue: Write[] = [];
  #underWay = 0;
  #isScheduled = false;

  constructor(client: DynamoDBClient, tableName: string, keyNames: readonly string[]) {
    this.#client = client;
    this.#tableName = tableName;
    this.#keyNames = keyNames;
  }

  /** Resolves when the item is stored. */
  put(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#queue.push({
      key: this.#keyNames.map((name) => item[name]?.S ?? '').join('\n'),
      item,
      resolve: () => {
        resolve(undefined);
      },
      reject,
    });
    this.#schedule();
    return promise;
  }

  /** Everything put in this turn of the event loop goes out together. */
  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= BATCHES_UNDER_WAY_MAX) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#underWay < BATCHES_UNDER_WAY_MAX) {
        const writes = this.#take();
        if (writes.length === 0) return;
        void this.#flush(writes);
      }
    });
  }

  /** The next batch: as many writes as fit whose keys are not on their way already. */
  #take(): Write[] {
    const writes: Write[] = [];
    const left: Write[] = [];
    for (const write of this.#queue)
      if (writes.length === ITEMS_PER_BATCH_MAX || this.#keysUnderWay.has(write.key))
        left.push(write);
      else {
        this.#keysUnderWay.add(write.key);
        writes.push(write);
      }
    this.#queue = left;
    return writes;
  }

  async #flush(writes: readonly Write[]): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#write(writes.map(({ item }) => item));
      for (const { resolve } of writes) resolve();
    } catch (error) {
      for (const { reject } of writes) reject(error);
    } finally {
      this.#underWay -= 1;
      for (const { key } of writes) this.#keysUnderWay.delete(key);
      if (this.#queue.length > 0) this.#schedule();
    }
  }

  async #write(items: readonly Item[]): Promise<void> {
    let requests = items.map((Item) => ({ PutRequest: { Item } }));
    for (let attempt = 0; requests.length > 0; attempt += 1) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt));
      const answer = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: requests } }),
      );
      const left = answer.UnprocessedItems?.[this.#tableName] ?? [];
      requests = left.flatMap(({ PutRequest }) =>
        PutRequest?.Item ? [{ PutRequest: { Item: PutRequest.Item } }] : [],
      );
    }
  }
}
