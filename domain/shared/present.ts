import { InvalidInput } from './errors.ts';

/**
 * A value that is known to be there where the compiler cannot know, such as the element of a list at a place within it.
 * Its absence is a bug of the caller, and stops the work rather than being counted as nothing.
 */
export function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new InvalidInput('a value that belongs to the others is missing');
  return value;
}
