import { describe, expect, it } from 'vitest';
import { amountInWords, percentText, yuanText } from '../../../domain/contracts/amount-text.ts';

describe('amountInWords', () => {
  it.each([
    [0, '零元整'],
    [1, '壹分'],
    [10, '壹角整'],
    [15, '壹角伍分'],
    [100, '壹元整'],
    [101, '壹元零壹分'],
    [110, '壹元壹角整'],
    [1000, '壹拾元整'],
    [10100, '壹佰零壹元整'],
    [100100, '壹仟零壹元整'],
    [101000, '壹仟零壹拾元整'],
    [3000000, '叁万元整'],
    [3000100, '叁万零壹元整'],
    [10000000, '壹拾万元整'],
    [12345678, '壹拾贰万叁仟肆佰伍拾陆元柒角捌分'],
    [20000005, '贰拾万元零伍分'],
    [10000000000, '壹亿元整'],
    [10000000100, '壹亿零壹元整'],
    [10001000000, '壹亿零壹万元整'],
    [100000000000000, '壹万亿元整'],
  ])('writes %i fen as %s', (fen, text) => {
    expect(amountInWords(fen)).toBe(text);
  });
});

describe('yuanText', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [99_99, '99.99'],
    [1_000_00, '1,000.00'],
    [30_000_00, '30,000.00'],
    [1_234_567_89, '1,234,567.89'],
  ])('writes %i fen as %s', (fen, text) => {
    expect(yuanText(fen)).toBe(text);
  });
});

describe('percentText', () => {
  it.each([
    ['0.0960', '9.60%'],
    ['0.24', '24.00%'],
    ['0.00005', '0.01%'],
    ['0.00004', '0.00%'],
    ['0', '0.00%'],
    ['1.00', '100.00%'],
  ])('writes %s as %s', (rate, text) => {
    expect(percentText(rate)).toBe(text);
  });
});
