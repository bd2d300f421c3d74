/** A value as JSON can carry it. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: Json;
}

/** Whether `value` is a JSON object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The word the service uses for the type of a JSON value. */
export function jsonTypeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** How many bytes `value` takes as UTF-8 JSON text. */
export function jsonSize(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The largest payload a state may take or give, in bytes. */
export const PAYLOAD_BYTES_MAX = 262_144;

/** `value` when it is text, else nothing of it. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A copy of `object` without the named members. */
export function without<T extends object, K extends keyof T>(
  object: T,
  ...names: readonly K[]
): Omit<T, K> {
  const copy = { ...object };
  for (const name of names) Reflect.deleteProperty(copy, name);
  return copy;
}
