/** A value as DynamoDB's JSON has it. */
export type Attribute = Readonly<Record<string, unknown>>;

/** An item as DynamoDB's JSON has it. */
export type WireItem = Readonly<Record<string, Attribute>>;

/** Writes a plain value as the SDK's document client does when it leaves undefined values out. */
export function toAttribute(value: unknown): Attribute {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: numberText(value) };
    case 'bigint':
      return { N: value.toString() };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      return objectAttribute(value);
    default:
      throw new Error(`a ${typeof value} has no place in an item`);
  }
}

/** Writes every defined field of an item. */
export function toItem(item: object): Record<string, Attribute> {
  const written: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(item))
    if (value !== undefined && typeof value !== 'function') written[name] = toAttribute(value);
  return written;
}

function objectAttribute(value: object | null): Attribute {
  if (value === null) return { NULL: true };
  if (Array.isArray(value))
    return { L: value.filter((each) => each !== undefined).map((each) => toAttribute(each)) };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  if (value instanceof Set) return setAttribute([...value]);
  if (value instanceof Map) return { M: toItem(Object.fromEntries(value as Map<string, unknown>)) };
  const prototype: unknown = Object.getPrototypeOf(value);
  // The SDK refuses instances of classes as well: a Date would silently become an empty map.
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error(`an instance of ${value.constructor.name} has no place in an item`);
  return { M: toItem(value) };
}

function setAttribute(values: readonly unknown[]): Attribute {
  const [first] = values;
  if (typeof first === 'string') return { SS: values };
  if (first instanceof Uint8Array)
    return { BS: values.map((each) => Buffer.from(each as Uint8Array).toString('base64')) };
  if (typeof first === 'number' || typeof first === 'bigint')
    return {
      NS: values.map((each) => (typeof each === 'number' ? numberText(each) : String(each))),
    };
  throw new Error('an item holds no empty sets');
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} has no place in an item`);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new Error(`${value} is larger than a number can say exactly`);
  return String(value);
}

/** Reads an item as the document client does. */
export function fromItem(item: Readonly<Record<string, Attribute>>): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const name of Object.keys(item)) {
    const attribute = item[name];
    if (attribute === undefined) continue;
    if (name === '__proto__')
      Object.defineProperty(read, name, { value: fromAttribute(attribute), enumerable: true });
    else read[name] = fromAttribute(attribute);
  }
  return read;
}

/** Reads one attribute. */
export function fromAttribute(attribute: Attribute): unknown {
  for (const kind in attribute) {
    const value = attribute[kind];
    switch (kind) {
      case 'S':
      case 'BOOL':
        return value;
      case 'N':
        return numberOf(String(value));
      case 'M':
        return fromItem(value as Record<string, Attribute>);
      case 'L':
        return (value as Attribute[]).map(fromAttribute);
      case 'NULL':
        return null;
      case 'B':
        return new Uint8Array(Buffer.from(String(value), 'base64'));
      case 'SS':
        return new Set(value as string[]);
      case 'NS':
        return new Set((value as string[]).map(numberOf));
      case 'BS':
        return new Set(
          (value as string[]).map((each) => new Uint8Array(Buffer.from(each, 'base64'))),
        );
      default:
    }
  }
  throw new Error(`not an attribute: ${Object.keys(attribute).join(', ')}`);
}

function numberOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new Error(`${text} cannot be a number exactly`);
  return value;
}
