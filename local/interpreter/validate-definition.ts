import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { Faults, type Diagnostic, type ValidationOptions } from './faults.ts';
import { validateState } from './validate-state.ts';

const machineFields = new Set([
  'Comment',
  'StartAt',
  'States',
  'TimeoutSeconds',
  'Version',
  'QueryLanguage',
]);

/** Every fault of a definition's text; none when it can be run. */
export function validateDefinition(text: string, options: ValidationOptions): Diagnostic[] {
  const faults = new Faults(options);
  let definition: Json;
  try {
    definition = text.trim() === '' ? null : (JSON.parse(text) as Json);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ code: 'INVALID_JSON_DESCRIPTION', message }];
  }
  if (!isJsonObject(definition))
    return [
      { code: 'SCHEMA_VALIDATION_FAILED', message: 'Definition must be a valid JSON object' },
    ];
  faults.refuseUnknown('/', definition, machineFields);
  const language = definition['QueryLanguage'] ?? 'JSONPath';
  if (language !== 'JSONPath' && language !== 'JSONata')
    faults.add('/QueryLanguage', `Value must be one of the following: [JSONPath, JSONata]`);
  const timeout = definition['TimeoutSeconds'];
  if (timeout !== undefined && !isPositiveInteger(timeout))
    faults.add('/TimeoutSeconds', 'Value must be a positive integer');
  validateStates(definition, {
    faults,
    location: '',
    language: textOf(language),
    root: textOf(language),
  });
  return faults.list;
}

/** Where a set of states stands and in which language it is written. */
export interface StatesPlace {
  readonly faults: Faults;
  /** Without the closing slash; empty for the machine itself. */
  readonly location: string;
  readonly language: string;
  /** The machine's own language. */
  readonly root: string;
}

/** Checks a machine, branch or processor: its states, where they lead and where it starts. */
export function validateStates(program: JsonObject, place: StatesPlace): void {
  const { faults, location } = place;
  const here = location === '' ? '/' : location;
  // The service names States first.
  faults.require(here, program, ['States', 'StartAt']);
  const { States: states, StartAt: startAt } = program;
  if (states === undefined) return;
  if (!isJsonObject(states) || Object.keys(states).length === 0) {
    faults.add(`${location}/States`, 'Value cannot be empty');
    return;
  }
  if (typeof startAt === 'string' && !Object.hasOwn(states, startAt))
    faults.add(
      `${location}/StartAt`,
      `Missing 'Next' target: ${startAt}`,
      'MISSING_TRANSITION_TARGET',
    );
  const nested = (inner: JsonObject, at: string): void => {
    validateStates(inner, { ...place, location: at });
  };
  for (const [name, state] of Object.entries(states)) {
    const at = `${location}/States/${name}`;
    if (name.length > 80) faults.add(at, 'State name must be at most 80 characters');
    if (isJsonObject(state))
      validateState(state, { ...place, location: at, siblings: states, nested });
    else faults.add(at, 'Expected value of type Object');
  }
}

function isPositiveInteger(value: Json): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
