import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import type { DecisionInputs } from '../../../domain/underwriting/decision-inputs.ts';
import { declaredPriceFactors } from '../../../domain/catalog/credit-policy.ts';
import { germanCase, personSetting as shipped } from './german-cases.ts';

/** A card of one field, by which everybody is grade A: what is tested here is not how people score. */
const personSetting = {
  ...shipped,
  scorecard: {
    ...shipped.scorecard,
    basePoints: 700,
    attributes: [
      {
        field: 'checkingStatus',
        reasonCode: 'ScoreCheckingAccount',
        bins: [{ words: ['Negative', 'Below200', 'Above200', 'NoAccount'], points: 0 }],
      },
    ],
  },
};

/** A sample that is approved as it comes: grade A, 21,000 yuan over 12 months at 7.2 %. */
const { inputs: approved } = germanCase(2);

function decide(change: {
  readonly requested?: Partial<DecisionInputs['requested']>;
  readonly facts?: Record<string, number | boolean | string | undefined>;
  readonly pledges?: DecisionInputs['pledges'];
  readonly guarantors?: NonNullable<DecisionInputs['guarantors']>;
  readonly setting?: Partial<typeof personSetting>;
}) {
  const facts = Object.fromEntries(
    Object.entries({ ...approved.facts, ...change.facts }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as DecisionInputs['facts'];
  return decideByPolicy(
    {
      ...approved,
      requested: { ...approved.requested, ...change.requested },
      facts: { ...facts, ...change.requested },
      pledges: change.pledges ?? [],
      guarantors: change.guarantors ?? [],
    },
    { ...personSetting, ...change.setting },
  );
}

const policyWith = (patch: Partial<(typeof personSetting)['policy']>) => ({
  setting: { policy: { ...personSetting.policy, ...patch } },
});

describe('an offer', () => {
  it('is what was asked for where the limit allows it', () => {
    expect(decide({})).toMatchObject({
      outcome: 'Approved',
      reasonCodes: [],
      offer: { amountFen: 21_000_00, termMonths: 12, annualRate: '0.0720' },
    });
  });

  it('is cut down to the income, in whole hundreds of yuan, and says so', () => {
    // Twenty months of 1,234.56 yuan.
    const decided = decide({
      facts: { monthlyIncomeFen: 1_234_56 },
      requested: { amountFen: 40_000_00, termMonths: 36 },
      ...policyWith({
        rules: personSetting.policy.rules.filter(({ family }) => family !== 'Affordability'),
      }),
    });
    expect(decided).toMatchObject({
      outcome: 'Approved',
      reasonCodes: ['AmountReduced'],
      offer: { amountFen: 24_600_00, termMonths: 36 },
    });
  });

  it('is cut down in its term', () => {
    const limits = {
      dimensions: [{ fact: 'termMonths', isRange: true as const }],
      rows: [{ rowId: 'all', when: {}, then: { amountMaxFen: 20_000_000, termMaxMonths: 6 } }],
    };
    const rules = personSetting.policy.rules.filter(({ family }) => family !== 'Affordability');
    expect(decide(policyWith({ limits, rules }))).toMatchObject({
      outcome: 'Approved',
      reasonCodes: ['AmountReduced'],
      offer: { termMonths: 6, annualRate: '0.0700' },
    });
  });

  it('is none below the least of the product', () => {
    const limits = {
      dimensions: [{ fact: 'termMonths', isRange: true as const }],
      rows: [{ rowId: 'all', when: {}, then: { amountMaxFen: 999_00, termMaxMonths: 36 } }],
    };
    expect(decide(policyWith({ limits }))).toMatchObject({
      outcome: 'Declined',
      reasonCodes: ['LimitTooLow'],
    });
  });

  it('waits for a person where a table has no answer for want of a fact', () => {
    const unknown = decide({ facts: { employmentStatus: undefined } });
    expect(unknown).toMatchObject({ outcome: 'Referred', reasonCodes: ['DataMissing'] });
    expect(unknown.segment).toBeUndefined();
    expect(unknown.offer).toMatchObject({ amountFen: 21_000_00, annualRate: '0.1200' });
    const costless = decide({ facts: { funderCostBasisPoints: undefined } });
    expect(costless).toMatchObject({ outcome: 'Referred', reasonCodes: ['DataMissing'] });
  });

  it('waits for a person where the policy does not know the grade', () => {
    const [first, ...rest] = personSetting.scorecard.grades;
    if (first === undefined) throw new Error('no grades');
    const scorecard = {
      ...personSetting.scorecard,
      grades: [{ ...first, grade: 'AAA' }, ...rest],
    };
    expect(decide({ setting: { scorecard } })).toMatchObject({
      outcome: 'Referred',
      approversRequired: 1,
      // Nobody knows what such loans lose: all of it, until somebody says.
      expectedLossFen: 12_600_00,
    });
  });

  it('waits for a person where the grid prices above the published list', () => {
    const product = {
      ...personSetting.product,
      pricing: personSetting.product.pricing.map((price) =>
        price.grade === 'A' ? { ...price, annualRate: '0.0700' } : price,
      ),
    };
    expect(decide({ setting: { product } }).reasonCodes).toEqual(['PriceAboveList']);
  });

  it('counts what is pledged against it', () => {
    const { trace } = decide({
      facts: { pledgedValueFen: 30_000_00, guarantorCount: 1 },
      pledges: [{ kind: 'Vehicle', valueFen: 30_000_00 }],
    });
    expect(trace.length).toBeGreaterThan(0);
    const judged = decide({
      facts: { pledgedValueFen: 20_000_00 },
      pledges: [{ kind: 'Vehicle', valueFen: 20_000_00 }],
      ...policyWith({
        rules: [
          {
            ruleId: 'PledgeTooSmall',
            family: 'Affordability',
            description: { zh: '抵押率', en: 'Loan to value' },
            when: [{ fact: 'loanToValueBasisPoints', is: 'Above', value: 10_499 }],
            outcome: 'Refer',
            reasonCode: 'DataMissing',
          },
        ],
      }),
    });
    expect(judged.trace[0]).toMatchObject({
      result: 'Hit',
      read: { loanToValueBasisPoints: 10_500 },
    });
    // Ten thousand of the 21,000 may be lent against the car: 14 of its 30 basis points.
    expect(judged.offer?.annualRate).toBe('0.0706');
  });
});

describe('a guarantor', () => {
  const named = (guarantors: NonNullable<DecisionInputs['guarantors']>) =>
    decide({
      facts: { guarantorCount: guarantors.length, monthlyIncomeFen: 50_000_00 },
      guarantors,
      requested: { amountFen: 190_000_00, termMonths: 36 },
      setting: {
        policy: {
          ...personSetting.policy,
          limits: {
            dimensions: [{ fact: 'termMonths', isRange: true as const }],
            rows: [
              { rowId: 'all', when: {}, then: { amountMaxFen: 100_000_00, termMaxMonths: 36 } },
            ],
          },
        },
      },
    });
  const good = { credit: { score: 700, overdueCount24Months: 0, currentOverdueFen: 0 } };
  const poor = { credit: { score: 400, overdueCount24Months: 0, currentOverdueFen: 0 } };

  it.each([
    { name: 'who was checked and is good', with: [good], amountFen: 125_000_00, rate: '0.0700' },
    { name: 'beside one nobody checked', with: [good, {}], amountFen: 125_000_00, rate: '0.0700' },
    { name: 'whom nobody checked', with: [{}], amountFen: 100_000_00, rate: '0.0720' },
    { name: 'whose own credit is poor', with: [poor], amountFen: 100_000_00, rate: '0.0720' },
    {
      name: 'one of three good ones',
      with: [good, good, good],
      amountFen: 150_000_00,
      rate: '0.0680',
    },
  ])('$name is worth $amountFen fen at $rate', ({ with: guarantors, amountFen, rate }) => {
    expect(named(guarantors).offer).toMatchObject({ amountFen, annualRate: rate });
  });

  it.each([
    { with: [good], codes: ['GuarantorToVerify'] },
    { with: [{}], codes: ['GuarantorToVerify', 'GuarantorUnchecked'] },
    { with: [poor], codes: ['GuarantorToVerify', 'GuarantorRefused'] },
  ])(
    'never declines and is never taken without a person: $codes',
    ({ with: guarantors, codes }) => {
      const { outcome, reasonCodes } = named(guarantors);
      expect(outcome).toBe('Referred');
      expect(reasonCodes.filter((code) => code.startsWith('Guarantor'))).toEqual(codes);
    },
  );

  it('who allows more than can be borne leaves what is borne without: backing never declines', () => {
    const wish = {
      requested: { amountFen: 40_000_00, termMonths: 12 },
      facts: { monthlyIncomeFen: 4_800_00, outstandingFen: 0, guarantorCount: 1 },
      setting: {
        policy: {
          ...personSetting.policy,
          limits: {
            dimensions: [{ fact: 'termMonths', isRange: true as const }],
            rows: [
              { rowId: 'all', when: {}, then: { amountMaxFen: 32_000_00, termMaxMonths: 36 } },
            ],
          },
        },
      },
    };
    const without = decide({ ...wish, guarantors: [{}] });
    expect(without).toMatchObject({ outcome: 'Referred', offer: { amountFen: 32_000_00 } });
    const backed = decide({ ...wish, guarantors: [good] });
    expect(backed).toMatchObject({ outcome: 'Referred', offer: { amountFen: 32_000_00 } });
    expect(backed.reasonCodes).not.toContain('GuarantorUnchecked');
    const richer = { ...wish.facts, monthlyIncomeFen: 9_000_00 };
    expect(decide({ ...wish, facts: richer, guarantors: [good] }).offer).toMatchObject({
      amountFen: 40_000_00,
    });
    const destitute = { ...wish.facts, monthlyIncomeFen: 1_000_00 };
    expect(decide({ ...wish, facts: destitute, guarantors: [good] })).toMatchObject({
      outcome: 'Declined',
      reasonCodes: ['DebtBurdenTooHigh'],
    });
  });

  it('stands in the trace with how many were taken, refused and not checked', () => {
    const { trace } = named([good, poor, {}]);
    const read = Object.assign({}, ...trace.map((line) => line.read)) as Record<string, unknown>;
    expect(read).toMatchObject({
      guarantorCount: 3,
      guarantorsUnchecked: 1,
      guarantorsRefused: 1,
    });
  });
});

describe('a price', () => {
  const declared = new Set<string>([
    ...declaredPriceFactors,
    // What a segment and a grade are made of, and what backs the loan.
    'employmentStatus',
    'statedIncomeFen',
    'ageYears',
    'province',
    'guarantorCount',
    ...personSetting.scorecard.attributes.map(({ field }) => field),
  ]);

  it('does not change with anything that is not declared (PIPL 24)', () => {
    const undeclared = Object.keys(approved.facts).filter((fact) => !declared.has(fact));
    expect(undeclared.length).toBeGreaterThan(15);
    fc.assert(
      fc.property(
        fc.constantFrom(...undeclared),
        fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.boolean(), fc.string()),
        (fact, value) => {
          const known = approved.facts[fact];
          fc.pre(typeof value === typeof known);
          const decided = decide({ facts: { [fact]: value } });
          fc.pre(decided.offer !== undefined);
          expect(decided.offer.annualRate).toBe('0.0720');
        },
      ),
      { seed: 20_261_126, numRuns: 400 },
    );
  });

  it('changes with what is declared', () => {
    expect(decide({ facts: { funderCostBasisPoints: 299 } }).offer?.annualRate).toBe('0.0660');
    expect(decide({ requested: { termMonths: 6 } }).offer?.annualRate).toBe('0.0700');
  });
});
