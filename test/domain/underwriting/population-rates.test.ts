import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CreditPolicy } from '../../../domain/catalog/credit-policy.ts';
import { estimateValueFen } from '../../../domain/portrait/estimate-value.ts';
import { DecidedFacts } from '../../../domain/underwriting/decision-record.ts';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import { compareReplay, replayCase } from '../../../domain/underwriting/replay-decisions.ts';
import { logOddsShift, populationShareOf } from '../../../domain/underwriting/prior-correction.ts';
import { calibratedPolicy, personPolicy, personScorecard } from '../catalog-files.ts';
import { germanCase, personSetting } from './german-cases.ts';

const prior = { sampleBadShare: 0.3, populationBadShare: 0.05 };

describe('populationShareOf', () => {
  it.each([
    { inSample: 0, inPopulation: 0 },
    { inSample: 0.3, inPopulation: 0.05 },
    { inSample: 0.5, inPopulation: 0.109375 },
    { inSample: 1, inPopulation: 1 },
  ])('makes $inPopulation of $inSample', ({ inSample, inPopulation }) => {
    expect(populationShareOf(inSample, prior)).toBeCloseTo(inPopulation, 9);
  });

  it('shifts the log-odds of every loan by the same, and changes nothing where the sample is the population', () => {
    expect(logOddsShift(prior)).toBeCloseTo(2.0971, 4);
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (one, other) => {
          expect(
            populationShareOf(one, { sampleBadShare: other, populationBadShare: other }),
          ).toBeCloseTo(one, 9);
          expect(populationShareOf(one, prior) <= populationShareOf(other, prior)).toBe(
            one <= other,
          );
        },
      ),
    );
  });
});

describe('the shipped policy for persons', () => {
  it('expects of each grade what the scorecard says of it in the population, to a basis point', () => {
    const ofCard = personScorecard.population?.grades ?? [];
    expect(ofCard.map(({ grade }) => grade)).toEqual(
      calibratedPolicy.grades.map(({ grade }) => grade),
    );
    for (const [at, { defaultBasisPoints }] of calibratedPolicy.grades.entries())
      expect(
        Math.abs(defaultBasisPoints - 10_000 * (ofCard[at]?.populationBadShare ?? 0)),
      ).toBeLessThanOrEqual(1);
    expect(calibratedPolicy.calibration?.populationBadBasisPoints).toBe(
      10_000 * (personScorecard.population?.badShare ?? 0),
    );
  });

  const withCalibration = (patch: object) =>
    CreditPolicy.safeParse({ ...calibratedPolicy, ...patch }).error?.issues.map(
      ({ message }) => message,
    );

  it('is refused with a default rate that its calibration does not give, the grade named', () => {
    const [first, ...others] = calibratedPolicy.grades;
    expect(withCalibration({ grades: [{ ...first, defaultBasisPoints: 430 }, ...others] })).toEqual(
      ['grade A defaults at 55 basis points by its calibration, not at 430'],
    );
    const { calibration } = calibratedPolicy;
    const sampleGrades = calibration?.sampleGrades.slice(1);
    expect(withCalibration({ calibration: { ...calibration, sampleGrades } })).toEqual([
      'the calibration forgets the grade A',
    ]);
    expect(withCalibration({})).toBeUndefined();
  });

  const cases = Array.from({ length: 1000 }, (_, position) => germanCase(position));

  it('gives everybody the answer of the first version, and another expected loss', () => {
    for (const { inputs } of cases) {
      const first = decideByPolicy(inputs, { ...personSetting, policy: personPolicy });
      const now = decideByPolicy(inputs, { ...personSetting, policy: calibratedPolicy });
      const { expectedLossFen, creditPolicy } = first;
      expect({ ...now, expectedLossFen, creditPolicy }).toEqual(first);
      expect(now.expectedLossFen).toBeLessThan(expectedLossFen);
    }
  });

  it('loses less than it earns on every grade the machine approves, where the first version lost on every one', () => {
    const valueByGrade = (policy: CreditPolicy) => {
      const sums = new Map<string, number>();
      for (const { inputs } of cases) {
        const decided = decideByPolicy(inputs, { ...personSetting, policy });
        const value = estimateValueFen({ decided: DecidedFacts.parse(decided), inputs });
        if (decided.outcome === 'Approved' && value !== undefined)
          sums.set(decided.grade, (sums.get(decided.grade) ?? 0) + value);
      }
      return Object.fromEntries(sums);
    };
    const now = valueByGrade(calibratedPolicy);
    const first = valueByGrade(personPolicy);
    for (const grade of ['A', 'B', 'C', 'D']) {
      expect(now[grade], grade).toBeGreaterThan(0);
      expect(first[grade], grade).toBeLessThan(0);
    }
  });

  it('shows the change in a replay: nobody moves, and the book loses a few per cent of what it lends at most', () => {
    const report = compareReplay(
      cases.map((each, position) => ({
        applicationId: `app_${String(position)}`,
        before: replayCase(each, { ...personSetting, policy: personPolicy }),
        after: replayCase(each, { ...personSetting, policy: calibratedPolicy }),
      })),
    );
    expect(report).toMatchObject({ isSame: false, moves: [] });
    expect(report.after.byOutcome).toEqual(report.before.byOutcome);
    expect(report.after.averageRateBasisPoints).toBe(report.before.averageRateBasisPoints);
    expect(report.after.expectedLossBasisPoints).toBeLessThan(150);
    expect(report.before.expectedLossBasisPoints).toBeGreaterThan(500);
  });
});
