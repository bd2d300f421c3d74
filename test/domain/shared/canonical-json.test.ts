import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf } from '../../../domain/shared/content-hash.ts';

describe('canonicalJson', () => {
  it.each([
    { value: null, text: 'null' },
    { value: true, text: 'true' },
    { value: 'a"\u0007', text: '"a\\"\\u0007"' },
    { value: 1e21, text: '1e+21' },
    { value: 333333333.33333329, text: '333333333.3333333' },
    { value: 1e-27, text: '1e-27' },
    { value: -0, text: '0' },
    { value: [], text: '[]' },
    { value: [1, { b: 2, a: 1 }], text: '[1,{"a":1,"b":2}]' },
    { value: { b: undefined, a: null }, text: '{"a":null}' },
    { value: Object.create(null) as unknown, text: '{}' },
    // RFC 8785 §3.2.3: the order is that of UTF-16 code units.
    {
      value: { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 },
      text: '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    },
  ])('writes $text', ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['a missing entry of a list', [undefined]],
    ['a function', () => 1],
    ['a date', { at: new Date(0) }],
    ['bytes', new Uint8Array(1)],
    ['a map', new Map()],
    ['a big integer', 1n],
    ['not-a-number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('refuses %s rather than hash something else', (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('reads back as the same value and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(record));
        expect(JSON.parse(canonicalJson(record))).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
  });

  it('hashes equal contents equally and different ones differently', () => {
    expect(contentHashOf({ a: 1, b: 2 })).toBe(contentHashOf({ b: 2, a: 1 }));
    expect(contentHashOf({ a: 1 })).not.toBe(contentHashOf({ a: '1' }));
  });
});
