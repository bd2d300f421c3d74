import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../../../domain/underwriting/scorecard-fit/calibration.ts';
import { discriminationOf } from '../../../../domain/underwriting/scorecard-fit/discrimination.ts';
import {
  badChanceAt,
  pointsAt,
  pointsOf,
} from '../../../../domain/underwriting/scorecard-fit/points-scale.ts';
import {
  informationValue,
  weightOfEvidence,
} from '../../../../domain/underwriting/scorecard-fit/weight-of-evidence.ts';

describe('weightOfEvidence', () => {
  it.each([
    { group: { good: 90, bad: 10 }, weight: Math.log(90.5 / 100.5 / (10.5 / 20.5)) },
    { group: { good: 0, bad: 10 }, weight: Math.log(0.5 / 100.5 / (10.5 / 20.5)) },
    { group: { good: 10, bad: 0 }, weight: Math.log(10.5 / 100.5 / (0.5 / 20.5)) },
    { group: { good: 100, bad: 20 }, weight: 0 },
  ])('weighs $group against 100 good and 20 bad', ({ group, weight }) => {
    expect(weightOfEvidence(group, { good: 100, bad: 20 })).toBeCloseTo(weight, 12);
  });
});

describe('informationValue', () => {
  it('is nothing for groups alike, and for a sample with one outcome', () => {
    expect(
      informationValue([
        { good: 50, bad: 10 },
        { good: 50, bad: 10 },
      ]),
    ).toBeCloseTo(0, 3);
    expect(
      informationValue([
        { good: 50, bad: 0 },
        { good: 5, bad: 0 },
      ]),
    ).toBe(0);
  });

  it('is the textbook sum, smoothing apart', () => {
    const groups = [
      { good: 8000, bad: 1000 },
      { good: 2000, bad: 3000 },
    ];
    const textbook = (0.8 - 0.25) * Math.log(0.8 / 0.25) + (0.2 - 0.75) * Math.log(0.2 / 0.75);
    expect(informationValue(groups)).toBeCloseTo(textbook, 3);
  });
});

describe('discriminationOf', () => {
  it.each([
    { what: 'perfect', scores: [1, 2, 3, 4], bad: [true, true, false, false], auc: 1, ks: 1 },
    { what: 'upside down', scores: [4, 3, 2, 1], bad: [true, true, false, false], auc: 0, ks: 1 },
    {
      what: 'all the same',
      scores: [5, 5, 5, 5],
      bad: [true, false, true, false],
      auc: 0.5,
      ks: 0,
    },
    { what: 'one tie', scores: [1, 2, 2, 3], bad: [true, true, false, false], auc: 0.875, ks: 0.5 },
  ])('knows a score that is $what', ({ scores, bad, auc, ks }) => {
    expect(discriminationOf(scores, bad)).toEqual({ auc, ks, gini: 2 * auc - 1 });
  });

  it('agrees with counting every pair and every cut', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(some, (rows) => {
        const good = rows.filter(([, bad]) => !bad).map(([score]) => score);
        const bad = rows.filter(([, isBad]) => isBad).map(([score]) => score);
        fc.pre(good.length > 0 && bad.length > 0);
        const wins = good.flatMap((g) => bad.map((b) => (g > b ? 1 : g === b ? 0.5 : 0)));
        const below = (scores: number[], cut: number) =>
          scores.filter((score) => score <= cut).length / scores.length;
        const cuts = Array.from({ length: 9 }, (_, cut) =>
          Math.abs(below(bad, cut) - below(good, cut)),
        );
        const found = discriminationOf(
          rows.map(([score]) => score),
          rows.map(([, isBad]) => isBad),
        );
        expect(found.auc).toBeCloseTo(wins.reduce<number>((a, b) => a + b, 0) / wins.length, 12);
        expect(found.ks).toBeCloseTo(Math.max(...cuts), 12);
      }),
      { seed: 20261126 },
    );
  });

  it('refuses a sample with one outcome only', () => {
    expect(() => discriminationOf([1, 2], [true, true])).toThrow('one outcome only');
  });
});

const scale = { basePoints: 600, oddsGoodToBad: 4, doublingPoints: 40 };

describe('the scale of points', () => {
  it.each([
    { odds: 4, points: 600 },
    { odds: 8, points: 640 },
    { odds: 2, points: 560 },
    { odds: 1, points: 520 },
  ])('puts odds of $odds at $points points', ({ odds, points }) => {
    expect(pointsAt(Math.log(odds), scale)).toBe(points);
    expect(badChanceAt(points, scale)).toBeCloseTo(1 / (1 + odds), 12);
  });

  it('has no minus nothing', () => {
    expect(Object.is(pointsOf(-0.0001, scale), 0)).toBe(true);
  });
});

describe('calibrationOf', () => {
  it('finds nothing amiss where exactly the share goes bad that the points stand for', () => {
    const points = Array.from({ length: 500 }, (_, row) => (row < 250 ? 600 : 520));
    const isBad = points.map((each, row) => (each === 600 ? row % 5 === 0 : row % 2 === 0));
    const { bands, hosmerLemeshow, brier } = calibrationOf(points, isBad, scale);
    expect(bands).toEqual([
      { fromPoints: 520, loans: 250, badLoans: 125, badExpected: expect.closeTo(125, 8) },
      { fromPoints: 600, loans: 250, badLoans: 50, badExpected: expect.closeTo(50, 8) },
    ]);
    expect(hosmerLemeshow).toBeCloseTo(0, 8);
    expect(brier).toBeCloseTo((0.25 + 0.16) / 2, 8);
  });

  it('grows when twice as many go bad as the points stand for', () => {
    const isBad = Array.from({ length: 250 }, (_, row) => row % 5 < 2);
    const points = isBad.map(() => 600);
    expect(calibrationOf(points, isBad, scale).hosmerLemeshow).toBeCloseTo(2500 / 40, 8);
  });
});
