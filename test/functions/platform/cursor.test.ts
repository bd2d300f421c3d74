import { describe, expect, it } from 'vitest';
import { openCursor, sealCursor, type CursorScope } from '#platform/cursor.ts';

const secret = 'secret-of-cursors';
const scope: CursorScope = { caller: 'demo-partner', filter: 'applications Declined' };
const key = { partnerId: 'demo-partner', submittedAt: '2026-11-23T09:00:00+08:00', part: 3 };
const sealed = sealCursor(key, scope, secret);
const [payload = '', mark = ''] = sealed.split('.');
const forged = Buffer.from(JSON.stringify({ ...key, partnerId: 'other-partner' }));

describe('a cursor', () => {
  it('opens to the key it was made of, for the same caller and the same list', () => {
    expect(openCursor(sealed, scope, [secret])).toEqual(key);
  });

  it.each<[string, string, Partial<CursorScope>, string?]>([
    ['another caller', sealed, { caller: 'other-partner' }],
    ['another filter', sealed, { filter: 'applications' }],
    ['a caller and filter that only read the same', sealed, { caller: 'demo-partnerapplications' }],
    ['another secret', sealed, {}, 'secret-of-somebody'],
    ['a forged key under a true mark', `${forged.toString('base64url')}.${mark}`, {}],
    ['no mark', payload, {}],
    ['an empty mark', `${payload}.`, {}],
    ['a mark cut short', sealed.slice(0, -1), {}],
    ['a mark with more behind it', `${sealed}A`, {}],
    ['an empty text', '', {}],
    ['a dot', '.', {}],
    ['a mark in characters of several bytes', `${payload}.${'标'.repeat(43)}`, {}],
  ])('is invalid input with %s', (...row) => {
    const [, cursor, change, other = secret] = row;
    expect(() => openCursor(cursor, { ...scope, ...change }, [other])).toThrow(
      expect.objectContaining({
        name: 'ApiProblem',
        code: 'InvalidInput',
        errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
      }),
    );
  });
});
