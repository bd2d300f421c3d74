import {
  compareAttributes,
  equalAttributes,
  kindOf,
  type Attribute,
  type Item,
} from './attributes.ts';
import {
  operandsOf,
  parseCondition,
  type Comparator,
  type Condition,
  type Operand,
} from './condition-parser.ts';
import { resolvedPath, valueAt, type DocumentPath, type Substitutes } from './document-paths.ts';
import { invalid } from './refusal.ts';

/** Whether a condition holds for an item; one that is not there has no attributes. */
type Test = (item: Item, given: Substitutes) => boolean;
type Read = (item: Item, given: Substitutes) => Attribute | undefined;

/** A condition or filter, read and compiled once for every request with the same text. */
export interface CompiledCondition {
  readonly condition: Condition;
  readonly holds: Test;
  /** Paths it reads, with `#names` as they are written. */
  readonly paths: readonly DocumentPath[];
  readonly values: readonly string[];
  /** Refuses values it makes no sense with. */
  check(given: Substitutes): void;
}

const compiled = new Map<string, CompiledCondition>();
/** Expressions are constants of the code; one that is put together from data must not fill the memory. */
const COMPILED_MAX = 2_000;

/** Compiles an expression, or finds it compiled; `what` is the request's field. */
export function compileCondition(what: string, text: string): CompiledCondition {
  const id = `${what} ${text}`;
  const known = compiled.get(id);
  if (known) return known;
  const condition = parseCondition(what, text);
  const operands = operandsOf(condition).map(innermost);
  const made: CompiledCondition = {
    condition,
    holds: testOf(condition),
    paths: operands.flatMap((operand) => (operand.kind === 'path' ? [operand.path] : [])),
    values: operands.flatMap((operand) => (operand.kind === 'value' ? [operand.name] : [])),
    check: (given) => {
      checkValues(what, condition, given);
    },
  };
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(id, made);
  return made;
}

function innermost(operand: Operand): Operand {
  return operand.kind === 'size' ? innermost(operand.of) : operand;
}

function testOf(condition: Condition): Test {
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map(testOf);
      return (item, given) => parts.every((holds) => holds(item, given));
    }
    case 'or': {
      const parts = condition.parts.map(testOf);
      return (item, given) => parts.some((holds) => holds(item, given));
    }
    case 'not': {
      const part = testOf(condition.part);
      return (item, given) => !part(item, given);
    }
    case 'compare':
      return comparison(condition.operator, readOf(condition.left), readOf(condition.right));
    case 'between': {
      const [value, lower, upper] = condition.operands.map(readOf);
      const isFrom = comparison('>=', value, lower);
      const isTo = comparison('<=', value, upper);
      return (item, given) => isFrom(item, given) && isTo(item, given);
    }
    case 'in': {
      const isOne = condition.list.map((each) =>
        comparison('=', readOf(condition.operand), readOf(each)),
      );
      return (item, given) => isOne.some((holds) => holds(item, given));
    }
    case 'function':
      return functionTest(condition.name, condition.operands.map(readOf));
  }
}

const absent: Read = () => undefined;

function readOf(operand: Operand): Read {
  switch (operand.kind) {
    case 'path':
      return (item, given) => valueAt(item, operand.path, given);
    case 'value':
      return (_, { values }) => values[operand.name];
    case 'size': {
      const read = readOf(operand.of);
      return (item, given) => sizeOf(read(item, given));
    }
  }
}

/** How large a value is; undefined for the kinds that have no size. */
function sizeOf(attribute: Attribute | undefined): Attribute | undefined {
  if (attribute === undefined) return undefined;
  const kind = kindOf(attribute);
  const value = attribute[kind];
  switch (kind) {
    case 'S':
      return { N: String((value as string).length) };
    case 'B':
      return { N: String(Buffer.byteLength(value as string, 'base64')) };
    case 'M':
      return { N: String(Object.keys(value as Item).length) };
    case 'L':
    case 'SS':
    case 'NS':
    case 'BS':
      return { N: String((value as readonly unknown[]).length) };
    default:
      return undefined;
  }
}

function comparison(operator: Comparator, left: Read = absent, right: Read = absent): Test {
  if (operator === '=' || operator === '<>') {
    const isEqual: Test = (item, given) => {
      const a = left(item, given);
      const b = right(item, given);
      return a !== undefined && b !== undefined && equalAttributes(a, b);
    };
    return operator === '=' ? isEqual : (item, given) => !isEqual(item, given);
  }
  const fits = ordered[operator];
  return (item, given) => {
    const a = left(item, given);
    const b = right(item, given);
    if (a === undefined || b === undefined) return false;
    const order = compareAttributes(a, b);
    return order !== undefined && fits(order);
  };
}

const ordered: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function functionTest(name: string, [first = absent, second = absent]: readonly Read[]): Test {
  switch (name) {
    case 'attribute_exists':
      return (item, given) => first(item, given) !== undefined;
    case 'attribute_not_exists':
      return (item, given) => first(item, given) === undefined;
    case 'attribute_type':
      return (item, given) => {
        const found = first(item, given);
        return found !== undefined && kindOf(found) === second(item, given)?.['S'];
      };
    case 'begins_with':
      return (item, given) => beginsWith(first(item, given), second(item, given));
    default:
      return (item, given) => contains(first(item, given), second(item, given));
  }
}

/** Whether a text or bytes begin with another. */
export function beginsWith(whole: Attribute | undefined, start: Attribute | undefined): boolean {
  if (whole === undefined || start === undefined) return false;
  const [text, prefix] = [whole['S'], start['S']];
  if (typeof text === 'string' && typeof prefix === 'string') return text.startsWith(prefix);
  const [bytes, first] = [whole['B'], start['B']];
  if (typeof bytes !== 'string' || typeof first !== 'string') return false;
  const wanted = Buffer.from(first, 'base64');
  return Buffer.from(bytes, 'base64').subarray(0, wanted.length).equals(wanted);
}

function contains(whole: Attribute | undefined, part: Attribute | undefined): boolean {
  if (whole === undefined || part === undefined) return false;
  const kind = kindOf(whole);
  const of = kindOf(part);
  const value = whole[kind];
  if (kind === 'L')
    return (value as readonly Attribute[]).some((each) => equalAttributes(each, part));
  if (kind === 'S' && of === 'S') return (value as string).includes(part['S'] as string);
  if (kind === 'B' && of === 'B')
    return Buffer.from(value as string, 'base64').includes(
      Buffer.from(part['B'] as string, 'base64'),
    );
  return kind === `${of}S` && (value as readonly string[]).includes(part[of] as string);
}

const attributeTypes = '{N,BS,L,B,NULL,M,S,SS,NS,BOOL}';
const scalars: ReadonlySet<string> = new Set(['S', 'N', 'B']);

function checkValues(what: string, condition: Condition, given: Substitutes): void {
  const wrong = (message: string): Error => invalid(`Invalid ${what}: ${message}`);
  const literal = (operand: Operand | undefined): Attribute | undefined =>
    operand?.kind === 'value' ? given.values[operand.name] : undefined;
  const demand = (operator: string, attribute: Attribute | undefined, kinds: Set<string>): void => {
    if (attribute !== undefined && !kinds.has(kindOf(attribute)))
      throw wrong(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${kindOf(attribute)}`,
      );
  };
  const refuseSame = (operator: string, [first, second]: readonly Operand[]): void => {
    if (first?.kind !== 'path' || second?.kind !== 'path') return;
    const path = resolvedPath(first.path, given).join(', ');
    if (path === resolvedPath(second.path, given).join(', '))
      throw wrong(
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: [${path}]`,
      );
  };
  switch (condition.kind) {
    case 'and':
    case 'or':
      for (const part of condition.parts) checkValues(what, part, given);
      return;
    case 'not':
      checkValues(what, condition.part, given);
      return;
    case 'compare':
      refuseSame(condition.operator, [condition.left, condition.right]);
      if (condition.operator === '=' || condition.operator === '<>') return;
      for (const each of [condition.left, condition.right])
        demand(condition.operator, literal(each), scalars as Set<string>);
      return;
    case 'between': {
      for (const each of condition.operands)
        demand('BETWEEN', literal(each), scalars as Set<string>);
      const [, lower, upper] = condition.operands.map(literal);
      if (!lower || !upper) return;
      const order = compareAttributes(lower, upper);
      if (order === undefined)
        throw wrong(
          `The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: ${shown(lower)}, upper bound operand: AttributeValue: ${shown(upper)}`,
        );
      if (order > 0)
        throw wrong(
          `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: ${shown(lower)}, upper bound operand: AttributeValue: ${shown(upper)}`,
        );
      return;
    }
    case 'in':
      return;
    case 'function': {
      refuseSame(condition.name, condition.operands);
      if (condition.name === 'begins_with')
        for (const each of condition.operands)
          demand('begins_with', literal(each), new Set(['S', 'B']));
      if (condition.name !== 'attribute_type') return;
      const type = literal(condition.operands[1]);
      demand('attribute_type', type, new Set(['S']));
      if (type && !attributeTypes.slice(1, -1).split(',').includes(String(type['S'])))
        throw wrong(
          `Invalid attribute type name found; type: ${String(type['S'])}, valid types: ${attributeTypes}`,
        );
    }
  }
}

function shown(attribute: Attribute): string {
  const kind = kindOf(attribute);
  return `{${kind}:${String(attribute[kind])}}`;
}
