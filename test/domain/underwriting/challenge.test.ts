import { describe, expect, it } from 'vitest';
import { applicationIdOf } from '../../../domain/shared/ids.ts';
import { contestOf } from '../../../domain/underwriting/challenge.ts';

const ids = Array.from({ length: 4000 }, (_, at) => applicationIdOf('demo-partner', String(at)));
const challenger = (mode: 'Shadow' | 'Live', shareBasisPoints: number, version = 1) => ({
  challenger: { creditPolicyId: 'bold', version, mode, shareBasisPoints },
});

describe('contestOf', () => {
  it('leaves everything to a champion without a challenger', () => {
    expect(contestOf({}, ids[0] ?? '')).toEqual({ decidesBy: 'Champion', isShadowed: false });
  });

  it.each([
    { share: 0, least: 0, most: 0 },
    { share: 2_500, least: 900, most: 1100 },
    { share: 10_000, least: 4000, most: 4000 },
  ])('draws its share of applications: $share', ({ share, least, most }) => {
    const drawn = ids.filter((id) => contestOf(challenger('Live', share), id).isShadowed).length;
    expect(drawn).toBeGreaterThanOrEqual(least);
    expect(drawn).toBeLessThanOrEqual(most);
  });

  it('gives an application the same side every time, and another challenger other ones', () => {
    const sides = (version: number) =>
      ids.map((id) => contestOf(challenger('Live', 5_000, version), id).decidesBy);
    expect(sides(1)).toEqual(sides(1));
    expect(sides(1)).not.toEqual(sides(2));
  });

  it('lets a challenger in the shadow decide nothing', () => {
    const sides = ids.map((id) => contestOf(challenger('Shadow', 10_000), id));
    expect(sides.every(({ decidesBy, isShadowed }) => decidesBy === 'Champion' && isShadowed)).toBe(
      true,
    );
  });
});
