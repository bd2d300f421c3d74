import { plainTable, table, type Fields } from './both-tables.ts';

type Random = () => number;

/** One request of a run. */
export interface Asked {
  readonly operation: string;
  readonly request: Fields;
}

const { TableName } = table;
const texts = ['', 'a', 'ab', 'b', '中', '😀', '\uff5e', 'G', 'H'];
const numbers = [
  '0',
  '1',
  '-1',
  '2',
  '10',
  '1.5',
  '-2.75',
  '1e3',
  '123456789012345678901',
  '0.001',
];
const attributes = ['v', 'w', 'm', 'l', 'ss', 'ns', 'g', 'h', 'nope'];
/** Keys cannot be updated: what is said about it stands in its own test. */
const paths = [...attributes, 'm.k', 'm.j', 'l[0]', 'l[1]', 'm.j.k'];

/** Makes requests that meet each other: few keys, few names, few values. */
export class RandomRequests {
  readonly #random: Random;
  #values: Record<string, unknown> = {};
  #names: Record<string, string> = {};

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Asked {
    this.#values = {};
    this.#names = {};
    const kind = this.#below(20);
    if (kind < 5) return { operation: 'PutItem', request: this.#put() };
    if (kind < 9) return { operation: 'UpdateItem', request: this.#update() };
    if (kind < 11) return { operation: 'DeleteItem', request: this.#delete() };
    if (kind < 14) return { operation: 'TransactWriteItems', request: this.#transaction() };
    if (kind < 15) return { operation: 'BatchWriteItem', request: this.#batch() };
    if (kind < 16) return { operation: 'GetItem', request: this.#get() };
    return { operation: 'Query', request: this.#query() };
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #one<Each>(list: readonly Each[]): Each {
    return list[this.#below(list.length)] as Each;
  }

  #isOften(): boolean {
    return this.#random() < 0.5;
  }

  #isRarely(): boolean {
    return this.#random() < 0.1;
  }

  #key(): Fields {
    return { id: { S: this.#one(['a', 'b']) }, n: { N: this.#one(['1', '2', '3', '-1', '10']) } };
  }

  #attribute(depth = 0): unknown {
    const kinds = ['S', 'N', 'N', 'BOOL', 'NULL', 'SS', 'NS', ...(depth < 2 ? ['L', 'M'] : [])];
    switch (this.#one(kinds)) {
      case 'S':
        return { S: this.#one(texts) };
      case 'N':
        return { N: this.#one(numbers) };
      case 'BOOL':
        return { BOOL: this.#isOften() };
      case 'NULL':
        return { NULL: true };
      case 'SS':
        return { SS: ['a', 'b', '中'].slice(0, 1 + this.#below(3)) };
      case 'NS':
        return { NS: ['1', '2', '10'].slice(0, 1 + this.#below(3)) };
      case 'L':
        return { L: Array.from({ length: this.#below(3) }, () => this.#attribute(depth + 1)) };
      default:
        return {
          M: {
            ...(this.#isOften() && { k: this.#attribute(depth + 1) }),
            ...(this.#isOften() && { j: this.#attribute(depth + 1) }),
          },
        };
    }
  }

  /** Numbers inside of lists and maps are in their normal form: DynamoDB Local leaves them as they come. */
  #normal(attribute: unknown): unknown {
    return JSON.parse(JSON.stringify(attribute).replaceAll('"1e3"', '"1000"')) as unknown;
  }

  #item(): Fields {
    const item: Record<string, unknown> = { ...this.#key() };
    for (const name of attributes)
      if (this.#isOften()) item[name] = this.#normal(this.#attribute());
    // Keys of indexes are texts, but for now and then.
    for (const name of ['g', 'h'])
      if (item[name] !== undefined && !this.#isRarely())
        item[name] = { S: this.#one(['G', 'H', 'a']) };
    return item;
  }

  #put(): Fields {
    return { TableName, Item: this.#item(), ...this.#conditions('ALL_OLD') };
  }

  #delete(): Fields {
    return { TableName, Key: this.#key(), ...this.#conditions('ALL_OLD') };
  }

  #get(): Fields {
    return {
      TableName,
      Key: this.#key(),
      ...(this.#isOften() && { ProjectionExpression: this.#path() }),
      ...this.#substitutes(),
    };
  }

  #update(): Fields {
    const UpdateExpression = this.#updateExpression();
    const ReturnValues = this.#one(['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']);
    return { TableName, Key: this.#key(), UpdateExpression, ...this.#conditions(ReturnValues) };
  }

  #conditions(ReturnValues?: string): Fields {
    const hasCondition = this.#isOften();
    const ConditionExpression = hasCondition ? this.#condition(2) : undefined;
    return {
      ...(hasCondition && { ConditionExpression }),
      ...this.#substitutes(),
      ...(ReturnValues !== undefined && this.#isOften() && { ReturnValues }),
      ...(this.#isOften() && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    };
  }

  #substitutes(): Fields {
    return {
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }

  #path(): string {
    const path = this.#one(paths);
    if (!this.#isRarely()) return path;
    const [name = '', ...rest] = path.split(/(?=[.[])/);
    const substitute = `#${name}`;
    this.#names[substitute] = name;
    return [substitute, ...rest].join('');
  }

  #value(attribute: unknown = this.#normal(this.#attribute())): string {
    const name = `:v${Object.keys(this.#values).length}`;
    this.#values[name] = attribute;
    return name;
  }

  #operand(): string {
    const kind = this.#below(8);
    if (kind < 4) return this.#path();
    return kind < 7 ? this.#value() : `size(${this.#path()})`;
  }

  #condition(depth: number): string {
    const kind = this.#below(depth > 0 ? 11 : 8);
    switch (kind) {
      case 0:
        return `attribute_exists(${this.#path()})`;
      case 1:
        return `attribute_not_exists(${this.#path()})`;
      case 2:
        return `attribute_type(${this.#path()}, ${this.#value({ S: this.#one(['S', 'N', 'L', 'M', 'SS', 'NULL']) })})`;
      case 3:
        return `begins_with(${this.#path()}, ${this.#value({ S: this.#one(texts) })})`;
      case 4:
        return `contains(${this.#path()}, ${this.#value()})`;
      case 5:
        return `${this.#operand()} BETWEEN ${this.#value({ N: '1' })} AND ${this.#value({ N: this.#one(['1', '5', '1000']) })}`;
      case 6:
        return `${this.#operand()} IN (${this.#value()}, ${this.#value()})`;
      case 7:
        return `${this.#operand()} ${this.#one(['=', '<>', '<', '<=', '>', '>='])} ${this.#operand()}`;
      case 8:
        return `NOT ${this.#condition(0)}`;
      case 9:
        return `${this.#condition(depth - 1)} AND ${this.#condition(depth - 1)}`;
      default:
        return `(${this.#condition(depth - 1)} OR ${this.#condition(depth - 1)})`;
    }
  }

  #updateExpression(): string {
    const sections: string[] = [];
    if (this.#isOften()) sections.push(`SET ${this.#list(() => this.#assignment())}`);
    if (this.#isOften()) sections.push(`REMOVE ${this.#list(() => this.#path())}`);
    if (this.#isRarely())
      sections.push(`DELETE ${this.#path()} ${this.#value({ SS: ['a', this.#one(['b', 'c'])] })}`);
    if (this.#isOften() || sections.length === 0)
      sections.push(
        `ADD ${this.#path()} ${this.#value(this.#one([{ N: '2' }, { SS: ['z'] }, { N: '-0.5' }]))}`,
      );
    return sections.join(' ');
  }

  #list(each: () => string): string {
    return Array.from({ length: 1 + this.#below(2) }, each).join(', ');
  }

  #assignment(): string {
    const kind = this.#below(6);
    const path = this.#path();
    if (kind === 0)
      return `${path} = ${this.#path()} ${this.#one(['+', '-'])} ${this.#value({ N: this.#one(numbers) })}`;
    if (kind === 1) return `${path} = if_not_exists(${this.#path()}, ${this.#value()})`;
    if (kind === 2)
      return `${path} = list_append(${this.#path()}, ${this.#value({ L: [{ S: 'z' }] })})`;
    if (kind === 3) return `${path} = ${this.#path()}`;
    return `${path} = ${this.#value()}`;
  }

  #transaction(): Fields {
    const actions = Array.from({ length: 1 + this.#below(3) }, () => this.#action());
    return { TransactItems: actions };
  }

  #action(): Fields {
    this.#values = {};
    this.#names = {};
    const kind = this.#below(5);
    if (kind < 2) return { Put: { TableName, Item: this.#item(), ...this.#conditions() } };
    if (kind === 2) return { Delete: { TableName, Key: this.#key(), ...this.#conditions() } };
    if (kind === 3) {
      const UpdateExpression = this.#updateExpression();
      return { Update: { TableName, Key: this.#key(), UpdateExpression, ...this.#conditions() } };
    }
    const ConditionExpression = this.#condition(1);
    const check = { TableName, Key: this.#key(), ConditionExpression };
    return { ConditionCheck: { ...check, ...this.#substitutes() } };
  }

  #batch(): Fields {
    const writes = Array.from({ length: 1 + this.#below(4) }, () =>
      this.#isOften()
        ? { PutRequest: { Item: this.#item() } }
        : { DeleteRequest: { Key: this.#key() } },
    );
    const plain = { PutRequest: { Item: { id: { S: this.#one(['p', 'q']) }, v: { N: '1' } } } };
    return { RequestItems: { [TableName]: writes, [plainTable.TableName]: [plain] } };
  }

  #query(): Fields {
    const source = this.#one([
      { partition: 'id', sort: 'n', value: { S: 'a' }, bound: { N: this.#one(numbers) } },
      { IndexName: 'KeysOnly', partition: 'g', sort: 'n', value: { S: 'G' }, bound: { N: '2' } },
      { IndexName: 'Some', partition: 'g', sort: 'h', value: { S: 'G' }, bound: { S: 'H' } },
      { IndexName: 'All', partition: 'h', sort: undefined, value: { S: 'H' }, bound: {} },
      { IndexName: 'Beside', partition: 'id', sort: 'h', value: { S: 'a' }, bound: { S: 'a' } },
    ]);
    const { IndexName, partition, sort, value, bound } = source;
    let KeyConditionExpression = `${partition} = ${this.#value(value)}`;
    if (sort !== undefined && this.#isOften())
      KeyConditionExpression += ` AND ${sort} ${this.#one(['=', '<', '<=', '>', '>='])} ${this.#value(bound)}`;
    const hasFilter = IndexName === undefined && this.#isOften();
    const FilterExpression = hasFilter
      ? `attribute_exists(${this.#one(['v', 'm.k', 'l[0]'])})`
      : '';
    return {
      TableName,
      ...(IndexName !== undefined && { IndexName }),
      KeyConditionExpression,
      ...(hasFilter && { FilterExpression }),
      ...this.#substitutes(),
      ScanIndexForward: this.#isOften(),
      ...(this.#isOften() && { Limit: 1 + this.#below(3) }),
      ReturnConsumedCapacity: 'TOTAL',
    };
  }
}
