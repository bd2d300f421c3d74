import { beginsWith, type CompiledCondition } from './conditions.ts';
import type { Comparator, Condition, Operand } from './condition-parser.ts';
import type { Attribute } from './attributes.ts';
import { resolvedPath, type Substitutes } from './document-paths.ts';
import { invalid } from './refusal.ts';

/** Which partition a query reads, and what of it. */
export interface KeyRange {
  readonly partition: Attribute;
  readonly sort: SortRange | undefined;
}

/** A part of a partition, by the sort key. */
export type SortRange =
  | {
      readonly kind: 'compare';
      readonly operator: Exclude<Comparator, '<>'>;
      readonly value: Attribute;
    }
  | { readonly kind: 'between'; readonly lower: Attribute; readonly upper: Attribute }
  | { readonly kind: 'begins'; readonly start: Attribute };

/** Names and types of the keys a query is about. */
export interface QueriedKeys {
  readonly partition: { readonly name: string; readonly type: string };
  readonly sort: { readonly name: string; readonly type: string } | undefined;
}

const missedKey = 'Query condition missed key schema element';

/** Reads a key condition for keys of these names. */
export function keyRangeOf(
  { condition }: CompiledCondition,
  keys: QueriedKeys,
  given: Substitutes,
): KeyRange {
  const found = new Map<string, { range: SortRange; operator: string }>();
  for (const part of partsOf(condition)) {
    const { name, range, operator } = rangeOf(part, given);
    if (found.has(name))
      throw invalid('KeyConditionExpressions must only contain one condition per key');
    found.set(name, { range, operator });
  }
  if (found.size > 2) throw invalid('Conditions can be of length 1 or 2 only');
  const partition = found.get(keys.partition.name);
  if (!partition) throw invalid(missedKey);
  if (partition.range.kind !== 'compare' || partition.range.operator !== '=')
    throw invalid('Query key condition not supported');
  const sort = keys.sort ? found.get(keys.sort.name) : undefined;
  if (found.size === 2 && !sort) throw invalid(missedKey);
  demandType(partition.range, keys.partition.type);
  if (sort && keys.sort) demandType(sort.range, keys.sort.type);
  return { partition: partition.range.value, sort: sort?.range };
}

/** Whether a sort key lies in a range that is not bounded by comparisons alone. */
export function begins(value: Attribute | undefined, start: Attribute): boolean {
  return beginsWith(value, start);
}

function partsOf(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.parts.flatMap(partsOf) : [condition];
}

function rangeOf(
  condition: Condition,
  given: Substitutes,
): { name: string; range: SortRange; operator: string } {
  switch (condition.kind) {
    case 'compare':
      return comparison(condition, given);
    case 'between': {
      const [operand, lower, upper] = condition.operands;
      const range: SortRange = {
        kind: 'between',
        lower: valueOf(lower, given),
        upper: valueOf(upper, given),
      };
      return { name: nameOf(operand, given), range, operator: 'BETWEEN' };
    }
    case 'function': {
      const [operand, start] = condition.operands;
      if (condition.name !== 'begins_with' || !operand || !start) throw unusable(condition.name);
      const range: SortRange = { kind: 'begins', start: valueOf(start, given) };
      return { name: nameOf(operand, given), range, operator: 'begins_with' };
    }
    case 'in':
    case 'not':
    case 'or':
    case 'and':
      throw unusable(condition.kind.toUpperCase());
  }
}

const mirrored = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

function comparison(
  { operator, left, right }: Condition & { kind: 'compare' },
  given: Substitutes,
): { name: string; range: SortRange; operator: string } {
  if (operator === '<>') throw unusable(operator);
  const isMirrored = left.kind === 'value';
  const [path, value] = isMirrored ? [right, left] : [left, right];
  const range: SortRange = {
    kind: 'compare',
    operator: isMirrored ? mirrored[operator] : operator,
    value: valueOf(value, given),
  };
  return { name: nameOf(path, given), range, operator };
}

function unusable(operator: string): Error {
  return invalid(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

function nameOf(operand: Operand, given: Substitutes): string {
  if (operand.kind === 'size')
    throw invalid('KeyConditionExpressions cannot contain nested operations');
  if (operand.kind === 'value')
    throw invalid('KeyConditionExpressions must contain a key attribute in each condition');
  const [name, ...rest] = resolvedPath(operand.path, given);
  if (rest.length > 0)
    throw invalid('KeyConditionExpressions cannot have conditions on nested attributes');
  return String(name);
}

function valueOf(operand: Operand, { values }: Substitutes): Attribute {
  const value = operand.kind === 'value' ? values[operand.name] : undefined;
  if (operand.kind === 'size')
    throw invalid('KeyConditionExpressions cannot contain nested operations');
  if (!value)
    throw invalid(
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    );
  return value;
}

function demandType(range: SortRange, type: string): void {
  const values =
    range.kind === 'compare'
      ? [range.value]
      : range.kind === 'between'
        ? [range.lower, range.upper]
        : [range.start];
  if (values.some((value) => value[type] === undefined))
    throw invalid(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
}
