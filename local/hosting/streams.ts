import * as z from 'zod';
import type { StreamReaderOptions } from './stream-reader.ts';
import { StreamReader } from './stream-reader.ts';
import type { Assembly } from './template.ts';

const MappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.coerce.number().default(100),
  BisectBatchOnFunctionError: z.boolean().default(false),
  Enabled: z.boolean().default(true),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']).default('LATEST'),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z
    .object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) })
    .default({ Filters: [] }),
  DestinationConfig: z
    .object({ OnFailure: z.object({ Destination: z.string() }).optional() })
    .default({}),
});

/** The event source mappings of the template: readers of the tables' streams. */
export class Streams {
  readonly #readers: readonly StreamReader[];

  constructor(assembly: Assembly, options: Omit<StreamReaderOptions, 'mapping' | 'tableName'>) {
    const tables = [
      ...assembly.ofType('AWS::DynamoDB::Table'),
      ...assembly.ofType('AWS::DynamoDB::GlobalTable'),
    ];
    this.#readers = assembly.ofType('AWS::Lambda::EventSourceMapping').map((resource) => {
      const properties = MappingProperties.parse(resource.properties);
      const table = tables.find(
        (each) => each.attribute('StreamArn') === properties.EventSourceArn,
      );
      if (!table)
        throw new Error(
          `${resource.logicalId} reads ${properties.EventSourceArn}, which is no table's stream`,
        );
      return new StreamReader({
        ...options,
        tableName: table.name,
        mapping: {
          id: resource.name,
          streamArn: properties.EventSourceArn,
          functionArn: properties.FunctionName,
          batchSize: properties.BatchSize,
          bisects: properties.BisectBatchOnFunctionError,
          retriesMax:
            properties.MaximumRetryAttempts < 0
              ? Number.POSITIVE_INFINITY
              : properties.MaximumRetryAttempts,
          startsAt: properties.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
          reportsFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
          filters: properties.FilterCriteria.Filters.map(
            ({ Pattern }) => JSON.parse(Pattern) as unknown,
          ),
          onFailureArn: properties.DestinationConfig.OnFailure?.Destination,
        },
      });
    });
  }

  async start(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }

  /** Tells the readers that a request with this body was written: those whose table it names look at once. */
  written(body: string): void {
    for (const reader of this.#readers) if (body.includes(reader.tableName)) reader.wake();
  }

  /** Tells the readers of these tables' streams that something was written. */
  wrote(tableNames: readonly string[]): void {
    for (const reader of this.#readers) if (tableNames.includes(reader.tableName)) reader.wake();
  }

  /** Reads every stream to its present end; thoroughly, also those into which this process wrote nothing. */
  async drain(isThorough: boolean): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.drain(isThorough)));
  }

  /** How far each reader is, for `/local/streams`. */
  read(): readonly unknown[] {
    return this.#readers.map((reader) => reader.describe());
  }
}
