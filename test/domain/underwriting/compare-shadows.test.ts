import { describe, expect, it } from 'vitest';
import { compareShadows } from '../../../domain/underwriting/compare-shadows.ts';
import { shadowRecordOf, ShadowCase } from '../../../domain/underwriting/decision-record.ts';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import { germanCase, personSetting } from './german-cases.ts';
import { draftPolicy } from './german-table.ts';

/** The shadow of a German application: `person#0001` is the champion, the stricter draft `person#0003` challenges it. */
function shadow(position: number, decidesBy: 'Champion' | 'Challenger', version = 3): ShadowCase {
  const { inputs } = germanCase(position);
  const champion = decideByPolicy(inputs, personSetting);
  const challenger = decideByPolicy(inputs, {
    ...personSetting,
    policy: { ...draftPolicy, version },
  });
  const isChampion = decidesBy === 'Champion';
  const record = shadowRecordOf(
    { ...inputs, decidedAt: `2026-11-23T02:${String(position).padStart(2, '0')}:00.000Z` },
    isChampion ? challenger : champion,
    { creditPolicyId: 'person', counted: isChampion ? champion : challenger, isChampion },
  );
  return ShadowCase.parse(record);
}

const positions = Array.from({ length: 60 }, (_, at) => at);

describe('compareShadows', () => {
  it('tells champion from challenger whichever of them decided', () => {
    const [inShadow] = compareShadows(positions.map((at) => shadow(at, 'Champion')));
    const [live] = compareShadows(positions.map((at) => shadow(at, 'Challenger')));
    expect(inShadow).toMatchObject({
      champion: 'person#0001',
      challenger: 'person#0003',
      decidedByChallenger: 0,
      cases: 60,
      firstDecidedAt: '2026-11-23T02:00:00.000Z',
      lastDecidedAt: '2026-11-23T02:59:00.000Z',
    });
    expect(live).toEqual({ ...inShadow, decidedByChallenger: 60 });
  });

  it('says who moves, at which approval rate, loss and price, and why', () => {
    const [report] = compareShadows(positions.map((at) => shadow(at, 'Champion')));
    const { before, after, moves } = report ?? expect.fail('no report');
    expect(after.approvalBasisPoints).toBeLessThan(before.approvalBasisPoints);
    expect(after.expectedLossFen).toBeLessThan(before.expectedLossFen);
    expect(after.averageRateBasisPoints).not.toBe(before.averageRateBasisPoints);
    const moved = moves.find(({ from, to }) => from === 'Approved' && to === 'Referred');
    expect(moved?.reasonsAdded.length).toBeGreaterThan(0);
  });

  it('keeps challengers apart that followed each other in a period', () => {
    const cases = [shadow(2, 'Champion', 4), shadow(0, 'Champion'), shadow(1, 'Challenger')];
    expect(
      compareShadows(cases).map(({ challenger, cases: count }) => [challenger, count]),
    ).toEqual([
      ['person#0004', 1],
      ['person#0003', 2],
    ]);
  });

  it('has nothing to say of nothing', () => {
    expect(compareShadows([])).toEqual([]);
  });
});
