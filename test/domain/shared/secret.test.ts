import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../domain/shared/secret.ts';

describe('Secret', () => {
  const secret = new Secret('11010519491231002X');

  it.each([
    ['a template', `value: ${secret as unknown as string}`],
    ['String()', String(secret)],
    ['concatenation', 'value: ' + (secret as unknown as string)],
    ['toString', secret.toString()],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ deep: [secret] }, { showHidden: true, depth: 9 })],
    ['an error', String(new Error(`bad value ${secret.toString()}`))],
  ])('shows nothing in %s', (_name, text) => {
    expect(text).toContain('***');
    expect(text).not.toContain('1101');
  });

  it('gives the value only when asked to reveal it', () => {
    expect(secret.reveal()).toBe('11010519491231002X');
  });
});
