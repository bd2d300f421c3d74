import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cardLast4Of,
  maskCompanyName,
  maskMobile,
  maskName,
  maskResidentId,
  maskResidentIdForStaff,
} from '../../../domain/identity/mask.ts';

describe('masks', () => {
  it.each([
    [maskName, '张三', '张*'],
    [maskName, '欧阳三丰', '欧*'],
    [maskName, '𠮷野', '𠮷*'],
    [maskName, '', '*'],
    [maskCompanyName, '测试商行', '测试*行'],
    [maskCompanyName, '商行店', '商*'],
    [maskResidentId, '11010519491231002X', '1****************X'],
    [maskResidentIdForStaff, '11010519491231002X', '110***********002X'],
    [maskMobile, '13812345678', '138****5678'],
    [maskMobile, '1381234', '*******'],
    [cardLast4Of, '6200000000000005', '0005'],
  ])('%o turns %s into %s', (mask, text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  it('never shows more than the ends, however short the text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (text) => {
        const shown = Array.from(maskMobile(text)).filter((character) => character !== '*').length;
        expect(shown).toBeLessThanOrEqual(text.length > 7 ? 7 : 0);
      }),
    );
  });
});
