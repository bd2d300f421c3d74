import { describe, expect, it } from 'vitest';
import { germanRows } from '../../../local/samples/german-row.ts';
import { sampleAt } from '../../../local/samples/samples.ts';
import { creditProfileWords } from '../../../domain/underwriting/credit-profile.ts';
import { scoreApplication } from '../../../domain/underwriting/score-application.ts';
import type { Facts } from '../../../domain/underwriting/policy-facts.ts';
import { personScorecard } from '../catalog-files.ts';

const score = (facts: Facts) => scoreApplication(personScorecard, facts);

describe('scoreApplication', () => {
  it('gives the base points, an average grade and no reason to somebody of whom nothing is known', () => {
    expect(score({})).toEqual({ points: 570, grade: 'D', outcome: 'Accept', reasonCodes: [] });
  });

  it('lets an unknown word count like a missing one', () => {
    expect(score({ savings: 'Plenty', termMonths: 'long' })).toEqual(score({}));
  });

  it.each([
    { termMonths: 8, points: 63 },
    { termMonths: 9, points: 13 },
    { termMonths: 12, points: 13 },
    { termMonths: 13, points: 0 },
    { termMonths: 24, points: 1 },
    { termMonths: 25, points: -22 },
    { termMonths: 37, points: -46 },
  ])('adds $points points for $termMonths months', ({ termMonths, points }) => {
    expect(score({ termMonths }).points - score({}).points).toBe(points);
  });

  it('names the three attributes that cost most, the greatest loss first', () => {
    const { reasonCodes } = score({
      checkingStatus: 'Negative',
      creditHistory: 'AllPaidHere',
      savings: 'Below100',
      termMonths: 36,
      housing: 'Own',
    });
    expect(reasonCodes).toEqual(['ScoreCheckingAccount', 'ScoreTerm', 'ScoreCreditHistory']);
  });

  it.each([
    { points: 670, grade: 'A', outcome: 'Accept' },
    { points: 669, grade: 'B', outcome: 'Accept' },
    { points: 630, grade: 'B', outcome: 'Accept' },
    { points: 590, grade: 'C', outcome: 'Accept' },
    { points: 589, grade: 'D', outcome: 'Accept' },
    { points: 565, grade: 'D', outcome: 'Accept' },
    { points: 564, grade: 'E', outcome: 'Refer' },
    { points: 500, grade: 'E', outcome: 'Refer' },
    { points: 499, grade: 'F', outcome: 'Decline' },
    { points: 0, grade: 'F', outcome: 'Decline' },
    { points: -5, grade: 'F', outcome: 'Decline' },
  ])('grades $points points $grade: $outcome', ({ points, grade, outcome }) => {
    const card = { ...personScorecard, basePoints: points };
    expect(scoreApplication(card, {})).toMatchObject({ points, grade, outcome });
  });

  it('refuses a card without grades', () => {
    expect(() => scoreApplication({ ...personScorecard, grades: [] }, {})).toThrow('has no grades');
  });

  it('knows a class for every word of the profile it reads', () => {
    for (const [field, words] of Object.entries(creditProfileWords)) {
      const attribute = personScorecard.attributes.find((candidate) => candidate.field === field);
      const known = attribute?.bins.flatMap((bin) => ('words' in bin ? bin.words : []));
      if (known !== undefined) expect([...known].sort()).toEqual([...words].sort());
    }
  });
});

describe('the scorecard on the 1,000 applications it was made from', () => {
  const isGood = germanRows().map(({ wasGood }) => wasGood);
  const points = isGood.map((_, at) => {
    const { applicant, requested } = sampleAt(at, new Date('2026-11-23T00:00:00Z')).request;
    const profile = applicant.kind === 'Person' ? applicant.profile : {};
    const { termMonths, purpose } = requested;
    return score({ ...profile, termMonths, purpose }).points;
  });

  it('tells good from bad as well as its evidence says (AUC on its own data)', () => {
    expect(areaUnderCurve(points, isGood)).toBeGreaterThan(0.8);
  });

  it('grades so that more points mean fewer bad loans', () => {
    const badShare = personScorecard.grades.map(({ fromPoints }, at) => {
      const below = personScorecard.grades[at - 1]?.fromPoints ?? Infinity;
      const inGrade = isGood.filter((_, row) => {
        const own = points[row] ?? 0;
        return own >= fromPoints && own < below;
      });
      return inGrade.filter((good) => !good).length / inGrade.length;
    });
    expect(badShare).toEqual([...badShare].sort((a, b) => a - b));
  });
});

/** The chance that a good application has more points than a bad one; ties count half. */
function areaUnderCurve(points: readonly number[], isGood: readonly boolean[]): number {
  const good = points.filter((_, at) => isGood[at]);
  const bad = points.filter((_, at) => !isGood[at]);
  const wins = good.reduce(
    (sum, one) =>
      sum + bad.reduce((won, other) => won + (one > other ? 1 : one === other ? 0.5 : 0), 0),
    0,
  );
  return wins / (good.length * bad.length);
}
