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
    expect(score({})).toEqual({
      points: 569,
      grade: 'D',
      outcome: 'Accept',
      reasonCodes: [],
      missing: personScorecard.attributes.map(({ field }) => field),
    });
  });

  it('lets an unknown word count like a missing one', () => {
    expect(score({ savings: 'Plenty', termMonths: 'long' })).toEqual(score({}));
  });

  it.each([
    { termMonths: 8, points: 57 },
    { termMonths: 9, points: 24 },
    { termMonths: 11, points: 24 },
    { termMonths: 12, points: 12 },
    { termMonths: 15, points: 12 },
    { termMonths: 16, points: -5 },
    { termMonths: 35, points: -5 },
    { termMonths: 36, points: -24 },
    { termMonths: 45, points: -52 },
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

  it('takes a missing fact and an unseen word where the card has a bin for them, and names them as reasons', () => {
    const [attribute] = personScorecard.attributes;
    const bins = [
      { words: ['Above200'], points: 30 },
      { takes: 'Unseen' as const, points: -10 },
      { takes: 'Missing' as const, points: -20 },
    ];
    const card = {
      ...personScorecard,
      basePoints: 600,
      attributes: attribute ? [{ ...attribute, bins }] : [],
    };
    const points = (checkingStatus?: string) => scoreApplication(card, { checkingStatus });
    expect(points('Above200')).toMatchObject({ points: 630, reasonCodes: [] });
    expect(points('Brand new')).toMatchObject({
      points: 590,
      reasonCodes: ['ScoreCheckingAccount'],
    });
    expect(points()).toMatchObject({ points: 580, reasonCodes: ['ScoreCheckingAccount'] });
    expect(points('Brand new').missing).toEqual([]);
    expect(points().missing).toEqual(['checkingStatus']);
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
    const { amountFen, termMonths, purpose } = requested;
    return score({ ...profile, amountFen, termMonths, purpose }).points;
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
