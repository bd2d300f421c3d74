import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../support/seeded-random.ts';
import { crossValidate } from '../../../../domain/underwriting/scorecard-fit/cross-validate.ts';
import { discriminationOf } from '../../../../domain/underwriting/scorecard-fit/discrimination.ts';
import { fitModel } from '../../../../domain/underwriting/scorecard-fit/fit-model.ts';
import { FitPlan, reasonCodeOf } from '../../../../domain/underwriting/scorecard-fit/fit-plan.ts';
import { fitScorecard } from '../../../../domain/underwriting/scorecard-fit/fit-scorecard.ts';
import type { FitSample } from '../../../../domain/underwriting/scorecard-fit/fit-sample.ts';
import {
  scaleModel,
  scoreSample,
} from '../../../../domain/underwriting/scorecard-fit/scale-model.ts';
import { splitFolds } from '../../../../domain/underwriting/scorecard-fit/split-folds.ts';

const plan = FitPlan.parse({});
const settings = {
  options: plan.options,
  shapes: {},
  scale: plan.points,
  folds: 5,
  repeats: 1,
  seed: 1,
};

/** Fields that know nothing of the outcome. */
function noise(loans: number, fields: number): FitSample {
  const random = seededRandom(7);
  const isBad = Array.from({ length: loans }, () => random() < 0.3);
  return {
    isBad,
    fields: Array.from({ length: fields }, (_, at) => ({
      field: `noise${at}`,
      kind: 'Number' as const,
      values: isBad.map(() => Math.floor(random() * 1000)),
    })),
  };
}

/** One field that knows something. */
function telling(loans: number): FitSample {
  const random = seededRandom(11);
  const values = Array.from({ length: loans }, () => Math.floor(random() * 100));
  return {
    isBad: values.map((value) => random() < 0.1 + value / 200),
    fields: [{ field: 'burden', kind: 'Number', values }],
  };
}

describe('splitFolds', () => {
  const isBad = Array.from({ length: 103 }, (_, row) => row % 4 === 0);

  it('deals good and bad loans evenly', () => {
    const folds = splitFolds(isBad, 5, 1);
    for (const outcome of [true, false]) {
      const counts = [0, 1, 2, 3, 4].map(
        (fold) => folds.filter((each, row) => each === fold && isBad[row] === outcome).length,
      );
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('is decided by the seed alone', () => {
    expect(splitFolds(isBad, 5, 1)).toEqual(splitFolds(isBad, 5, 1));
    expect(splitFolds(isBad, 5, 1)).not.toEqual(splitFolds(isBad, 5, 2));
  });
});

describe('crossValidate', () => {
  it('learns nothing from noise, though the card fits its own loans: bins and weights see no tested loan', () => {
    const sample = noise(600, 12);
    const { auc } = crossValidate(sample, { ...settings, repeats: 4 });
    const own = scoreSample(scaleModel(fitModel(sample, settings), plan.points), sample);
    expect(discriminationOf(own, sample.isBad).auc).toBeGreaterThan(0.6);
    expect(auc).toBeGreaterThan(0.44);
    expect(auc).toBeLessThan(0.56);
  });

  it('tests every loan once, on a card fitted without it', () => {
    const { folds } = crossValidate(telling(500), settings);
    expect(folds.map(({ fold }) => fold)).toEqual([1, 2, 3, 4, 5]);
    expect(folds.reduce((sum, { loans }) => sum + loans, 0)).toBe(500);
  });

  it('answers the same for the same seed, and says how far it is', () => {
    const done: string[] = [];
    const sample = telling(500);
    const first = crossValidate(sample, {
      ...settings,
      repeats: 2,
      onFold: (at, total) => done.push(`${at}/${total}`),
    });
    expect(crossValidate(sample, { ...settings, repeats: 2 })).toEqual(first);
    expect(done).toHaveLength(10);
    expect(done.at(-1)).toBe('10/10');
  });
});

describe('fitModel', () => {
  it.each(['SEX', 'MARRIAGE', 'foreign_worker', 'Nationality', 'personal status and sex', '性别'])(
    'refuses to read %s (PIPL 24)',
    (field) => {
      const sample = telling(200);
      const fields = sample.fields.map((each) => ({ ...each, field }));
      expect(() => fitModel({ ...sample, fields }, settings)).toThrow('may not be scored');
    },
  );

  it('drops a field that only repeats another', () => {
    const sample = telling(800);
    const [burden] = sample.fields;
    const copies = ['burden', 'copy'].flatMap((field) => (burden ? [{ ...burden, field }] : []));
    const { fields } = fitModel({ ...sample, fields: copies }, settings);
    for (const { weight } of fields) expect(weight).toBeGreaterThan(0);
  });

  it('keeps the declared shape', () => {
    const random = seededRandom(3);
    const values = Array.from({ length: 2000 }, () => Math.floor(random() * 100));
    const isBad = values.map((value) => random() < Math.abs(value - 50) / 60);
    const sample: FitSample = { isBad, fields: [{ field: 'amount', kind: 'Number', values }] };
    const shares = (shape: 'Monotone' | 'OneTurn') =>
      fitModel(sample, { ...settings, shapes: { amount: shape } }).fields[0]?.bins.map(
        ({ counts }) => counts.bad / (counts.good + counts.bad),
      ) ?? [];
    const turning = shares('OneTurn');
    expect(turning.length).toBeGreaterThan(2);
    expect(turning.indexOf(Math.min(...turning))).toBeGreaterThan(0);
    const oneWay = shares('Monotone');
    expect([oneWay.toSorted((a, b) => a - b), oneWay.toSorted((a, b) => b - a)]).toContainEqual(
      oneWay,
    );
  });
});

describe('fitScorecard', () => {
  const fitCase = {
    sample: telling(500),
    plan,
    source: 'made up',
    sha256: 'a'.repeat(64),
    folds: 5,
    repeats: 2,
    seed: 1,
  };

  it('is the same card for the same loans, plan and seed', () => {
    expect(fitScorecard(fitCase).scorecard).toEqual(fitScorecard(fitCase).scorecard);
  });

  it('carries where it comes from, what it can do, and the sample it was fitted on', () => {
    const { fit, attributes, evidence } = fitScorecard(fitCase).scorecard;
    expect(fit).toMatchObject({ source: 'made up', loans: 500, seed: 1, folds: 5, repeats: 2 });
    expect(fit?.scoreBands.reduce((sum, { loans }) => sum + loans, 0)).toBe(500);
    for (const { bins } of attributes)
      expect(bins.reduce((sum, { loans }) => sum + (loans ?? 0), 0)).toBe(500);
    expect(evidence).toContain('Out of fold (2 × 5 folds)');
  });

  it.each([
    { what: 'few loans', sample: telling(99), says: '99 loans are too few' },
    {
      what: 'hardly a bad one',
      sample: { ...telling(200), isBad: telling(200).isBad.map((_, row) => row < 4) },
      says: '4 bad loans of 200',
    },
    {
      what: 'a field that says nothing',
      sample: {
        isBad: telling(200).isBad,
        fields: [
          { field: 'same', kind: 'Word' as const, values: Array.from({ length: 200 }, () => 'x') },
        ],
      },
      says: 'no field of the sample tells good from bad',
    },
  ])('refuses $what', ({ sample, says }) => {
    expect(() => fitScorecard({ ...fitCase, sample })).toThrow(says);
  });

  it.each([
    { field: 'PAY_AMT1', code: 'ScorePayAmt1' },
    { field: 'termMonths', code: 'ScoreTermMonths' },
    { field: 'a b', code: 'ScoreAB' },
  ])('names the reason of $field $code', ({ field, code }) => {
    expect(reasonCodeOf({ field })).toBe(code);
  });
});
