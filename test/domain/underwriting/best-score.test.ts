import { describe, expect, it } from 'vitest';
import { bestScoreOf } from '../../../domain/underwriting/best-score.ts';
import { personScorecard } from '../catalog-files.ts';

const [attribute] = personScorecard.attributes;
const cardWith = (...bins: (typeof personScorecard)['attributes'][number]['bins']) => ({
  ...personScorecard,
  basePoints: 600,
  attributes: attribute === undefined ? [] : [{ ...attribute, field: 'savings', bins }],
});
const high = { words: ['High'], points: 30 };
const low = { words: ['Low'], points: -10 };

describe('bestScoreOf', () => {
  it.each([
    { what: 'a known fact', bins: [high, low], facts: { savings: 'Low' }, points: 590 },
    { what: 'a missing fact', bins: [high, low], facts: {}, points: 630 },
    { what: 'a fact that can only cost', bins: [low], facts: {}, points: 600 },
    {
      what: 'a word no bin knows',
      bins: [high, low],
      facts: { savings: 'Plenty' },
      points: 630,
    },
    {
      what: 'a missing fact with a bin of its own',
      bins: [high, low, { takes: 'Missing' as const, points: -20 }],
      facts: {},
      points: 630,
    },
  ])('is $points for $what', ({ bins, facts, points }) => {
    expect(bestScoreOf(cardWith(...bins), facts)).toBe(points);
  });
});
