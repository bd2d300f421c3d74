import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BothTables, canonical, plainTable, table, type Fields } from './both-tables.ts';

const TableName = table.TableName;
const key = (n: number, id = 'a') => ({ id: { S: id }, n: { N: String(n) } });
const one = { ':one': { N: '1' } };

let both: BothTables;

beforeAll(async () => {
  both = await BothTables.start();
}, 60_000);

afterAll(() => both.stop());

/** Every case begins with the same few items. */
beforeEach(async () => {
  for (const each of [table, plainTable]) {
    await both.ask('DeleteTable', { TableName: each.TableName });
    await both.ask('CreateTable', each);
  }
  for (const item of [
    {
      ...key(1),
      c: { N: '5' },
      l: { L: [{ N: '1' }, { N: '2' }] },
      m: { M: { k: { S: 'v' }, j: { M: { deep: { S: 'w' } } } } },
      ss: { SS: ['a', 'b'] },
      s: { S: 'text' },
      g: { S: 'G' },
      h: { S: 'H1' },
    },
    { ...key(2), g: { S: 'G' }, h: { S: 'H2' }, v: { N: '2' } },
    { ...key(3), g: { S: 'G' }, v: { BOOL: true }, b: { B: 'AQI=' }, h: { S: 'H3' } },
    { ...key(10), v: { NULL: true } },
    { ...key(-2.5), v: { S: 'x' } },
    { ...key(1, 'b'), h: { S: 'H1' }, b: { B: 'AQ==' } },
  ])
    await both.ask('PutItem', { TableName, Item: item });
});

/** Both answer the same, in the same words. */
async function expectAlike(operation: string, request: Fields): Promise<void> {
  const { expected, actual } = await both.ask(operation, request);
  // DynamoDB Local tells what a deletion took that deleted nothing, whether it was asked or not.
  if (operation === 'DeleteItem') Reflect.deleteProperty(expected.answer, 'ConsumedCapacity');
  expect(actual).toEqual(expected);
}

function valuesFor(expression: string): Fields {
  const known: Fields = {
    ...one,
    ':two': { N: '2' },
    ':five': { N: '5' },
    ':a': { S: 'a' },
    ':empty': { S: '' },
    ':list': { L: [{ S: 'z' }] },
    ':set': { SS: ['b', 'c'] },
    ':all': { SS: ['a', 'b', 'c'] },
    ':map': { M: { k: { S: 'v' } } },
    ':no': { BOOL: false },
    ':type': { S: 'N' },
  };
  const used = [...new Set(expression.match(/:\w+/g) ?? [])].filter((name) => known[name]);
  if (used.length === 0) return {};
  return { ExpressionAttributeValues: Object.fromEntries(used.map((name) => [name, known[name]])) };
}

describe('conditions', () => {
  it.each([
    'attribute_not_exists(id)',
    'attribute_exists(m.k)',
    'attribute_exists(m.j.deep)',
    'attribute_exists(l[1])',
    'attribute_exists(l[2])',
    'attribute_not_exists(m.nope.deep)',
    'c = :five',
    'c <> :one',
    'nope <> :one',
    'nope = :one',
    'c < :five',
    'c <= :five',
    'c > :one AND c < :five',
    'c >= :one AND NOT c = :one OR s = :a',
    's > :a',
    's < :five',
    's <> :five',
    'c BETWEEN :one AND :five',
    'c BETWEEN :five AND :one',
    'c BETWEEN :a AND :five',
    'c IN (:one, :five)',
    'c IN (:a)',
    'c IN ()',
    'l[0] = :one',
    'm = :map',
    'contains(ss, :a)',
    'contains(s, :a)',
    'contains(l, :two)',
    'contains(s, :one)',
    'contains(m, :a)',
    'begins_with(s, :a)',
    'begins_with(s, s)',
    'begins_with(c, :a)',
    'begins_with(s, :one)',
    'begins_with(s)',
    'attribute_type(c, :type)',
    'attribute_type(s, :type)',
    'attribute_type(s, :a)',
    'attribute_type(s, :one)',
    'attribute_exists(:a)',
    'size(s) > :one',
    'size(ss) = :two',
    'size(l) = :two',
    'size(m) = :two',
    'size(c) = :one',
    'size(:a) = :one',
    'size(nope) = :one',
    'c = size(ss)',
    'size(s)',
    ':one = :one',
    ':one = c',
    'c = c',
    'c < :no',
    'c = :no',
    '(c = :five)',
    '((c = :five))',
    '((c = :five) AND (c > :one))',
    '(c = :five AND (c > :one))',
    'NOT (c = :one)',
    'NOT NOT c = :one',
    'not c = :one and c = :five',
    'c = :five AND',
    'c == :five',
    'c =',
    'c',
    '',
    ' ',
    '= :one',
    'a[x] = :one',
    'a. = :one',
    'attribute_not_exists(id',
    'attribute_not_exists id',
    'foo(c)',
    'foo(c) = :one',
    'attribute_exists(c) = :one',
    'attribute_exists(c, s)',
    'status = :one',
    'm.status = :one',
    '#nope = :one',
    'c = :undefined AND c = :one',
    'c = :one ; s = :a',
    'c = :five)',
    'c = :one OR OR c = :five',
  ])('are answered alike: %s', async (ConditionExpression) => {
    const values = valuesFor(ConditionExpression);
    await expectAlike('PutItem', {
      TableName,
      Item: { ...key(1), changed: one[':one'] },
      ConditionExpression,
      ...values,
    });
    await expectAlike('GetItem', { TableName, Key: key(1) });
    await expectAlike('DeleteItem', { TableName, Key: key(99), ConditionExpression, ...values });
  });

  it('give back the item where that is asked for', async () => {
    for (const at of [1, 99])
      await expectAlike('UpdateItem', {
        TableName,
        Key: key(at),
        UpdateExpression: 'SET v = :one',
        ConditionExpression: 's = :one',
        ExpressionAttributeValues: one,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
  });

  it('use every name and value they are given', async () => {
    const put = { TableName, Item: key(1) };
    const condition = { ConditionExpression: 'c = :one', ExpressionAttributeValues: one };
    for (const request of [
      { ...put, ...condition, ExpressionAttributeNames: { '#x': 'x' } },
      { ...put, ...condition, ExpressionAttributeValues: { ...one, ':two': { N: '2' } } },
      { ...put, ExpressionAttributeValues: one },
      { ...put, ExpressionAttributeNames: { '#x': 'x' } },
      { ...put, ...condition, ExpressionAttributeValues: {} },
      { ...put, ...condition, ExpressionAttributeNames: {} },
      { ...put, ConditionExpression: 'c = :one' },
      { ...put, ConditionExpression: '#c = :one', ExpressionAttributeValues: one },
    ])
      await expectAlike('PutItem', request);
  });
});

describe('updates', () => {
  it.each([
    'SET c = c + :one',
    'SET c = :one - c',
    'SET c = (c + :one)',
    'SET c = c + c + c',
    'SET c = :one + :one - :one',
    'SET q = if_not_exists(q, :one)',
    'SET q = if_not_exists(c, :one)',
    'SET q = if_not_exists(q, c)',
    'SET c = if_not_exists(c, :one) + :one',
    'SET q = if_not_exists(:one, c)',
    'SET q = if_not_exists(q)',
    'SET q = list_append(l, :list)',
    'SET l = list_append(:list, l)',
    'SET l = list_append(if_not_exists(nope, :list), l)',
    'SET c = list_append(c, :list)',
    'SET c = list_append(l, :one)',
    'SET l[0] = :one, l[1] = :a',
    'SET l[7] = :one, l[6] = :a',
    'SET l[1] = l[0], l[0] = l[1]',
    'SET m.k = :one',
    'SET m.fresh = :map',
    'SET m.j.deep = :one',
    'SET m.k.z = :one',
    'SET nope.k = :one',
    'SET nope[0] = :one',
    'SET s[0] = :one',
    'SET m[0] = :one',
    'SET l.k = :one',
    'SET a1 = :one, a2 = a1',
    'SET c = nope',
    'SET c = nope + :one',
    'SET c = s + :one',
    'SET c = c + :a',
    'SET c = :one, d = :a',
    'set c = :one remove s',
    'SET c = :one SET d = :one',
    'SET c = :one, c = :one',
    'SET m.k = :one REMOVE m',
    'REMOVE c SET c = :one',
    'SET c',
    'SET c = ',
    'SET = :one',
    'SET c = :one,',
    'SET c = :one REMOVE',
    'FOO c',
    '',
    'SET status = :one',
    'SET c = size(l)',
    'SET c = foo(l)',
    'SET id = :one',
    'SET n = :one',
    'SET g = :one',
    'SET g = :empty',
    'SET g = :a',
    'REMOVE g',
    'REMOVE g, h',
    'REMOVE l[0], l[1]',
    'REMOVE l[1]',
    'REMOVE l[9]',
    'REMOVE l[0] SET l[1] = :one',
    'REMOVE nope',
    'REMOVE m.nope',
    'REMOVE m.k',
    'REMOVE nope.a',
    'REMOVE id',
    'ADD c :one',
    'ADD fresh :one',
    'ADD fresh :set',
    'ADD ss :set',
    'ADD l[0] :one',
    'ADD m.count :one',
    'ADD nope.b :one',
    'ADD s :one',
    'ADD l :one',
    'ADD ss :one',
    'ADD c :a',
    'ADD c',
    'ADD c s',
    'DELETE ss :set',
    'DELETE ss :all',
    'DELETE nope :set',
    'DELETE c :set',
    'DELETE c :one',
  ])('are answered alike: %s', async (UpdateExpression) => {
    const values = valuesFor(UpdateExpression);
    for (const ReturnValues of ['ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW', 'ALL_OLD', 'NONE'])
      await expectAlike('UpdateItem', {
        TableName,
        Key: key(1),
        UpdateExpression,
        ReturnValues,
        ...values,
      });
    await expectAlike('GetItem', { TableName, Key: key(1) });
    await expectAlike('UpdateItem', {
      TableName,
      Key: key(77),
      UpdateExpression,
      ReturnValues: 'ALL_NEW',
      ...values,
    });
    await expectAlike('GetItem', { TableName, Key: key(77) });
  });

  it('without an expression make the item', async () => {
    await expectAlike('UpdateItem', { TableName, Key: key(50), ReturnValues: 'ALL_NEW' });
    await expectAlike('GetItem', { TableName, Key: key(50) });
  });
});

describe('items', () => {
  it.each([
    { x: { N: '1.50' } },
    { x: { N: '1e3' } },
    { x: { N: '-0' } },
    { x: { N: '0.00012300' } },
    { x: { N: '+7' } },
    { x: { N: '007' } },
    { x: { N: '.5' } },
    { x: { N: '1E+37' } },
    { x: { N: '1e125' } },
    { x: { N: '1e126' } },
    { x: { N: '9.9e125' } },
    { x: { N: '1e-130' } },
    { x: { N: '1e-131' } },
    { x: { N: '12345678901234567890123456789012345678' } },
    { x: { N: '123456789012345678901234567890123456789' } },
    { x: { N: '1234567890123456789012345678901234567800000' } },
    { x: { N: 'abc' } },
    { x: { N: '' } },
    { x: { N: '1 ' } },
    { x: {} },
    { x: { S: 'a', N: '1' } },
    { x: { SS: [] } },
    { x: { SS: ['a', 'a'] } },
    { x: { NS: ['3', '1', '2.0'] } },
    { x: { NS: ['1', '1.0'] } },
    { x: { BS: ['AQ==', 'AA=='] } },
    { x: { NULL: false } },
    { x: { S: '' } },
    { x: { L: [{ M: { a: { N: '1.0' } } }, {}] } },
    { x: { S: 'x'.repeat(410_000) } },
    { g: { N: '2' } },
    { g: { S: '' } },
    { g: { NULL: true } },
  ])('are kept or refused alike: %j', async (more) => {
    await expectAlike('PutItem', { TableName, Item: { ...key(5), ...more } });
    await expectAlike('GetItem', { TableName, Key: key(5) });
  });

  it.each<Fields>([
    { id: { S: 'a' } },
    { n: { N: '1' } },
    { id: { N: '1' }, n: { N: '1' } },
    { id: { S: '' }, n: { N: '1' } },
    { id: { S: 'a' }, n: { S: '1' } },
    { id: { S: 'a' }, n: { N: '1' }, z: { S: 'z' } },
    { id: { S: 'a' }, n: { N: '1.0' } },
    { id: { S: 'a' }, z: { N: '1' } },
    { id: { S: 'x'.repeat(2049) }, n: { N: '1' } },
    {},
  ])('are found under keys alike: %j', async (given) => {
    await expectAlike('GetItem', { TableName, Key: given });
    await expectAlike('PutItem', { TableName, Item: given });
    await expectAlike('DeleteItem', { TableName, Key: given, ReturnValues: 'ALL_OLD' });
    await expectAlike('UpdateItem', { TableName, Key: given });
  });

  it.each([
    'id',
    'id, id',
    'm.k',
    'm.k, m.j.deep',
    'm, m.k',
    'l[1], l[0]',
    'l[1]',
    's.k',
    'nope',
    'm.nope',
    'c, nope.x, ss',
    'status',
    'id,',
    '',
  ])('are projected alike: %s', async (ProjectionExpression) => {
    await expectAlike('GetItem', { TableName, Key: key(1), ProjectionExpression });
  });

  it('come back from puts and deletes as they were', async () => {
    for (const ReturnValues of ['ALL_OLD', 'NONE', 'ALL_NEW', 'UPDATED_NEW'])
      for (const at of [1, 99]) {
        await expectAlike('PutItem', { TableName, Item: key(at), ReturnValues });
        await expectAlike('DeleteItem', { TableName, Key: key(at), ReturnValues });
      }
  });
});

describe('queries', () => {
  it.each([
    'id = :a',
    'id = :a AND n > :one',
    'id = :a AND n >= :one',
    'id = :a AND n < :two',
    'id = :a AND n <= :two',
    'id = :a AND n = :two',
    'id = :a AND n BETWEEN :one AND :five',
    'id = :a AND n BETWEEN :five AND :one',
    '(id = :a) AND (n >= :one)',
    'n > :one AND id = :a',
    ':a = id AND :one < n',
    'n > :one',
    'id > :a',
    'id = :a AND n <> :one',
    'id = :a OR n = :one',
    'id = :a AND v = :one',
    'id = :a AND begins_with(n, :one)',
    'id = :a AND n IN (:one)',
    'id = :one',
    'id = :a AND n = :a',
    'id = :a AND n > :one AND n < :five',
    'NOT id = :a',
    'id = :a AND size(n) = :one',
    'id = :a AND attribute_exists(n)',
    'id = :a AND id = :a',
    'id',
  ])('are answered alike: %s', async (KeyConditionExpression) => {
    const request = { TableName, KeyConditionExpression, ...valuesFor(KeyConditionExpression) };
    await expectAlike('Query', request);
    await expectAlike('Query', { ...request, ScanIndexForward: false, Limit: 2 });
    await expectAlike('Query', { ...request, Select: 'COUNT', ReturnConsumedCapacity: 'TOTAL' });
  });

  const whole = {
    TableName,
    KeyConditionExpression: 'id = :a',
    ExpressionAttributeValues: { ':a': { S: 'a' } },
  };
  const index = {
    TableName,
    IndexName: 'Some',
    KeyConditionExpression: 'g = :g',
    ExpressionAttributeValues: { ':g': { S: 'G' } },
  };
  it.each<Fields>([
    { ...whole, Limit: 5 },
    { ...whole, Limit: 4 },
    { ...whole, Limit: 0 },
    { ...whole, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' },
    { ...whole, ReturnConsumedCapacity: 'INDEXES' },
    { ...whole, ExclusiveStartKey: key(2) },
    { ...whole, ExclusiveStartKey: key(2.5) },
    { ...whole, ExclusiveStartKey: key(2), ScanIndexForward: false },
    { ...whole, ExclusiveStartKey: key(2, 'b') },
    { ...whole, ExclusiveStartKey: { id: { S: 'a' } } },
    { ...whole, ProjectionExpression: 'v' },
    { ...whole, ProjectionExpression: 'v', Select: 'COUNT' },
    { ...whole, Select: 'SPECIFIC_ATTRIBUTES', ProjectionExpression: 'v' },
    { ...whole, FilterExpression: 'v = :a' },
    { ...whole, FilterExpression: 'attribute_exists(v)', Limit: 2 },
    { ...whole, FilterExpression: 'n > :a' },
    { ...whole, FilterExpression: 'id = :a' },
    { ...whole, FilterExpression: 'v =' },
    { TableName },
    { TableName, ExpressionAttributeValues: one },
    { ...whole, TableName: 'Nothing' },
    { ...whole, IndexName: 'Nothing' },
    index,
    { ...index, Limit: 1 },
    { ...index, Limit: 1, ScanIndexForward: false },
    {
      ...index,
      KeyConditionExpression: 'g = :g AND begins_with(h, :h)',
      ExpressionAttributeValues: { ':g': { S: 'G' }, ':h': { S: 'H1' } },
    },
    { ...index, ReturnConsumedCapacity: 'TOTAL' },
    { ...index, ConsistentRead: true },
    { ...index, Select: 'ALL_ATTRIBUTES' },
    { ...index, Select: 'ALL_PROJECTED_ATTRIBUTES' },
    { ...index, ProjectionExpression: 'v' },
    { ...index, ProjectionExpression: 'v, c' },
    { ...index, FilterExpression: 'c = :g' },
    { ...index, FilterExpression: 'v = :g' },
    { ...index, ExclusiveStartKey: key(1) },
    { ...index, ExclusiveStartKey: { ...key(1), g: { S: 'G' }, h: { S: 'H1' } } },
    { ...index, ExclusiveStartKey: { ...key(1), g: { S: 'other' }, h: { S: 'H1' } } },
    { ...index, IndexName: 'KeysOnly' },
    { ...index, IndexName: 'KeysOnly', Select: 'ALL_ATTRIBUTES' },
    { ...whole, IndexName: 'Beside' },
    { ...whole, IndexName: 'Beside', ConsistentRead: true },
    { ...whole, IndexName: 'Beside', Select: 'ALL_ATTRIBUTES' },
    {
      TableName,
      IndexName: 'Bytes',
      KeyConditionExpression: 'h = :h AND b >= :b',
      ExpressionAttributeValues: { ':h': { S: 'H3' }, ':b': { B: 'AQ==' } },
    },
  ])('page, filter and project alike: %j', async (request) => {
    await expectAlike('Query', request);
  });

  it('end a page after a megabyte', async () => {
    for (let n = 20; n < 35; n += 1)
      await both.ask('PutItem', {
        TableName,
        Item: { ...key(n, 'large'), text: { S: 'x'.repeat(100_000) } },
      });
    const large = { ...whole, ExpressionAttributeValues: { ':a': { S: 'large' } } };
    for (const ScanIndexForward of [true, false]) {
      const request = { ...large, ScanIndexForward, ReturnConsumedCapacity: 'TOTAL' };
      await expectAlike('Query', request);
      const { expected } = await both.ask('Query', request);
      const ExclusiveStartKey = expected.answer['LastEvaluatedKey'];
      expect(ExclusiveStartKey).toBeDefined();
      await expectAlike('Query', { ...request, ExclusiveStartKey });
    }
  });
});

describe('scans', () => {
  const items = (answer: Fields): unknown[] => (answer['Items'] as unknown[]).map(canonical).sort();

  it.each<Fields>([
    { TableName },
    { TableName, IndexName: 'KeysOnly' },
    { TableName, IndexName: 'All' },
    { TableName, FilterExpression: 'attribute_exists(v)' },
    { TableName, ProjectionExpression: 'id' },
  ])('find the same, in whatever order: %j', async (request) => {
    const { expected, actual } = await both.ask('Scan', request);
    expect(items(actual.answer)).toEqual(items(expected.answer));
    for (const name of ['Count', 'ScannedCount', 'LastEvaluatedKey'])
      expect(actual.answer[name]).toEqual(expected.answer[name]);
  });

  it('go on where a page ended, also in segments', () => {
    const found = [0, 1, 2].flatMap((Segment) => {
      const pages: unknown[] = [];
      let ExclusiveStartKey: unknown;
      do {
        const request = { TableName, Segment, TotalSegments: 3, Limit: 1 };
        const { answer } = both.askMemory('Scan', {
          ...request,
          ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
        });
        pages.push(...items(answer));
        ExclusiveStartKey = answer['LastEvaluatedKey'];
      } while (ExclusiveStartKey !== undefined);
      return pages;
    });
    expect(found.sort()).toEqual(items(both.askMemory('Scan', { TableName }).answer));
  });

  it.each<Fields>([
    { TableName, TotalSegments: 2 },
    { TableName, Segment: 0 },
    { TableName, Select: 'COUNT', ReturnConsumedCapacity: 'TOTAL' },
    { TableName, FilterExpression: '' },
    { TableName: 'Nothing' },
  ])('are answered alike: %j', async (request) => {
    await expectAlike('Scan', request);
  });
});

describe('batches', () => {
  const put = (n: number) => ({ PutRequest: { Item: key(n, 'z') } });
  it.each<readonly [string, Fields]>([
    [
      'BatchGetItem',
      {
        RequestItems: { [TableName]: { Keys: [key(1), key(77)] } },
        ReturnConsumedCapacity: 'TOTAL',
      },
    ],
    [
      'BatchGetItem',
      {
        RequestItems: {
          [TableName]: { Keys: [key(1)], ProjectionExpression: 'c', ConsistentRead: true },
        },
        ReturnConsumedCapacity: 'TOTAL',
      },
    ],
    ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [key(1), key(1)] } } }],
    ['BatchGetItem', { RequestItems: {} }],
    ['BatchGetItem', { RequestItems: { Nothing: { Keys: [key(1)] } } }],
    ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [{ id: { S: 'a' } }] } } }],
    [
      'BatchWriteItem',
      { RequestItems: { [TableName]: [put(1), { DeleteRequest: { Key: key(1) } }] } },
    ],
    [
      'BatchWriteItem',
      { RequestItems: { [TableName]: [put(1), { DeleteRequest: { Key: key(1, 'z') } }] } },
    ],
    [
      'BatchWriteItem',
      { RequestItems: { [TableName]: [put(1), { PutRequest: { Item: { id: { S: 'a' } } } }] } },
    ],
    ['BatchWriteItem', { RequestItems: { [TableName]: [] } }],
    ['BatchWriteItem', { RequestItems: {} }],
    [
      'BatchWriteItem',
      { RequestItems: { [TableName]: Array.from({ length: 26 }, (_, n) => put(n)) } },
    ],
    ['BatchWriteItem', { RequestItems: { Nothing: [put(1)] } }],
  ])('%s is answered alike: %j', async (operation, request) => {
    await expectAlike(operation, request);
    for (const at of [key(1), key(1, 'z')]) await expectAlike('GetItem', { TableName, Key: at });
  });
});

describe('transactions', () => {
  const put = (n: number, more: Fields = {}) => ({
    Put: { TableName, Item: key(n, 't'), ...more },
  });
  const exists = { ConditionExpression: 'attribute_exists(id)' };
  const absent = { ConditionExpression: 'attribute_not_exists(id)' };
  const old = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
  const update = (UpdateExpression: string, more: Fields = {}) => ({
    Update: { TableName, Key: key(1), UpdateExpression, ...more },
  });
  const cases: Fields[] = [
    { TransactItems: [put(1), put(2)] },
    { TransactItems: [put(1), put(2, exists)] },
    {
      TransactItems: [
        put(1),
        put(2, { ...exists, ...old }),
        { Delete: { TableName, Key: key(1), ...absent, ...old } },
      ],
    },
    { TransactItems: [{ Delete: { TableName, Key: key(1), ...absent } }, put(3)] },
    { TransactItems: [{ ConditionCheck: { TableName, Key: key(1), ...exists } }, put(3)] },
    { TransactItems: [{ ConditionCheck: { TableName, Key: key(99), ...exists } }, put(3)] },
    { TransactItems: [put(1), { ConditionCheck: { TableName, Key: key(9) } }] },
    {
      TransactItems: [
        put(1),
        { ConditionCheck: { TableName, Key: key(9), ConditionExpression: 'bad(' } },
      ],
    },
    { TransactItems: [put(1), put(1)] },
    { TransactItems: [put(1), update('SET c = c + :one', { ExpressionAttributeValues: one })] },
    {
      TransactItems: [
        put(1),
        update('SET c = c + :one', { ExpressionAttributeValues: { ':one': { S: 'x' } } }),
      ],
    },
    { TransactItems: [put(1), update('SET c = nope + :one', { ExpressionAttributeValues: one })] },
    { TransactItems: [put(1), update('SET nope.k = :one', { ExpressionAttributeValues: one })] },
    { TransactItems: [put(1), update('REMOVE m, s')] },
    { TransactItems: [put(1), { Put: { TableName, Item: { id: { S: 'a' } } } }] },
    { TransactItems: [put(1), { Put: { TableName, Item: { ...key(1), g: { N: '1' } } } }] },
    { TransactItems: [put(1), { Put: { TableName: 'Nothing', Item: key(1) } }] },
    {
      TransactItems: [
        put(1),
        { Put: { TableName: plainTable.TableName, Item: { id: { S: 'p' } } } },
      ],
    },
    { TransactItems: [] },
    { TransactItems: [{}] },
    {
      TransactItems: [
        put(1),
        { Put: { TableName, Item: { ...key(2), x: { S: 'x'.repeat(410_000) } } } },
      ],
    },
    { TransactItems: [put(1, { ExpressionAttributeValues: one })] },
    { TransactItems: [put(1)], ReturnConsumedCapacity: 'TOTAL', ClientRequestToken: 'first' },
  ];
  it.each(cases)('are answered alike: %j', async (request) => {
    await expectAlike('TransactWriteItems', request);
    for (const at of [key(1), key(1, 't'), key(2, 't'), key(3, 't')])
      await expectAlike('GetItem', { TableName, Key: at });
    await expectAlike('GetItem', { TableName: plainTable.TableName, Key: { id: { S: 'p' } } });
  });

  it('are made once for one token', async () => {
    const asked = {
      ClientRequestToken: `token-${process.pid}`,
      TransactItems: [update('ADD c :one', { ExpressionAttributeValues: one })],
    };
    await expectAlike('TransactWriteItems', asked);
    await expectAlike('TransactWriteItems', asked);
    await expectAlike('GetItem', { TableName, Key: key(1) });
    await expectAlike('TransactWriteItems', { ...asked, TransactItems: [put(8)] });
  });

  it('do not update a key', async () => {
    // DynamoDB Local leaves the reasons of the writes before out; the service does not.
    const { expected, actual } = await both.ask('TransactWriteItems', {
      TransactItems: [put(1), update('SET id = :one', { ExpressionAttributeValues: one })],
    });
    expect(actual).toMatchObject({ status: expected.status, type: expected.type });
    await expectAlike('GetItem', { TableName, Key: key(1, 't') });
  });

  it.each<Fields>([
    {
      TransactItems: [{ Get: { TableName, Key: key(1) } }, { Get: { TableName, Key: key(99) } }],
      ReturnConsumedCapacity: 'TOTAL',
    },
    { TransactItems: [{ Get: { TableName, Key: key(1), ProjectionExpression: 'c' } }] },
    { TransactItems: [{ Get: { TableName, Key: key(1) } }, { Get: { TableName, Key: key(1) } }] },
    { TransactItems: [{ Get: { TableName: 'Nothing', Key: key(1) } }] },
  ])('read alike: %j', async (request) => {
    await expectAlike('TransactGetItems', request);
  });
});

describe('tables', () => {
  it.each<readonly [string, Fields]>([
    ['ListTables', {}],
    ['ListTables', { Limit: 1 }],
    ['DescribeTable', { TableName: 'Nothing' }],
    ['CreateTable', table],
    ['CreateTable', { ...table, TableName: 'x' }],
    ['DeleteTable', { TableName: 'Nothing' }],
    ['DescribeTimeToLive', { TableName }],
    [
      'UpdateTimeToLive',
      { TableName, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    ],
    ['Foo', {}],
    ['GetItem', {}],
  ])('%s is answered alike: %j', async (operation, request) => {
    await expectAlike(operation, request);
  });

  it('are described alike', async () => {
    const { expected, actual } = await both.ask('DescribeTable', { TableName });
    const plain = ({ answer }: { answer: Fields }): Fields => {
      const { Table } = answer as { Table: Fields };
      const names = ['TableName', 'KeySchema', 'TableStatus', 'StreamSpecification', 'ItemCount'];
      return Object.fromEntries(names.map((name) => [name, Table[name]]));
    };
    expect(plain(actual)).toEqual(plain(expected));
  });
});
