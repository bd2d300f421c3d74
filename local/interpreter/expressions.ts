import jsonata from 'jsonata';
import { addedFunctions } from './added-functions.ts';
import { EvaluationFailure } from './failures.ts';
import { isJsonObject, type Json } from './json.ts';

/** The variables an expression sees, `states` among them. */
export type Bindings = Readonly<Record<string, unknown>>;

/** One JSONata expression, compiled once. */
export interface Expression {
  readonly source: string;
  evaluate(bindings: Bindings): unknown;
}

const cache = new Map<string, Expression>();

/** Compiles `source`, or finds it compiled; throws jsonata's own error when it is no expression. */
export function compileExpression(source: string): Expression {
  let expression = cache.get(source);
  if (!expression) {
    expression = { source, evaluate: evaluatorOf(source) };
    cache.set(source, expression);
  }
  return expression;
}

function evaluatorOf(source: string): (bindings: Bindings) => unknown {
  const compiled = jsonata(source);
  for (const { name, run } of addedFunctions) compiled.registerFunction(name, run);
  // Step Functions has no $eval; bound to nothing it fails like any unknown function.
  compiled.assign('eval', undefined);
  const evaluateInFull = (bindings: Bindings): unknown =>
    compiled.evaluate(undefined, { ...bindings });

  const path = pathOf(source);
  if (!path) return evaluateInFull;
  // Most expressions only point at a value: following them by hand saves a JSONata evaluation per field.
  const [first = ''] = path;
  return (bindings) => {
    // Not a variable: one of the language's own functions, or nothing.
    if (!Object.hasOwn(bindings, first)) return evaluateInFull(bindings);
    let value: unknown = bindings;
    for (const key of path) {
      if (Array.isArray(value)) return evaluateInFull(bindings);
      if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
      value = value[key];
    }
    return value;
  };
}

function pathOf(source: string): string[] | undefined {
  if (!/^\$[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(source)) return undefined;
  return source.slice(1).split('.');
}

/** Evaluates `expression` for the field at `location` and answers plain JSON. */
export async function evaluate(
  expression: Expression,
  location: string,
  bindings: Bindings,
): Promise<Json> {
  const subject = `The JSONata expression '${expression.source}' specified for the field '${location}'`;
  let value: unknown;
  try {
    const answer = expression.evaluate(bindings);
    value = answer instanceof Promise ? await answer : answer;
  } catch (error) {
    throw new EvaluationFailure(
      `${subject} threw an error during evaluation. ${describe(error)}`,
      location,
    );
  }
  if (value === undefined)
    throw new EvaluationFailure(`${subject} returned nothing (undefined).`, location);
  const json = toJson(value);
  if (json === undefined)
    throw new EvaluationFailure(`${subject} returned an unsupported result type.`, location);
  return json;
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const message = 'message' in error ? String(error.message) : JSON.stringify(error);
  return 'code' in error ? `${String(error.code)}: ${message}` : message;
}

/** Strips what JSONata hangs on its results; undefined when a function is among them. Unchanged parts are shared. */
function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no negative zero, and no way to write a number without end.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (Array.isArray(value)) return listToJson(value);
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value)
    return undefined;
  return objectToJson(value as Record<string, unknown>);
}

function listToJson(list: unknown[]): Json[] | undefined {
  const items: Json[] = [];
  for (const item of list) {
    const json = toJson(item);
    if (json === undefined) return undefined;
    items.push(json);
  }
  return items;
}

function objectToJson(object: Record<string, unknown>): Json | undefined {
  const json: Record<string, Json> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const member = toJson(value);
    if (member === undefined) return undefined;
    json[key] = member;
  }
  return json;
}
