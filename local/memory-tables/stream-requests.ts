import type { ChangeStream } from './change-stream.ts';
import type { MemoryTable } from './memory-table.ts';
import { invalid, refused } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;
type Tables = ReadonlyMap<string, MemoryTable>;

const RECORDS_MAX = 1_000;

/** The protocol by which streams are read. Every stream is one shard that never ends. */
export function answerStreams(operation: string, request: Fields, tables: Tables): Fields {
  switch (operation) {
    case 'ListStreams':
      return listStreams(request, tables);
    case 'DescribeStream':
      return describeStream(request, tables);
    case 'GetShardIterator':
      return getShardIterator(request, tables);
    case 'GetRecords':
      return getRecords(request, tables);
    default:
      throw refused('UnknownOperationException', 'An unknown operation was requested.');
  }
}

function listStreams({ TableName }: Fields, tables: Tables): Fields {
  const streams = [...tables.values()].filter(
    ({ name, stream }) => stream && (TableName === undefined || TableName === name),
  );
  return {
    Streams: streams.map(({ name, stream }) => ({
      StreamArn: stream?.arn,
      TableName: name,
      StreamLabel: stream?.label,
    })),
  };
}

function describeStream(request: Fields, tables: Tables): Fields {
  const { table, stream } = found(request['StreamArn'], tables);
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: 'ENABLED',
      StreamViewType: stream.view,
      CreationRequestDateTime: table.createdAtMs / 1000,
      TableName: table.name,
      KeySchema: table.properties.KeySchema,
      Shards: [
        {
          ShardId: stream.shardId,
          SequenceNumberRange: { StartingSequenceNumber: stream.firstSequence },
        },
      ],
    },
  };
}

function getShardIterator(request: Fields, tables: Tables): Fields {
  const { StreamArn, ShardId, ShardIteratorType, SequenceNumber } = request;
  const { stream } = found(StreamArn, tables);
  if (ShardId !== stream.shardId)
    throw refused(
      'ResourceNotFoundException',
      `Requested resource not found: Shard: ${String(ShardId)} in stream: ${String(StreamArn)} not found`,
    );
  const sequence = SequenceNumber as string | undefined;
  return { ShardIterator: stream.open(String(ShardIteratorType), sequence) };
}

function getRecords({ ShardIterator, Limit }: Fields, tables: Tables): Fields {
  const [arn] = String(ShardIterator).split('|');
  const stream = streams(tables).get(arn ?? '')?.stream;
  if (!stream) throw invalid('Invalid ShardIterator');
  const { records, next } = stream.read(String(ShardIterator), Number(Limit ?? RECORDS_MAX));
  return { Records: records, NextShardIterator: next };
}

function found(arn: unknown, tables: Tables): { table: MemoryTable; stream: ChangeStream } {
  const known = streams(tables).get(String(arn));
  if (known) return known;
  throw refused(
    'ResourceNotFoundException',
    `Requested resource not found: Stream: ${String(arn)} not found`,
  );
}

function streams(tables: Tables): Map<string, { table: MemoryTable; stream: ChangeStream }> {
  return new Map(
    [...tables.values()].flatMap((table) =>
      table.stream ? [[table.stream.arn, { table, stream: table.stream }] as const] : [],
    ),
  );
}
