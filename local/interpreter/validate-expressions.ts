import jsonata from 'jsonata';
import type { Faults } from './faults.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { expressionSource, isExpression } from './templates.ts';

/** Where other states stand; they are checked by themselves. */
const nestedFields = new Set(['States', 'ItemProcessor', 'Iterator', 'Branches']);

/** Checks that every expression of a state parses and calls nothing Step Functions has taken away. */
export function validateExpressions(state: JsonObject, faults: Faults, location: string): void {
  for (const [field, value] of Object.entries(state))
    if (!nestedFields.has(field)) visit(value, faults, `${location}/${field}`);
}

function visit(value: Json, faults: Faults, location: string): void {
  if (typeof value === 'string') {
    if (isExpression(value)) check(expressionSource(value), faults, location);
  } else if (Array.isArray(value))
    for (const [index, item] of value.entries()) visit(item, faults, `${location}[${index}]`);
  else if (isJsonObject(value))
    for (const [key, member] of Object.entries(value)) visit(member, faults, `${location}/${key}`);
}

function check(source: string, faults: Faults, location: string): void {
  try {
    if (calls(jsonata(source).ast(), 'eval'))
      faults.add(location, "The JSONata function '$eval' is not supported");
  } catch (error) {
    const message =
      typeof error === 'object' && error !== null && 'message' in error
        ? String(error.message)
        : '';
    faults.add(location, `The JSONata expression '${source}' is not valid: ${message}`);
  }
}

function calls(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((item) => calls(item, name));
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && node.type === 'function' && 'procedure' in node) {
    const { procedure } = node;
    if (typeof procedure === 'object' && procedure !== null && 'value' in procedure)
      if (procedure.value === name) return true;
  }
  return Object.values(node).some((member) => calls(member, name));
}
