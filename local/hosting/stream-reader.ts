import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Activity } from './activity.ts';
import { DynamoError, type DynamoWire } from './dynamo-wire.ts';
import { matchesPattern } from './event-pattern.ts';
import type { FunctionHost } from './functions.ts';
import type { HostTable } from './host-table.ts';
import { functionName } from './functions.ts';
import { REGION } from './identity.ts';
import type { Permissions } from './permissions.ts';
import type { Queues } from './queues.ts';

export interface StreamMapping {
  readonly id: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly bisects: boolean;
  readonly retriesMax: number;
  readonly startsAt: 'TRIM_HORIZON' | 'LATEST';
  readonly reportsFailures: boolean;
  readonly filters: readonly unknown[];
  readonly onFailureArn: string | undefined;
}

export interface StreamReaderOptions {
  readonly mapping: StreamMapping;
  readonly tableName: string;
  readonly wire: Pick<DynamoWire, 'call'>;
  readonly table: HostTable;
  readonly functions: Pick<FunctionHost, 'invoke'>;
  readonly queues: Pick<Queues, 'send'>;
  readonly permissions: Pick<Permissions, 'demand'>;
  readonly activity: Activity;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string; readonly [name: string]: unknown };
  readonly [name: string]: unknown;
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange?: { readonly EndingSequenceNumber?: string };
}

const KIND = 'stream';
/** A write made past this process (the AWS CLI, say) is noticed after this time at most. */
const IDLE_POLL_MS = 500;
/** A record may appear a moment after its write was acknowledged. */
const FOLLOW_UP_POLLS_MS = [5, 20, 60];
/** After so many looks in a row that found nothing, no write of this process is still on its way into the stream. */
const LOOKS_TO_BE_SURE = 3;
const CHECKPOINT_EVERY_MS = 250;
/**
 * So often a reader looks at most while nobody waits for it: a look costs the database the same whether it finds one record
 * or a hundred, and where records come, more follow. The first write after a pause is read at once.
 */
const LOOK_EVERY_MS = 100;
/**
 * DynamoDB Local looks at every record of every stream to answer for one (70 ms after six months of two hundred loans).
 * Writes wake the reader; looking without one is only for safety, and takes at most this share of the time.
 */
const IDLE_SHARE = 50;
/** A look that took long for another reason must not make the next one wait for minutes. */
const IDLE_POLL_MAX_MS = 5_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/**
 * Reads one table's stream for one function, in order, at least once. The position is stored after the function has
 * answered, at most four times a second: records after the stored position come again when the process is killed.
 */
export class StreamReader {
  readonly tableName: string;
  readonly #options: StreamReaderOptions;
  readonly #finished = new Set<string>();
  #streamArn = '';
  #shardId = '';
  #iterator: string | undefined;
  #position: string | undefined;
  #stored: string | undefined;
  #storedAt = 0;
  #isStopped = false;
  #isBusy = false;
  #isWoken = true;
  #followUps = 0;
  #readMs = 0;
  #sleeper: (() => void) | undefined;
  #hurry: (() => void) | undefined;
  #lookedAt = 0;
  #drainers: (() => void)[] = [];
  #loop: Promise<void> | undefined;
  #records = 0;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.tableName = options.tableName;
  }

  async start(): Promise<void> {
    this.#streamArn = await this.#findStream();
    for (const { id, value } of await this.#options.table.list(KIND)) {
      const [mappingId, shardId] = id.split('#');
      if (mappingId === this.#options.mapping.id && value === 'finished')
        this.#finished.add(shardId ?? '');
    }
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#hurry?.();
    this.#sleeper?.();
    await this.#loop;
    for (const resolve of this.#drainers.splice(0)) resolve();
    await this.#store().catch(this.#options.onError);
  }

  /** Something was written to the table: look now. */
  wake(): void {
    this.#isWoken = true;
    this.#sleeper?.();
  }

  /**
   * Resolves when a look that begins after this call has found nothing more. Where enough looks since the last write
   * of this process found nothing, none is taken; `isThorough` takes one all the same, since others may have written.
   */
  drain(isThorough: boolean): Promise<void> {
    if (this.#isStopped || (!isThorough && this.#isSure())) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drainers.push(resolve);
      this.#hurry?.();
      this.#sleeper?.();
    });
  }

  #isSure(): boolean {
    return !this.#isWoken && !this.#isBusy && this.#followUps >= LOOKS_TO_BE_SURE;
  }

  describe(): Record<string, unknown> {
    return {
      table: this.tableName,
      function: this.#options.mapping.functionArn.split(':').at(-1),
      shard: this.#shardId,
      position: this.#position ?? this.#options.mapping.startsAt,
      records: this.#records,
      isBusy: this.#isBusy,
    };
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped) {
      try {
        await this.#turn();
        failures = 0;
      } catch (error) {
        if (this.#hasStopped()) return;
        this.#options.onError(error);
        this.#iterator = undefined;
        failures += 1;
        await sleep(Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS));
      }
    }
  }

  /** One look at the stream, and the sleep after one that found nothing. */
  async #turn(): Promise<void> {
    await this.#keepPace();
    const drainers = this.#drainers.splice(0);
    if (this.#isWoken) this.#followUps = 0;
    this.#isWoken = false;
    this.#isBusy = true;
    let isAtEnd: boolean;
    try {
      isAtEnd = await this.#readOnce();
    } catch (error) {
      // Whoever waits for the end of the stream waits for the look that succeeds.
      this.#drainers.unshift(...drainers);
      this.#followUps = 0;
      throw error;
    } finally {
      this.#isBusy = false;
    }
    if (!isAtEnd) {
      this.#drainers.unshift(...drainers);
      this.#followUps = 0;
      return;
    }
    this.#followUps += 1;
    for (const resolve of drainers) resolve();
    if (!this.#wasWoken()) await this.#rest();
  }

  async #keepPace(): Promise<void> {
    const restMs = this.#lookedAt + LOOK_EVERY_MS - performance.now();
    if (restMs > 0 && this.#drainers.length === 0 && !this.#isStopped)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restMs);
        this.#hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#hurry = undefined;
    this.#lookedAt = performance.now();
  }

  // Both change while the reader awaits; asked through a method, so that the compiler does not take them for settled.
  #hasStopped(): boolean {
    return this.#isStopped;
  }

  #wasWoken(): boolean {
    return this.#isWoken;
  }

  async #rest(): Promise<void> {
    if (this.#position !== this.#stored) await this.#store();
    const followUpMs = FOLLOW_UP_POLLS_MS[this.#followUps - 1];
    const pauseMs =
      followUpMs === undefined
        ? Math.min(Math.max(IDLE_POLL_MS, this.#readMs * IDLE_SHARE), IDLE_POLL_MAX_MS)
        : followUpMs + this.#readMs;
    if (this.#isWoken || this.#isStopped || this.#drainers.length > 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#sleeper = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#sleeper = undefined;
  }

  /** Hands on the next records; whether there were none and there is nowhere else to look. */
  async #readOnce(): Promise<boolean> {
    const { mapping, wire } = this.#options;
    this.#iterator ??= await this.#openShard();
    if (this.#iterator === undefined) return true;
    this.#demand('dynamodb:GetRecords');
    const startedAt = performance.now();
    const answer = (await wire
      .call('DynamoDBStreams_20120810.GetRecords', {
        ShardIterator: this.#iterator,
        Limit: Math.min(mapping.batchSize, 1000),
      })
      .catch((error: unknown) => this.#afterTrimming(error))) as
      { Records: StreamRecord[]; NextShardIterator?: string } | undefined;
    this.#readMs = performance.now() - startedAt;
    if (!answer) return false;
    const records = answer.Records;
    if (records.length > 0) {
      this.#records += records.length;
      const { activity } = this.#options;
      await activity.track(() => this.#process(records));
      this.#position = records.at(-1)?.dynamodb.SequenceNumber;
      if (performance.now() - this.#storedAt > CHECKPOINT_EVERY_MS) await this.#store();
    }
    this.#iterator = answer.NextShardIterator;
    if (this.#iterator !== undefined) return records.length === 0;
    await this.#finishShard();
    return false;
  }

  /** DynamoDB Local forgets the beginning of a stream now and then: reading goes on at what is left. */
  async #afterTrimming(error: unknown): Promise<undefined> {
    if (!isTrimmed(error)) throw error;
    this.#iterator = await this.#iteratorAt({ ShardIteratorType: 'TRIM_HORIZON' });
    return undefined;
  }

  /** Opens the oldest shard that is not finished, at the stored position. */
  async #openShard(): Promise<string | undefined> {
    const shard = await this.#nextShard();
    if (!shard) return undefined;
    if (shard.ShardId !== this.#shardId) {
      this.#shardId = shard.ShardId;
      const stored = await this.#options.table.get(KIND, this.#checkpointId());
      this.#position = typeof stored === 'string' ? stored : undefined;
      this.#stored = this.#position;
    }
    const start =
      this.#position === undefined
        ? { ShardIteratorType: this.#options.mapping.startsAt }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: this.#position };
    try {
      return await this.#iteratorAt(start);
    } catch (error) {
      // The position has been trimmed away: what is left is read from its beginning.
      if (!isTrimmed(error)) throw error;
      return this.#iteratorAt({ ShardIteratorType: 'TRIM_HORIZON' });
    }
  }

  async #iteratorAt(start: Readonly<Record<string, string>>): Promise<string | undefined> {
    this.#demand('dynamodb:GetShardIterator');
    const answer = (await this.#options.wire.call('DynamoDBStreams_20120810.GetShardIterator', {
      StreamArn: this.#streamArn,
      ShardId: this.#shardId,
      ...start,
    })) as { ShardIterator?: string };
    return answer.ShardIterator;
  }

  async #nextShard(): Promise<Shard | undefined> {
    this.#demand('dynamodb:DescribeStream');
    const answer = (await this.#options.wire.call('DynamoDBStreams_20120810.DescribeStream', {
      StreamArn: this.#streamArn,
    })) as { StreamDescription: { Shards: Shard[] } };
    const shards = answer.StreamDescription.Shards;
    const open = shards.filter(({ ShardId }) => !this.#finished.has(ShardId));
    // A parent that is no longer listed has been trimmed.
    return open.find(
      ({ ParentShardId }) =>
        ParentShardId === undefined || !open.some(({ ShardId }) => ShardId === ParentShardId),
    );
  }

  async #finishShard(): Promise<void> {
    this.#finished.add(this.#shardId);
    await this.#options.table.put(KIND, this.#checkpointId(), 'finished');
    this.#shardId = '';
    this.#position = undefined;
    this.#stored = undefined;
  }

  async #findStream(): Promise<string> {
    const answer = (await this.#options.wire.call('DynamoDB_20120810.DescribeTable', {
      TableName: this.tableName,
    })) as { Table: { LatestStreamArn?: string } };
    const arn = answer.Table.LatestStreamArn;
    if (arn === undefined) throw new Error(`table ${this.tableName} has no stream`);
    return arn;
  }

  /** Lambda reads a stream, and tells what it gave up, in the name of the function. */
  #demand(action: string, resource?: string): void {
    const { mapping, permissions } = this.#options;
    permissions.demand(functionName(mapping.functionArn), {
      action,
      resource: resource ?? mapping.streamArn,
    });
  }

  #checkpointId(): string {
    return `${this.#options.mapping.id}#${this.#shardId}`;
  }

  async #store(): Promise<void> {
    const position = this.#position;
    if (position === undefined || position === this.#stored || this.#shardId === '') return;
    this.#storedAt = performance.now();
    await this.#options.table.put(KIND, this.#checkpointId(), position);
    this.#stored = position;
  }

  async #process(records: readonly StreamRecord[]): Promise<void> {
    const { mapping } = this.#options;
    let wanted: readonly StreamRecord[] = records.filter(
      (record) =>
        mapping.filters.length === 0 ||
        mapping.filters.some((filter) => matchesPattern(filter, record)),
    );
    for (let attempt = 0; wanted.length > 0; attempt += 1) {
      wanted = await this.#offer(wanted);
      if (wanted.length === 0) return;
      if (this.#isStopped) throw new Error('stopped while a batch was under way');
      if (attempt >= mapping.retriesMax) {
        await this.#giveUp(wanted);
        return;
      }
      if (mapping.bisects && wanted.length > 1) {
        const middle = Math.ceil(wanted.length / 2);
        await this.#process(wanted.slice(0, middle));
        await this.#process(wanted.slice(middle));
        return;
      }
      await sleep(Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS));
    }
  }

  /** Calls the function and answers the records it has to be given again. */
  async #offer(records: readonly StreamRecord[]): Promise<readonly StreamRecord[]> {
    const { mapping, functions } = this.#options;
    try {
      const answer = await functions.invoke(mapping.functionArn, {
        Records: records.map((record) => ({
          ...record,
          eventSource: 'aws:dynamodb',
          awsRegion: REGION,
          eventSourceARN: mapping.streamArn,
        })),
      });
      return mapping.reportsFailures ? records.slice(firstFailure(records, answer)) : [];
    } catch {
      return records;
    }
  }

  async #giveUp(records: readonly StreamRecord[]): Promise<void> {
    const { mapping, queues, clock } = this.#options;
    if (mapping.onFailureArn === undefined) return;
    this.#demand('sqs:SendMessage', mapping.onFailureArn);
    await queues.send(mapping.onFailureArn, {
      requestContext: { functionArn: mapping.functionArn, condition: 'RetryAttemptsExhausted' },
      timestamp: new Date(clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId: this.#shardId,
        startSequenceNumber: records.at(0)?.dynamodb.SequenceNumber,
        endSequenceNumber: records.at(-1)?.dynamodb.SequenceNumber,
        batchSize: records.length,
        streamArn: mapping.streamArn,
      },
    });
  }
}

function isTrimmed(error: unknown): boolean {
  return error instanceof DynamoError && error.name === 'TrimmedDataAccessException';
}

/** Where the first record stands that the function says it failed on; past the end when there is none. */
function firstFailure(records: readonly StreamRecord[], answer: unknown): number {
  const { batchItemFailures } = (answer ?? {}) as {
    batchItemFailures?: { itemIdentifier?: string }[];
  };
  if (!Array.isArray(batchItemFailures) || batchItemFailures.length === 0) return records.length;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const at = records.findIndex(({ dynamodb }) => failed.has(dynamodb.SequenceNumber));
  // An unknown identifier counts as a failure of the whole batch.
  return Math.max(at, 0);
}
