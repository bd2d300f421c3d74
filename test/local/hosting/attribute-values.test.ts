import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromItem, toAttribute, toItem } from '#local/hosting/attribute-values.ts';

const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ minLength: 1, maxLength: 20 }),
  fc.set(fc.string({ minLength: 1 }), { minLength: 1 }).map((values) => new Set(values)),
  fc.set(fc.integer(), { minLength: 1 }).map((values) => new Set(values)),
);
/** The SDK takes a map with a field of this name for an instance of a class, and refuses it. */
const fieldName = fc.string({ minLength: 1 }).filter((name) => name !== 'constructor');
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fieldName, fc.option(tie('node'), { nil: undefined }), {
      maxKeys: 4,
    }),
  ),
})).node;
const item = fc.dictionary(fieldName, value, {
  maxKeys: 6,
  noNullPrototype: true,
});

/** As it goes over the wire, where bytes are base64. */
function onTheWire(marshalled: unknown): unknown {
  return JSON.parse(
    JSON.stringify(marshalled, (_, each: unknown) =>
      each instanceof Uint8Array ? Buffer.from(each).toString('base64') : each,
    ),
  );
}

describe('values in DynamoDB’s notation', () => {
  it('are written as the SDK writes them', () => {
    fc.assert(
      fc.property(item, (given) => {
        expect(toItem(given)).toEqual(onTheWire(marshall(given, { removeUndefinedValues: true })));
      }),
    );
  });

  it('are read as the SDK reads them', () => {
    fc.assert(
      fc.property(item, (given) => {
        const marshalled = marshall(given, { removeUndefinedValues: true });
        expect(fromItem(toItem(given))).toEqual(unmarshall(marshalled));
      }),
    );
  });

  it.each([
    ['a date', new Date(0)],
    ['a number that is none', Number.NaN],
    ['an endless number', Number.POSITIVE_INFINITY],
    ['a number too large to be exact', 2 ** 53 + 2],
    ['an empty set', new Set()],
  ])('refuse %s, as the SDK does', (_, given) => {
    expect(() => marshall({ given })).toThrow();
    expect(() => toAttribute(given)).toThrow();
  });
});
