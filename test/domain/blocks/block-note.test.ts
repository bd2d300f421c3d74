import { describe, expect, it } from 'vitest';
import { BlockNote } from '#domain/blocks/block-note.ts';

describe('a note', () => {
  it.each([
    'see case 4711 of the branch, agreed on 2026-11-20 and 2026-11-26',
    '门店报告：材料系中介统一制作，见卷宗 2026-0117',
    '1234567890',
    'x'.repeat(500),
  ])('may say %s', (text) => {
    expect(BlockNote.safeParse(text).success).toBe(true);
  });

  it.each([
    ['an identity number', '11010519491231002X said so'],
    ['a mobile number', 'call 13800138000'],
    ['a mobile number with spaces', 'call 138 0013 8000'],
    ['a mobile number in full width', '电话１３８００１３８０００'],
    ['a card', '6222-0212-3456-7890-123'],
    ['an address of mail', 'writes from someone@example.com'],
    ['nothing', '   '],
    ['too much', 'x'.repeat(501)],
  ])('may not hold %s', (_, text) => {
    expect(BlockNote.safeParse(text).success).toBe(false);
  });
});
