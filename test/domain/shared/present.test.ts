import { describe, expect, it } from 'vitest';
import { present } from '../../../domain/shared/present.ts';

describe('present', () => {
  it.each([0, '', false, null, 7])('answers %o, which is there', (value) => {
    expect(present(value)).toBe(value);
  });

  it('stops where nothing is', () => {
    expect(() => present([1, 2][2])).toThrow('a value that belongs to the others is missing');
  });
});
