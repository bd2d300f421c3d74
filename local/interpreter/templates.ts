import { compileExpression, evaluate, type Bindings, type Expression } from './expressions.ts';
import { EvaluationFailure } from './failures.ts';
import { isJsonObject, jsonTypeOf, type Json } from './json.ts';

/** A JSON value of the definition in which some strings are expressions. */
export type Template =
  | { readonly kind: 'Constant'; readonly value: Json }
  | { readonly kind: 'Expression'; readonly expression: Expression; readonly location: string }
  | { readonly kind: 'List'; readonly items: readonly Template[] }
  | { readonly kind: 'Object'; readonly members: readonly (readonly [string, Template])[] };

/** Where a template stands and whether its strings may be expressions at all. */
export interface TemplatePlace {
  readonly location: string;
  readonly isJsonata: boolean;
}

/** Whether `text` is an expression: it must begin and end with the markers, without a blank before or after. */
export function isExpression(text: string): boolean {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;
}

/** The expression between the markers. */
export function expressionSource(text: string): string {
  return text.slice(2, -2).trim();
}

/** Compiles a value of the definition; parts without expressions become constants. */
export function compileTemplate(value: Json, place: TemplatePlace): Template {
  if (!place.isJsonata) return { kind: 'Constant', value };
  if (typeof value === 'string' && isExpression(value)) {
    const expression = compileExpression(expressionSource(value));
    return { kind: 'Expression', expression, location: place.location };
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileTemplate(item, within(place, String(index))));
    return items.every((item) => item.kind === 'Constant')
      ? { kind: 'Constant', value }
      : { kind: 'List', items };
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => [key, compileTemplate(member, within(place, key))] as const,
    );
    return members.every(([, member]) => member.kind === 'Constant')
      ? { kind: 'Constant', value }
      : { kind: 'Object', members };
  }
  return { kind: 'Constant', value };
}

function within(place: TemplatePlace, key: string): TemplatePlace {
  return { ...place, location: `${place.location}/${key}` };
}

/** Fills a template in. */
export async function evaluateTemplate(template: Template, bindings: Bindings): Promise<Json> {
  switch (template.kind) {
    case 'Constant':
      return template.value;
    case 'Expression':
      return evaluate(template.expression, template.location, bindings);
    case 'List': {
      const items: Json[] = [];
      for (const item of template.items) items.push(await evaluateTemplate(item, bindings));
      return items;
    }
    case 'Object': {
      const object: Record<string, Json> = {};
      for (const [key, member] of template.members)
        object[key] = await evaluateTemplate(member, bindings);
      return object;
    }
  }
}

/** Fills a template in and insists on the type of what comes out. */
export async function evaluateTyped<T extends Json>(
  template: Template,
  bindings: Bindings,
  expected: { readonly type: string; readonly is: (value: Json) => value is T },
): Promise<T> {
  const value = await evaluateTemplate(template, bindings);
  if (expected.is(value)) return value;
  const [subject, location] =
    template.kind === 'Expression'
      ? [
          `The JSONata expression '${template.expression.source}' specified for the field '${template.location}'`,
          template.location,
        ]
      : ['The value', undefined];
  throw new EvaluationFailure(
    `${subject} returned an unexpected result type. Expected '${expected.type}', but was '${jsonTypeOf(value)}' for value: ${JSON.stringify(value)}`,
    location,
  );
}

export const anArray = {
  type: 'array',
  is: (value: Json): value is Json[] => Array.isArray(value),
};
export const aString = {
  type: 'string',
  is: (value: Json): value is string => typeof value === 'string',
};
export const aBoolean = {
  type: 'boolean',
  is: (value: Json): value is boolean => typeof value === 'boolean',
};
export const aNumber = {
  type: 'number',
  is: (value: Json): value is number => typeof value === 'number',
};

/** The longest wait or time limit a state may name: 99,999,999 seconds. */
const COUNT_MAX = 99_999_999;

/** Fills a field in that holds a whole number from `min` on: seconds, a concurrency, a number of failures. */
export async function evaluateCount(
  template: Template,
  bindings: Bindings,
  { field, min = 0 }: { readonly field: string; readonly min?: 0 | 1 },
): Promise<number> {
  const value = await evaluateTyped(template, bindings, aNumber);
  if (Number.isInteger(value) && value >= min && value <= COUNT_MAX) return value;
  throw new EvaluationFailure(
    `The ${field} field must be a ${min === 0 ? 'non-negative' : 'positive'} integer but was: ${value}`,
    field,
    true,
  );
}

/** Fills a percentage in, with a fraction or without. */
export async function evaluatePercentage(
  template: Template,
  bindings: Bindings,
  field: string,
): Promise<number> {
  const value = await evaluateTyped(template, bindings, aNumber);
  if (value >= 0 && value <= 100) return value;
  throw new EvaluationFailure(
    `The ${field} field must be a number from 0 to 100 but was: ${value}`,
    field,
    true,
  );
}
