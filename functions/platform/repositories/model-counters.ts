import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ModelReport } from '#domain/underwriting/model-watch/model-report.ts';
import type { Counting, Counts, ModelCounters } from '#domain/underwriting/model-watch/ports.ts';
import { writeTogether } from './conditional-write.ts';
import { queryPage } from './queries.ts';

const StoredCounts = z.object({ dateDimension: z.string() }).catchall(z.unknown());
const StoredReport = z.object({ report: ModelReport });

/** Counters of one card and month: transactions that meet on one item wait for each other. */
const SHARDS = 16;
/** Longer than an event can come again, dead-letter queue included. */
const MARK_DAYS = 40;
const DAY_SECONDS = 86_400;
const REPORTS = 'model-report';
const PAGE = 100;

/**
 * Counters and reports in the Metrics table. Each counting is one transaction: its mark, which may be written once, and
 * the sums of its card and month on one of sixteen items. Marks expire, sums do not.
 */
export class DynamoModelCounters implements ModelCounters {
  readonly #documents: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #now: () => Date;

  constructor(documents: DynamoDBDocumentClient, tableName: string, now: () => Date) {
    this.#documents = documents;
    this.#tableName = tableName;
    this.#now = now;
  }

  async count({ mark, scorecard, month, counts }: Counting): Promise<void> {
    const entries = Object.entries(counts);
    const expiresAt = Math.floor(this.#now().getTime() / 1000) + MARK_DAYS * DAY_SECONDS;
    // A failed condition means that it was counted before: nothing is left to do.
    await writeTogether(this.#documents, [
      {
        Put: {
          TableName: this.#tableName,
          Item: { metric: 'model-mark', dateDimension: mark, expiresAt },
          ConditionExpression: 'attribute_not_exists(metric)',
        },
      },
      {
        Update: {
          TableName: this.#tableName,
          Key: { metric: metricOf(scorecard), dateDimension: `${month}#${shardOf(mark)}` },
          UpdateExpression: `ADD ${entries.map((_, at) => `#name${at} :count${at}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(
            entries.map(([name], at) => [`#name${at}`, name]),
          ),
          ExpressionAttributeValues: Object.fromEntries(
            entries.map(([, count], at) => [`:count${at}`, count]),
          ),
        },
      },
    ]);
  }

  async read(scorecard: string, from: string, to: string): Promise<ReadonlyMap<string, Counts>> {
    const months = new Map<string, Record<string, number>>();
    for (const item of await this.#all(
      {
        KeyConditionExpression: 'metric = :metric AND dateDimension BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':metric': metricOf(scorecard),
          ':from': `${from}#`,
          // The character after the mark of a shard.
          ':to': `${to}$`,
        },
      },
      StoredCounts,
    )) {
      const month = item.dateDimension.slice(0, 7);
      const sums = months.get(month) ?? {};
      for (const [name, count] of Object.entries(item))
        if (typeof count === 'number') sums[name] = (sums[name] ?? 0) + count;
      months.set(month, sums);
    }
    return months;
  }

  async saveReport(report: ModelReport): Promise<void> {
    const keys = [
      { metric: `${REPORTS}#${report.scorecard}`, dateDimension: report.asOf },
      { metric: REPORTS, dateDimension: report.scorecard },
    ];
    for (const key of keys)
      await this.#documents.send(
        new PutCommand({ TableName: this.#tableName, Item: { ...key, report } }),
      );
  }

  async listReports(): Promise<readonly ModelReport[]> {
    const stored = await this.#all(
      {
        KeyConditionExpression: 'metric = :metric',
        ExpressionAttributeValues: { ':metric': REPORTS },
      },
      StoredReport,
    );
    return stored.map(({ report }) => report);
  }

  async #all<Schema extends z.ZodType>(
    condition: {
      readonly KeyConditionExpression: string;
      readonly ExpressionAttributeValues: Record<string, unknown>;
    },
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    const items: z.infer<Schema>[] = [];
    let after: Record<string, string | number> | undefined;
    do {
      const page = await queryPage(
        this.#documents,
        { TableName: this.#tableName, ...condition, ScanIndexForward: true },
        { limit: PAGE, schema, after },
      );
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return items;
  }
}

function metricOf(scorecard: string): string {
  return `model#${scorecard}`;
}

/** The end of an id made by hashing is as good as random. */
function shardOf(mark: string): number {
  return (mark.codePointAt(mark.length - 1) ?? 0) % SHARDS;
}
