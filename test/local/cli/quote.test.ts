import { describe, expect, it } from 'vitest';
import { quoteText } from '#local/cli/quote.ts';

const terms = {
  principalFen: 1_200_000,
  annualRate: '0.1200',
  disbursedOn: '2026-01-31',
  installments: 12,
  method: 'EqualInstallment',
};

describe('quoteText', () => {
  it('answers one set of terms with one quote', () => {
    expect(JSON.parse(quoteText(JSON.stringify({ id: 'a', ...terms })))).toMatchObject({
      id: 'a',
      installmentFen: 106_619,
    });
  });

  it('answers an array in its order, one line each', () => {
    const text = quoteText(
      JSON.stringify([{ id: 1 }, { id: 2 }].map(({ id }) => ({ ...terms, id: String(id) }))),
    );
    const answers = JSON.parse(text) as { id: string }[];
    expect(answers.map(({ id }) => id)).toEqual(['1', '2']);
    expect(text.split('\n')).toHaveLength(4);
  });

  it('answers an empty array with an empty one', () => {
    expect(JSON.parse(quoteText('[]'))).toEqual([]);
  });

  it.each([
    { text: '{"principalFen":1', says: 'the file is not JSON' },
    {
      text: JSON.stringify([terms, { ...terms, extra: 1 }]),
      says: 'record 2: unknown field "extra"',
    },
    {
      text: JSON.stringify([terms, { ...terms, annualRate: 0.12 }]),
      says: 'record 2: field "annualRate"',
    },
    { text: 'null', says: 'record 1' },
  ])('refuses everything when one record is wrong: $says', ({ text, says }) => {
    expect(() => quoteText(text)).toThrow(says);
  });
});
