import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../support/seeded-random.ts';
import {
  BothTables,
  canonical,
  plainTable,
  table,
  type Answer,
  type Fields,
} from './both-tables.ts';
import { RandomRequests, type Asked } from './random-requests.ts';

const RUNS = Number(process.env['MEMORY_TABLES_RUNS'] ?? 30);
const REQUESTS = 60;
const PAGES_MAX = 50;
/** The same every time, so that it fails for what was changed alone; `SEED=$RANDOM MEMORY_TABLES_RUNS=1000` looks further. */
const seed = Number(process.env['SEED'] ?? 388_745);

let both: BothTables;

beforeAll(async () => {
  both = await BothTables.start();
  console.log(`seed ${seed}`);
}, 60_000);

afterAll(() => both.stop());

/** Messages name the first of several things that are wrong; which that is the services need not agree on. */
function withoutMessages({ status, type, answer }: Answer): unknown {
  const reasons = answer['CancellationReasons'] as readonly Fields[] | undefined;
  // Where a condition fails, DynamoDB Local looks at what else is wrong before it or not, as it comes.
  const isFailed = reasons?.some(({ Code }) => Code === 'ConditionalCheckFailed') === true;
  // And of several updates that make no sense it names one or all of them.
  const firstInvalid = reasons?.findIndex(({ Code }) => Code === 'ValidationError') ?? -1;
  return {
    status,
    type,
    ...answer,
    ...(reasons && {
      CancellationReasons: reasons.map(({ Message: _, ...reason }, at) =>
        reason['Code'] === 'ValidationError' && (isFailed || at > firstInvalid)
          ? { Code: 'None' }
          : reason,
      ),
    }),
  };
}

function itemsOf(answers: readonly Answer[], isOrdered: boolean): readonly string[] {
  const items = answers
    .flatMap(({ answer }) => (answer['Items'] ?? []) as unknown[])
    .map(canonical);
  return isOrdered ? items : items.sort();
}

async function everyPage(
  ask: (request: Fields) => Answer | Promise<Answer>,
  request: Fields,
): Promise<Answer[]> {
  const pages: Answer[] = [];
  let start: unknown;
  do {
    const page = await ask({
      ...request,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    pages.push(page);
    start = page.answer['LastEvaluatedKey'];
  } while (start !== undefined && pages.length < PAGES_MAX);
  // Whether a page that ends with the last item says so is for each to know.
  return pages.filter(
    ({ status, answer }, at) => at === 0 || status !== 200 || answer['ScannedCount'] !== 0,
  );
}

async function expectSameQuery({ operation, request }: Asked): Promise<void> {
  const local = await everyPage((each) => both.askLocal(operation, each), request);
  const memory = await everyPage((each) => both.askMemory(operation, each), request);
  expect(memory.map(({ status, type }) => [status, type])).toEqual(
    local.map(({ status, type }) => [status, type]),
  );
  // In an index, items whose sort keys are equal have no order among them.
  const isOrdered = request['IndexName'] === undefined;
  expect(itemsOf(memory, isOrdered)).toEqual(itemsOf(local, isOrdered));
}

async function everyItem(): Promise<{ expected: unknown; actual: unknown }> {
  const { expected, actual } = await both.ask('Scan', { TableName: table.TableName });
  return { expected: itemsOf([expected], false), actual: itemsOf([actual], false) };
}

interface StreamRecord {
  readonly eventName: string;
  readonly dynamodb: { readonly Keys: Fields; readonly [name: string]: unknown };
}

async function streamOf(
  ask: (operation: string, request: Fields) => Answer | Promise<Answer>,
  TableName: string,
): Promise<unknown[]> {
  const { Table } = (await ask('DescribeTable', { TableName })).answer as { Table: Fields };
  const StreamArn = Table['LatestStreamArn'];
  const described = await ask('DynamoDBStreams_20120810.DescribeStream', { StreamArn });
  const { Shards } = described.answer['StreamDescription'] as { Shards: { ShardId: string }[] };
  const opened = await ask('DynamoDBStreams_20120810.GetShardIterator', {
    StreamArn,
    ShardId: Shards[0]?.ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  });
  let iterator = opened.answer['ShardIterator'];
  const records: StreamRecord[] = [];
  for (let empty = 0; empty < 3;) {
    const page = await ask('DynamoDBStreams_20120810.GetRecords', {
      ShardIterator: iterator,
      Limit: 100,
    });
    const found = page.answer['Records'] as StreamRecord[];
    records.push(...found);
    iterator = page.answer['NextShardIterator'];
    empty = found.length === 0 ? empty + 1 : 0;
  }
  return records.map(({ eventName, dynamodb: { Keys, NewImage, OldImage, StreamViewType } }) => ({
    eventName,
    Keys,
    NewImage: withoutEmptyMaps(NewImage),
    OldImage: withoutEmptyMaps(OldImage),
    StreamViewType,
  }));
}

/** DynamoDB Local loses the kind of an empty map in its stream. */
function withoutEmptyMaps(image: unknown): unknown {
  return image && (JSON.parse(JSON.stringify(image).replaceAll('{"M":{}}', '{}')) as unknown);
}

/** What happened to each item, in order; DynamoDB promises no order among items. */
function byItem(records: readonly unknown[]): ReadonlyMap<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const record of records) {
    const key = canonical((record as StreamRecord['dynamodb'])['Keys']);
    found.set(key, [...(found.get(key) ?? []), record]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('the same requests', () => {
  it.each(Array.from({ length: RUNS }, (_, run) => run))(
    'leave the same items, answers and stream records, run %i',
    async (run) => {
      for (const each of [table, plainTable]) {
        await both.ask('DeleteTable', { TableName: each.TableName });
        await both.ask('CreateTable', each);
      }
      const requests = new RandomRequests(seededRandom(seed + run));
      for (let at = 0; at < REQUESTS; at += 1) {
        const asked = requests.next();
        try {
          if (asked.operation === 'Query') await expectSameQuery(asked);
          else await expectSameAnswer(asked);
        } catch (error) {
          console.error(`seed ${seed + run}, request ${at}: ${JSON.stringify(asked)}`);
          throw error;
        }
      }
      const items = await everyItem();
      expect(items.actual).toEqual(items.expected);
      for (const { TableName } of [table, plainTable]) {
        const local = await streamOf((...given) => both.askLocal(...given), TableName);
        const memory = await streamOf((...given) => both.askMemory(...given), TableName);
        expect(byItem(memory)).toEqual(byItem(local));
      }
    },
    60_000,
  );
});

async function expectSameAnswer({ operation, request }: Asked): Promise<void> {
  const { expected, actual } = await both.ask(operation, request);
  // DynamoDB Local tells what a deletion took that deleted nothing, whether it was asked or not.
  if (operation === 'DeleteItem') Reflect.deleteProperty(expected.answer, 'ConsumedCapacity');
  // Of several things wrong in one transaction it names one or another first: that it is refused is the same.
  const isRefused = expected.status === 400 && actual.status === 400;
  if (operation === 'TransactWriteItems' && isRefused && actual.type !== expected.type) return;
  expect(withoutMessages(actual)).toEqual(withoutMessages(expected));
}
