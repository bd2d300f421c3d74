import type { Attribute, WireItem } from '../hosting/attribute-values.ts';
import { compareNumbers, normalNumber } from './numbers.ts';
import { invalid } from './refusal.ts';

export type Item = WireItem;
export type { Attribute };

/** The kinds of value, by the letters they go by in DynamoDB's JSON. */
export type Kind = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS';

/** The kind of an attribute that has been checked. */
export function kindOf(attribute: Attribute): Kind {
  for (const kind in attribute) return kind as Kind;
  throw invalid(emptyAttribute);
}

const emptyAttribute =
  'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const severalAttributes =
  'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes';

/** The item as it is kept: numbers in their normal form. The same object where nothing had to change. */
export function checkedItem(item: Item): Item {
  let changed: Record<string, Attribute> | undefined;
  for (const name in item) {
    const before = item[name];
    if (before === undefined) continue;
    const after = checkedAttribute(before);
    if (after === before) continue;
    changed ??= { ...item };
    changed[name] = after;
  }
  return changed ?? item;
}

/** One attribute as it is kept; refuses what DynamoDB does not keep. */
export function checkedAttribute(attribute: Attribute): Attribute {
  let found: string | undefined;
  for (const kind in attribute) {
    if (attribute[kind] === undefined) continue;
    if (found !== undefined) throw invalid(severalAttributes);
    found = kind;
  }
  if (found === undefined) throw invalid(emptyAttribute);
  const value = attribute[found];
  switch (found as Kind) {
    case 'S':
    case 'B':
    case 'BOOL':
      return attribute;
    case 'N': {
      const text = normalNumber(String(value));
      return text === value ? attribute : { N: text };
    }
    case 'NULL':
      if (value === true) return attribute;
      throw invalid(
        'One or more parameter values were invalid: Null attribute value types must have the value of true',
      );
    case 'M': {
      const kept = checkedItem(value as Item);
      return kept === value ? attribute : { M: kept };
    }
    case 'L':
      return checkedList(attribute, value as readonly Attribute[]);
    case 'SS':
    case 'NS':
    case 'BS':
      return checkedSet(found as 'SS' | 'NS' | 'BS', value as readonly string[]);
    default:
      throw invalid(emptyAttribute);
  }
}

function checkedList(attribute: Attribute, list: readonly Attribute[]): Attribute {
  let changed: Attribute[] | undefined;
  for (const [at, each] of list.entries()) {
    const kept = checkedAttribute(each);
    if (kept === each) continue;
    changed ??= [...list];
    changed[at] = kept;
  }
  return changed ? { L: changed } : attribute;
}

const setNames = { SS: 'string', NS: 'number', BS: 'binary' } as const;

/** Sets are kept in order: nobody may rely on another. */
function checkedSet(kind: 'SS' | 'NS' | 'BS', values: readonly string[]): Attribute {
  if (values.length === 0)
    throw invalid(
      `One or more parameter values were invalid: An ${setNames[kind]} set  may not be empty`,
    );
  const kept = kind === 'NS' ? values.map(normalNumber) : values;
  if (new Set(kept).size < kept.length)
    throw invalid(
      kind === 'NS'
        ? 'Input collection contains duplicates'
        : `One or more parameter values were invalid: Input collection [${kept.join(', ')}] contains duplicates`,
    );
  return setOf(kind, kept);
}

/** A set in the order in which it is kept. */
export function setOf(kind: 'SS' | 'NS' | 'BS', values: readonly string[]): Attribute {
  const order = kind === 'NS' ? compareNumbers : kind === 'SS' ? compareTexts : compareBytes;
  return { [kind]: values.toSorted(order) };
}

/** Texts in the order of their UTF-8 bytes, which is not JavaScript's beyond the basic plane. */
export function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for characters after all others. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'base64'), Buffer.from(right, 'base64'));
}

/** The order of two values of one of the kinds that have an order; undefined where there is none between them. */
export function compareAttributes(left: Attribute, right: Attribute): number | undefined {
  const kind = kindOf(left);
  if (kind !== kindOf(right)) return undefined;
  return scalarOrder(kind)?.(String(left[kind]), String(right[kind]));
}

/** How values of a kind are ordered. */
export function scalarOrder(kind: Kind): ((left: string, right: string) => number) | undefined {
  switch (kind) {
    case 'S':
      return compareTexts;
    case 'N':
      return compareNumbers;
    case 'B':
      return compareBytes;
    default:
      return undefined;
  }
}

/** Whether two values are the same; sets whatever their order. */
export function equalAttributes(left: Attribute, right: Attribute): boolean {
  if (left === right) return true;
  const kind = kindOf(left);
  if (kind !== kindOf(right)) return false;
  const a = left[kind];
  const b = right[kind];
  switch (kind) {
    case 'M':
      return equalItems(a as Item, b as Item);
    case 'L':
    case 'SS':
    case 'NS':
    case 'BS': {
      const first = a as readonly unknown[];
      const second = b as readonly unknown[];
      if (first.length !== second.length) return false;
      return kind === 'L'
        ? first.every((each, at) => equalAttributes(each as Attribute, second[at] as Attribute))
        : first.every((each) => second.includes(each));
    }
    default:
      return a === b;
  }
}

/** Whether two items have the same attributes. */
export function equalItems(left: Item, right: Item): boolean {
  if (left === right) return true;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const a = left[name];
    const b = right[name];
    return a !== undefined && b !== undefined && equalAttributes(a, b);
  });
}
