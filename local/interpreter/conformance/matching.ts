import { isJsonObject, type Json } from '../json.ts';

/** Whether `actual` is what a case expects, wildcards included. */
export function isMatch(expected: Json | undefined, actual: Json | undefined): boolean {
  if (expected === undefined || actual === undefined) return expected === actual;
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, index) => isMatch(item, actual[index]))
    );
  if (!isJsonObject(expected)) return isSame(expected, actual);
  if (expected['$any'] === true) return true;
  const { $glob: glob, $json: text } = expected;
  if (typeof glob === 'string') return typeof actual === 'string' && isGlobMatch(glob, actual);
  if (text !== undefined) return typeof actual === 'string' && isMatch(text, parsed(actual));
  if (!isJsonObject(actual)) return false;
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].every((key) => isMatch(expected[key], actual[key]));
}

function isSame(expected: Json, actual: Json): boolean {
  return JSON.stringify(expected) === JSON.stringify(actual);
}

function isGlobMatch(glob: string, text: string): boolean {
  const pattern = glob
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${pattern.join('.*')}$`, 's').test(text);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A value that would match: what a stub answers where the record is masked. */
export function fillIn(value: Json): Json {
  if (Array.isArray(value)) return value.map(fillIn);
  if (!isJsonObject(value)) return value;
  const { $any: any, $glob: glob, $json: text } = value;
  if (any === true) return 'masked';
  if (typeof glob === 'string') return glob.replaceAll('*', 'x');
  if (text !== undefined) return JSON.stringify(fillIn(text));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fillIn(member)]));
}
