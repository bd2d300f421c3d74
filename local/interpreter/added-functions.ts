import { createHash, randomUUID } from 'node:crypto';

interface AddedFunction {
  readonly name: string;
  readonly run: (...given: unknown[]) => unknown;
}

const hashAlgorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** What Step Functions adds to JSONata: it has no other way to these. */
export const addedFunctions: readonly AddedFunction[] = [
  { name: 'partition', run: partition },
  { name: 'range', run: range },
  { name: 'hash', run: hash },
  { name: 'random', run: random },
  { name: 'uuid', run: () => randomUUID() },
  { name: 'parse', run: parse },
];

function partition(list: unknown, size: unknown): unknown {
  if (list === undefined) return undefined;
  const items = Array.isArray(list) ? list : [list];
  const length = positiveInteger(size, 'partition');
  const parts: unknown[][] = [];
  for (let start = 0; start < items.length; start += length)
    parts.push(items.slice(start, start + length));
  return parts;
}

/** Recorded on AWS: a range of one element is the element itself, as with any JSONata sequence. */
function range(first: unknown, last: unknown, step: unknown): unknown {
  if (typeof first !== 'number' || typeof last !== 'number' || typeof step !== 'number')
    throw argumentError('range');
  if (step === 0) throw argumentError('range');
  const values: number[] = [];
  for (let value = first; step > 0 ? value <= last : value >= last; value += step)
    values.push(value);
  if (values.length === 0) return undefined;
  return values.length === 1 ? values[0] : values;
}

function hash(data: unknown, algorithm: unknown): unknown {
  if (data === undefined) return undefined;
  const name = typeof algorithm === 'string' ? hashAlgorithms[algorithm] : undefined;
  if (name === undefined) throw argumentError('hash');
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return createHash(name).update(text).digest('hex');
}

function random(seed?: unknown): number {
  if (seed === undefined) return Math.random();
  // mulberry32: the same seed gives the same number, which is all that is promised.
  let state = Number(seed) | 0;
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

function parse(text: unknown): unknown {
  if (text === undefined) return undefined;
  if (typeof text !== 'string') throw argumentError('parse');
  return JSON.parse(text) as unknown;
}

function positiveInteger(value: unknown, functionName: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0)
    throw argumentError(functionName);
  return value;
}

function argumentError(functionName: string): Error {
  return Object.assign(
    new Error(`Argument of function "${functionName}" does not match function signature`),
    { code: 'T0410' },
  );
}
