import jsonata from 'jsonata';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { expressionSource, isExpression } from './templates.ts';

/** Error names Step Functions, Lambda and the integrations define themselves. */
const awsErrorName = /^(States|Lambda|StepFunctions|EventBridge|DynamoDB|SQS|Sandbox)\.[A-Za-z.]+$/;

/** JSONata that calculates: money is binary floating point there, so no machine may do sums. */
const arithmetic = new Set(['+', '-', '*', '/', '%']);
const arithmeticFunctions = new Set(['sum', 'average', 'round', 'power', 'sqrt']);

/** What the house asks of a machine beyond what Step Functions does. */
export function lintMachine(definition: JsonObject, errorNames: readonly string[]): string[] {
  const faults: string[] = [];
  if (textOf(definition['Comment']) === '')
    faults.push('the machine has no Comment saying its business purpose');
  if (definition['QueryLanguage'] !== 'JSONata') faults.push("QueryLanguage must be 'JSONata'");
  if (typeof definition['TimeoutSeconds'] !== 'number')
    faults.push('the machine has no TimeoutSeconds');
  lintStates(definition, new Set(errorNames), faults);
  return faults;
}

function lintStates(program: JsonObject, errorNames: ReadonlySet<string>, faults: string[]): void {
  const states = isJsonObject(program['States']) ? program['States'] : {};
  for (const [name, state] of Object.entries(states)) {
    if (!isJsonObject(state)) continue;
    if (state['Type'] === 'Task' && state['TimeoutSeconds'] === undefined)
      faults.push(`${name}: a Task needs TimeoutSeconds`);
    if (state['Type'] === 'Choice' && state['Default'] === undefined)
      faults.push(`${name}: a Choice needs a Default; without a match nothing catches its error`);
    lintHandlers(name, state, { errorNames, faults });
    for (const sum of sumsIn(state))
      faults.push(`${name}: arithmetic in '${sum}': ASL routes, TypeScript calculates`);
    const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
    for (const inner of [state['ItemProcessor'], ...branches])
      if (isJsonObject(inner)) lintStates(inner, errorNames, faults);
  }
}

function lintHandlers(
  name: string,
  state: JsonObject,
  { errorNames, faults }: { errorNames: ReadonlySet<string>; faults: string[] },
): void {
  const namesIn = (field: 'Retry' | 'Catch'): string[] =>
    listOf(state[field]).flatMap((handler) =>
      listOf(isJsonObject(handler) ? handler['ErrorEquals'] : undefined).map(textOf),
    );
  if (namesIn('Retry').includes('States.ALL'))
    faults.push(`${name}: Retry on States.ALL repeats bugs; name the errors`);
  for (const error of [...namesIn('Retry'), ...namesIn('Catch')])
    if (!awsErrorName.test(error) && !errorNames.has(error))
      faults.push(`${name}: nobody throws '${error}'`);
}

/** The expressions of a state that calculate. */
function sumsIn(value: Json): string[] {
  if (typeof value === 'string') {
    if (!isExpression(value)) return [];
    const source = expressionSource(value);
    return calculates(jsonata(source).ast()) ? [source] : [];
  }
  if (Array.isArray(value)) return value.flatMap(sumsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    ['States', 'ItemProcessor', 'Branches'].includes(key) ? [] : sumsIn(member),
  );
}

function calculates(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(calculates);
  if (typeof node !== 'object' || node === null) return false;
  const { type, value, procedure } = node as {
    type?: unknown;
    value?: unknown;
    procedure?: unknown;
  };
  if (type === 'binary' && arithmetic.has(String(value))) return true;
  if (type === 'function' && typeof procedure === 'object' && procedure !== null)
    if (arithmeticFunctions.has(String((procedure as { value?: unknown }).value))) return true;
  return Object.values(node).some(calculates);
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
