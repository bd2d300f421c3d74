import { checkedAttribute, type Attribute, type Item } from './attributes.ts';
import type { DocumentPath, Substitutes } from './document-paths.ts';
import { invalid } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An expression of a request: its field, and what it uses. */
export interface UsedExpression {
  readonly field: string;
  readonly paths: readonly DocumentPath[];
  readonly values: readonly string[];
}

/** `#names` and `:values` of a request. Refuses one that is used and not given, or given and not used. */
export function substitutesOf(
  request: Fields,
  expressions: readonly UsedExpression[],
  possible: string,
): Substitutes {
  const names = request['ExpressionAttributeNames'] as Record<string, string> | undefined;
  const given = request['ExpressionAttributeValues'] as Item | undefined;
  if (expressions.length === 0) {
    if (names)
      throw invalid('ExpressionAttributeNames can only be specified when using expressions');
    if (given)
      throw invalid(
        `ExpressionAttributeValues can only be specified when using expressions: ${possible}`,
      );
    return nothing;
  }
  if (names && Object.keys(names).length === 0)
    throw invalid('ExpressionAttributeNames must not be empty');
  if (given && Object.keys(given).length === 0)
    throw invalid('ExpressionAttributeValues must not be empty');
  const values = given ? checkedValues(given) : {};
  for (const expression of expressions) refuseUndefined(expression, names ?? {}, values);
  if (names) refuseUnusedNames(names, expressions);
  if (given) refuseUnusedValues(given, expressions);
  return { names: names ?? {}, values };
}

const nothing: Substitutes = { names: {}, values: {} };

function checkedValues(given: Item): Item {
  const values: Record<string, Attribute> = {};
  for (const name in given) {
    const value = given[name];
    if (value !== undefined) values[name] = checkedAttribute(value);
  }
  return values;
}

function refuseUndefined(
  { field, paths, values: used }: UsedExpression,
  names: Readonly<Record<string, string>>,
  values: Item,
): void {
  for (const path of paths)
    for (const step of path)
      if (typeof step === 'string' && step.startsWith('#') && names[step] === undefined)
        throw invalid(
          `Invalid ${field}: An expression attribute name used in the document path is not defined; attribute name: ${step}`,
        );
  for (const name of used)
    if (values[name] === undefined)
      throw invalid(
        `Invalid ${field}: An expression attribute value used in expression is not defined; attribute value: ${name}`,
      );
}

function refuseUnusedNames(
  names: Readonly<Record<string, string>>,
  expressions: readonly UsedExpression[],
): void {
  const unused = Object.keys(names).filter(
    (name) => !expressions.some(({ paths }) => paths.some((path) => path.includes(name))),
  );
  if (unused.length > 0)
    throw invalid(
      `Value provided in ExpressionAttributeNames unused in expressions: keys: {${unused.join(', ')}}`,
    );
}

function refuseUnusedValues(given: Item, expressions: readonly UsedExpression[]): void {
  const unused = Object.keys(given).filter(
    (name) => !expressions.some(({ values }) => values.includes(name)),
  );
  if (unused.length > 0)
    throw invalid(
      `Value provided in ExpressionAttributeValues unused in expressions: keys: {${unused.join(', ')}}`,
    );
}
