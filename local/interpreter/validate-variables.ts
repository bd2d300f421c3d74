import type { Faults } from './faults.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

const NAME_LENGTH_MAX = 80;

/** Checks the names a state assigns: on its own, in its catchers and in the rules of a Choice. */
export function validateVariables(
  state: JsonObject,
  { faults, location }: { readonly faults: Faults; readonly location: string },
): void {
  for (const { at, names } of assignments(state, location))
    for (const name of names) {
      const fault = faultOf(name);
      if (fault !== undefined) faults.add(`${at}/${name}`, fault);
    }
}

function assignments(state: JsonObject, location: string): { at: string; names: string[] }[] {
  const list = [{ at: `${location}/Assign`, names: namesIn(state['Assign']) }];
  for (const field of ['Catch', 'Choices'] as const) {
    const rules = state[field];
    if (!Array.isArray(rules)) continue;
    for (const [index, rule] of rules.entries())
      if (isJsonObject(rule))
        list.push({ at: `${location}/${field}[${index}]/Assign`, names: namesIn(rule['Assign']) });
  }
  return list;
}

function namesIn(assign: Json | undefined): string[] {
  // In JSONPath a name may end in `.$`: its value is then a path.
  return isJsonObject(assign) ? Object.keys(assign).map((name) => name.replace(/\.\$$/, '')) : [];
}

function faultOf(name: string): string | undefined {
  if (name === 'states') return "The variable name 'states' is reserved";
  if (name.length > NAME_LENGTH_MAX)
    return `Variable name must be at most ${NAME_LENGTH_MAX} characters`;
  if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name)) return `'${name}' is not a variable name`;
  return undefined;
}
