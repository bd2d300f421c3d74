import type { MemoryTables } from '#local/memory-tables/memory-tables.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { canonical, plainTable, table, type Fields } from './both-tables.ts';
import { RandomRequests } from './random-requests.ts';

interface Sent {
  readonly target: string;
  readonly request: Fields;
}

const DYNAMO = 'DynamoDB_20120810.';

/** The same requests for the same seed: two tables are made, then whatever comes. */
export function randomSequence(seed: number): { next(): Sent } {
  const random = new RandomRequests(seededRandom(seed));
  const first: Sent[] = [
    { target: `${DYNAMO}CreateTable`, request: table },
    { target: `${DYNAMO}CreateTable`, request: plainTable },
    {
      target: `${DYNAMO}UpdateTimeToLive`,
      request: {
        TableName: plainTable.TableName,
        TimeToLiveSpecification: { AttributeName: 'v', Enabled: true },
      },
    },
  ];
  return {
    next: () => {
      const made = first.shift();
      if (made) return made;
      const { operation, request } = random.next();
      return {
        target: operation.includes('.') ? operation : `${DYNAMO}${operation}`,
        request: JSON.parse(JSON.stringify(request)) as Fields,
      };
    },
  };
}

/** Everything that can be asked of the items of all tables and their indexes, in one text. */
export function stateOf(tables: MemoryTables): string {
  return canonical(
    tables.all.map(({ name, properties, ttlAttribute, count, indexes, ...each }) => ({
      name,
      properties,
      ttlAttribute,
      count,
      items: [...each.items.scan(everything)].map(canonical),
      indexes: [...indexes].map(([index, { items }]) => [
        index,
        [...items.scan(everything)].map(canonical),
      ]),
    })),
  );
}

const everything = { after: undefined, segment: 0, totalSegments: 1 };

/** Every record of a stream from a sequence number on, without what is drawn anew each time. */
export function recordsOf(tables: MemoryTables, tableName: string, from?: string): Fields[] {
  const ask = (operation: string, request: Fields): Fields =>
    tables.send(`DynamoDBStreams_20120810.${operation}`, request).answer;
  const stream = tables.table(tableName)?.stream;
  const { ShardIterator } = ask('GetShardIterator', {
    StreamArn: stream?.arn,
    ShardId: stream?.shardId,
    ...(from === undefined
      ? { ShardIteratorType: 'TRIM_HORIZON' }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: from }),
  });
  const { Records } = ask('GetRecords', { ShardIterator });
  return (Records as Fields[]).map(({ eventID: _, ...record }) => record);
}
