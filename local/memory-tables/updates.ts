import { kindOf, setOf, type Attribute, type Item, type Kind } from './attributes.ts';
import {
  refuseOverlaps,
  resolvedPath,
  stepName,
  valueAt,
  type DocumentPath,
  type Substitutes,
} from './document-paths.ts';
import { addNumbers } from './numbers.ts';
import { invalid } from './refusal.ts';
import { parseUpdate, type UpdateAction, type UpdateValue } from './update-parser.ts';

/** An update expression, read once for every request with the same text. */
export interface CompiledUpdate {
  readonly actions: readonly UpdateAction[];
  /** Paths it reads and writes, with `#names` as they are written. */
  readonly paths: readonly DocumentPath[];
  readonly values: readonly string[];
  /** Refuses values it makes no sense with. */
  check(given: Substitutes): void;
  /** The item afterwards; the one given stays as it is. */
  apply(item: Item, given: Substitutes): Item;
  /** Names of the attributes it writes to. */
  written(given: Substitutes): readonly string[];
  /** Of an item, the attributes at whose written places there is something. */
  writtenOf(item: Item, given: Substitutes): Item | undefined;
}

const compiled = new Map<string, CompiledUpdate>();
const COMPILED_MAX = 2_000;
const badPath = 'The document path provided in the update expression is invalid for update';
const badType = 'An operand in the update expression has an incorrect data type';
const noSuchAttribute =
  'The provided expression refers to an attribute that does not exist in the item';

/** Compiles an update expression, or finds it compiled. */
export function compileUpdate(text: string): CompiledUpdate {
  const known = compiled.get(text);
  if (known) return known;
  const actions = parseUpdate(text);
  const made: CompiledUpdate = {
    actions,
    paths: actions.flatMap((action) => [
      action.path,
      ...(action.kind === 'SET' ? pathsIn(action.value) : []),
    ]),
    values: actions.flatMap((action) => {
      if (action.kind === 'SET') return valuesIn(action.value);
      return action.kind === 'REMOVE' ? [] : [action.name];
    }),
    check: (given) => {
      checkUpdate(actions, given);
    },
    apply: (item, given) => applied(actions, item, given),
    writtenOf: (item, given) => writtenOf(actions, item, given),
    written: (given) => [...new Set(actions.map(({ path }) => stepName(String(path[0]), given)))],
  };
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(text, made);
  return made;
}

function pathsIn(value: UpdateValue): readonly DocumentPath[] {
  switch (value.kind) {
    case 'path':
      return [value.path];
    case 'value':
      return [];
    case 'ifNotExists':
      return [value.path, ...pathsIn(value.otherwise)];
    case 'sum':
    case 'append':
      return value.terms.flatMap(pathsIn);
  }
}

function valuesIn(value: UpdateValue): readonly string[] {
  switch (value.kind) {
    case 'path':
      return [];
    case 'value':
      return [value.name];
    case 'ifNotExists':
      return valuesIn(value.otherwise);
    case 'sum':
    case 'append':
      return value.terms.flatMap(valuesIn);
  }
}

function writtenOf(
  actions: readonly UpdateAction[],
  item: Item,
  given: Substitutes,
): Item | undefined {
  const part: Record<string, Attribute> = {};
  for (const { path } of actions) {
    const name = stepName(String(path[0]), given);
    const attribute = item[name];
    if (attribute && valueAt(item, path, given)) part[name] = attribute;
  }
  return Object.keys(part).length === 0 ? undefined : part;
}

const longNames: Readonly<Record<Kind, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
};
const sets: ReadonlySet<string> = new Set(['SS', 'NS', 'BS']);

function checkUpdate(actions: readonly UpdateAction[], given: Substitutes): void {
  const wrong = (message: string): Error => invalid(`Invalid UpdateExpression: ${message}`);
  refuseOverlaps(
    actions.map(({ path }) => resolvedPath(path, given)),
    wrong,
  );
  for (const action of actions) {
    if (action.kind === 'SET') checkTerms(action.value, given);
    if (action.kind !== 'ADD' && action.kind !== 'DELETE') continue;
    const value = given.values[action.name];
    const kind = value && kindOf(value);
    if (kind === undefined || sets.has(kind) || (action.kind === 'ADD' && kind === 'N')) continue;
    throw wrong(
      `Incorrect operand type for operator or function; operator: ${action.kind}, operand type: ${longNames[kind]}, typeSet: ALLOWED_FOR_${action.kind}_OPERAND`,
    );
  }
}

function checkTerms(value: UpdateValue, given: Substitutes): void {
  if (value.kind === 'ifNotExists') checkTerms(value.otherwise, given);
  if (value.kind !== 'sum' && value.kind !== 'append') return;
  const operator = value.kind === 'append' ? 'list_append' : value.sign === 1 ? '+' : '-';
  const wanted = value.kind === 'append' ? 'L' : 'N';
  for (const term of value.terms) {
    const literal = term.kind === 'value' ? given.values[term.name] : undefined;
    if (literal && kindOf(literal) !== wanted)
      throw invalid(
        `Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${kindOf(literal)}`,
      );
    checkTerms(term, given);
  }
}

/** One place of an item and what comes there; undefined takes it away. */
interface Change {
  readonly path: DocumentPath;
  readonly value: Attribute | undefined;
}

function applied(actions: readonly UpdateAction[], item: Item, given: Substitutes): Item {
  const paths = actions.map(({ path }) => resolvedPath(path, given));
  for (const path of paths) refuseMissingParent(item, path);
  const changes = actions.map((action, at): Change => {
    const path = paths[at] ?? [];
    return { path, value: valueOf(action, item, given) };
  });
  const next = { ...item };
  // Positions beyond a list's end are filled in their order, and what is removed is removed from the end on.
  const set = changes.filter(({ value }) => value !== undefined).toSorted(byPosition);
  const removed = changes
    .filter(({ value }) => value === undefined)
    .toSorted((left, right) => byPosition(right, left));
  for (const change of [...set, ...removed]) changeIn(next, change);
  return next;
}

/** A place inside a map or list that is not there is no place. */
function refuseMissingParent(item: Item, path: DocumentPath): void {
  if (path.length === 1) return;
  const parent = valueAt(item, path.slice(0, -1), { names: {}, values: {} });
  const kind = typeof path.at(-1) === 'number' ? 'L' : 'M';
  if (parent?.[kind] === undefined) throw invalid(badPath);
}

function byPosition(left: Change, right: Change): number {
  const [a, b] = [left.path.at(-1), right.path.at(-1)];
  return typeof a === 'number' && typeof b === 'number' ? a - b : 0;
}

function valueOf(action: UpdateAction, item: Item, given: Substitutes): Attribute | undefined {
  switch (action.kind) {
    case 'SET':
      return evaluated(action.value, item, given);
    case 'REMOVE':
      return undefined;
    case 'ADD':
    case 'DELETE': {
      const operand = given.values[action.name];
      const present = valueAt(item, action.path, given);
      if (!operand) return present;
      return action.kind === 'ADD' ? added(present, operand) : without(present, operand);
    }
  }
}

function evaluated(value: UpdateValue, item: Item, given: Substitutes): Attribute {
  switch (value.kind) {
    case 'value':
      return known(given.values[value.name]);
    case 'path':
      return known(valueAt(item, value.path, given));
    case 'ifNotExists':
      return valueAt(item, value.path, given) ?? evaluated(value.otherwise, item, given);
    case 'append': {
      const lists = value.terms.map((term) => evaluated(term, item, given)['L']);
      if (!lists.every(Array.isArray)) throw invalid(badType);
      return { L: lists.flat(1) };
    }
    case 'sum': {
      const [left, right] = value.terms.map((term) => evaluated(term, item, given)['N']);
      if (typeof left !== 'string' || typeof right !== 'string') throw invalid(badType);
      return { N: addNumbers(left, right, value.sign) };
    }
  }
}

function known(attribute: Attribute | undefined): Attribute {
  if (attribute === undefined) throw invalid(noSuchAttribute);
  return attribute;
}

function added(present: Attribute | undefined, operand: Attribute): Attribute {
  if (!present) return operand;
  const kind = kindOf(operand);
  if (kindOf(present) !== kind) throw invalid(badType);
  if (kind === 'N') return { N: addNumbers(String(present['N']), String(operand['N']), 1) };
  const all = new Set([...(present[kind] as string[]), ...(operand[kind] as string[])]);
  return setOf(kind as 'SS' | 'NS' | 'BS', [...all]);
}

/** A set without some members; one that would be empty is no more. */
function without(present: Attribute | undefined, operand: Attribute): Attribute | undefined {
  if (!present) return undefined;
  const kind = kindOf(operand);
  if (kindOf(present) !== kind) throw invalid(badType);
  const gone = operand[kind] as string[];
  const left = (present[kind] as string[]).filter((each) => !gone.includes(each));
  return left.length === 0 ? undefined : { [kind]: left };
}

function changeIn(item: Record<string, Attribute>, { path, value }: Change): void {
  const [first, ...rest] = path;
  const name = String(first);
  const changed = rest.length === 0 ? value : changedWithin(item[name], rest, value);
  if (changed === undefined) Reflect.deleteProperty(item, name);
  else item[name] = changed;
}

/** A map or list with one place in it changed; the one given stays as it is. */
function changedWithin(
  container: Attribute | undefined,
  path: DocumentPath,
  value: Attribute | undefined,
): Attribute {
  const [step, ...rest] = path;
  const inside = typeof step === 'number' ? container?.['L'] : container?.['M'];
  if (inside === undefined || step === undefined) throw invalid(badPath);
  if (typeof step === 'number') {
    const list = [...(inside as Attribute[])];
    const changed = rest.length === 0 ? value : changedWithin(list[step], rest, value);
    if (changed === undefined) list.splice(step, 1);
    else if (step < list.length) list[step] = changed;
    else list.push(changed);
    return { L: list };
  }
  const map = { ...(inside as Record<string, Attribute>) };
  changeIn(map, { path, value });
  return { M: map };
}
