import { describe, expect, it } from 'vitest';
import type {
  Application,
  ApplicationRequest,
  CreditSummary,
  Review,
} from '../../../domain/applications/application.ts';
import {
  decideByPolicy,
  type DecisionSetting,
} from '../../../domain/underwriting/decide-by-policy.ts';
import { decisionOf } from '../../../domain/underwriting/decision-of.ts';
import { gatherInputs } from '../../../domain/underwriting/gather-inputs.ts';
import { aCompany, anApplication, aProfile, aRequest } from '../builders.ts';
import {
  businessProduct,
  companyPolicy,
  companyScorecard,
  consumerProduct,
  personPolicy,
  personScorecard,
  policyPack,
} from '../catalog-files.ts';
import { guaranteeFee } from '../catalog/fees.ts';

const at = '2026-11-23T10:00:00+08:00';
const cleanCredit: CreditSummary = {
  reportId: 'rep_1',
  obtainedAt: at,
  isReused: false,
  score: 720,
  openLoans: 1,
  outstandingFen: 12_000_00,
  overdueCount24Months: 0,
  currentOverdueFen: 0,
  queries3Months: 1,
};
const verified: Review = {
  outcome: 'Verified',
  reasonCodes: [],
  missing: [],
  identity: 'Match',
  verifiedIncomeFen: 12_000_00,
  reviewedBy: 'workflow',
  round: 1,
};

interface Facts {
  readonly requested?: Partial<ApplicationRequest['requested']>;
  readonly applicant?: Record<string, unknown>;
  readonly credit?: Partial<CreditSummary> | null;
  readonly review?: Partial<Review> | null;
  readonly humanReviewRequested?: boolean;
  readonly overrides?: Partial<DecisionSetting>;
  readonly application?: Partial<Application>;
}

function decide(facts: Facts = {}) {
  const request = aRequest({
    ...(facts.requested === undefined ? {} : { requested: facts.requested }),
    ...(facts.applicant === undefined ? {} : { applicant: facts.applicant }),
  });
  const application = {
    ...anApplication({ request }),
    signals: quiet,
    humanReviewRequested: facts.humanReviewRequested ?? false,
    ...facts.application,
    ...(facts.review === null ? {} : { review: { ...verified, ...facts.review } }),
    ...(facts.credit === null ? {} : { credit: { ...cleanCredit, ...facts.credit } }),
  };
  const setting = {
    policy: personPolicy,
    product: consumerProduct,
    scorecard: personScorecard,
    policyPack,
    ...facts.overrides,
  };
  const inputs = gatherInputs({
    ...setting,
    application,
    applicant: request.applicant,
    funder: { lenderType: 'OnlineMicroloan', costOfFundsBasisPoints: 450 },
    date: '2026-11-23',
    at,
  });
  return { inputs, setting, ...decideByPolicy(inputs, setting) };
}

/** Nobody else has sent with the same phone or account. */
const quiet = {
  hasDevice: false,
  hasAddress: false,
  hasContacts: false,
  applicationsByPartner1Day: 1,
  applicationsByPhone7Days: 0,
  borrowersByPhone30Days: 0,
  borrowersByCard30Days: 0,
};

const poorProfile = {
  checkingStatus: 'Negative',
  creditHistory: 'AllPaidHere',
  savings: 'Below100',
  employmentYears: 'Unemployed',
  installmentRate: 4,
  otherDebtors: 'None',
  property: 'Unknown',
  otherInstallmentPlans: 'Bank',
  housing: 'Rent',
};
/** A limit matrix that lends nobody enough. */
const narrow = {
  dimensions: personPolicy.limits.dimensions,
  rows: [{ rowId: 'one', when: {}, then: { amountMaxFen: 1, termMaxMonths: 60 } }],
};
const borderlineProfile = { ...aProfile, checkingStatus: 'Negative' };

describe('decideByPolicy', () => {
  it('approves the applicant of the design document at a decent rate', () => {
    const { inputs, setting } = decide();
    expect(decisionOf(inputs, decideByPolicy(inputs, setting))).toMatchObject({
      outcome: 'Approved',
      creditPolicy: 'person#0001',
      segment: 'Salaried',
      reasonCodes: [],
      score: 616,
      grade: 'C',
      offer: {
        amountFen: 30_000_00,
        termMonths: 12,
        annualRate: '0.0960',
        repaymentMethod: 'EqualInstallment',
      },
      approversRequired: 0,
      policyPack: 'cn#0002',
      scorecard: 'person#0003',
      decidedAt: at,
      decidedBy: 'workflow',
    });
  });

  it('keeps what every rule read', () => {
    const { trace } = decide();
    expect(trace.map(({ ruleId }) => ruleId)).toEqual([
      ...personPolicy.rules.map(({ ruleId }) => ruleId),
      'score:person',
      'placement:salaried-inland',
      'limits:c-core',
      'pricing:C-other-long-usual',
      'authority:small',
      'cost',
    ]);
    expect(
      trace
        .filter(({ family }) => !['Score', 'Table'].includes(family))
        .every(({ result }) => result === 'Pass'),
    ).toBe(true);
    const burden = trace.find(({ ruleId }) => ruleId === 'DebtBurdenHigh');
    // At the dearest 12 %: 2,665.47 a month, and 3 % of the 12,000 owed elsewhere, of 12,000 a month.
    expect(burden?.read).toEqual({ debtToIncomeBasisPoints: 2522 });
    expect(trace.find(({ family }) => family === 'Score')).toEqual({
      ruleId: 'score:person',
      family: 'Score',
      result: 'Hit',
      read: { ...aProfile, termMonths: 12, amountFen: 30_000_00, purpose: 'HomeAppliances' },
    });
  });

  it.each([
    { name: 'overdue now', facts: { credit: { currentOverdueFen: 1 } }, codes: ['CurrentOverdue'] },
    {
      name: 'a hopeless bureau score',
      facts: { credit: { score: 420 } },
      codes: ['BureauScoreTooLow'],
    },
    {
      name: 'no income',
      facts: { review: { verifiedIncomeFen: 0 } },
      codes: ['IncomeTooLow', 'DebtBurdenTooHigh', 'LimitTooLow'],
    },
    {
      name: 'heavy debts',
      facts: { credit: { outstandingFen: 900_000_00 } },
      codes: ['DebtBurdenTooHigh'],
    },
    {
      name: 'a low score',
      facts: { applicant: { profile: poorProfile } },
      codes: ['ScoreTooLow', 'ScoreCheckingAccount', 'ScoreCreditHistory', 'ScoreTerm'],
    },
  ])('declines $name with $codes and makes no offer', ({ facts, codes }) => {
    const decision = decide({
      ...facts,
      requested: codes.includes('ScoreTooLow') ? { purpose: 'Repairs', termMonths: 36 } : {},
    });
    expect(decision).toMatchObject({ outcome: 'Declined', approversRequired: 0 });
    expect(new Set(decision.reasonCodes)).toEqual(new Set(codes));
    expect(decision.offer).toBeUndefined();
  });

  it.each([
    {
      name: 'a borderline score',
      facts: { applicant: { profile: borderlineProfile } },
      code: 'ScoreBorderline',
    },
    {
      name: 'a low bureau score',
      facts: { credit: { score: 560 } },
      code: 'BureauScoreBorderline',
    },
    { name: 'many queries', facts: { credit: { queries3Months: 15 } }, code: 'ManyRecentQueries' },
    {
      name: 'an identity that does not match',
      facts: { review: { identity: 'Mismatch' as const } },
      code: 'IdentityNotConfirmed',
    },
    {
      name: 'a wish for a person',
      facts: { humanReviewRequested: true },
      code: 'HumanReviewRequested',
    },
  ])('refers $name to one approver, with the offer ready', ({ facts, code }) => {
    const decision = decide({ ...facts, requested: { purpose: 'Repairs' } });
    expect(decision).toMatchObject({ outcome: 'Referred', approversRequired: 1 });
    expect(decision.reasonCodes).toContain(code);
    expect(decision.offer).toBeDefined();
  });

  it('refers and never declines while the bureau is silent, whatever else is wrong', () => {
    expect(decide({ credit: null })).toMatchObject({
      outcome: 'Referred',
      reasonCodes: ['CreditReportMissing'],
      approversRequired: 1,
    });
    const worst = decide({ credit: null, review: { verifiedIncomeFen: 0 } });
    expect(worst).toMatchObject({ outcome: 'Referred' });
    expect(worst.reasonCodes).toEqual([
      'IncomeTooLow',
      'LimitTooLow',
      'CreditReportMissing',
      'IncomeLower',
    ]);
  });

  it('refers a person without a bureau file: a missing score is not a bad one', () => {
    const { trace, ...decision } = decide({ credit: { score: undefined } });
    expect(decision).toMatchObject({ outcome: 'Referred', reasonCodes: ['DataMissing'] });
    expect(trace.filter(({ result }) => result === 'NotEvaluated')).toHaveLength(2);
  });

  it('refers when nothing was reviewed: the declared income proves nothing', () => {
    expect(decide({ review: null })).toMatchObject({
      outcome: 'Referred',
      reasonCodes: ['DataMissing'],
    });
    const unconfirmed: Facts = { review: { verifiedIncomeFen: undefined } };
    expect(decide(unconfirmed).reasonCodes).toEqual(['DataMissing']);
  });

  it('takes the declared income when a person has looked at the papers', () => {
    const review = { verifiedIncomeFen: undefined, reviewedBy: 'operator:reviewer-1' };
    expect(decide({ review }).outcome).toBe('Approved');
  });

  it('refers a score that is too low only for want of facts', () => {
    const known = { checkingStatus: 'Negative', creditHistory: 'AllPaidHere' };
    const decision = decide({
      applicant: { profile: known },
      requested: { purpose: 'Repairs', termMonths: 36 },
    });
    expect(decision).toMatchObject({ outcome: 'Referred', grade: 'F' });
    expect(decision.reasonCodes).toEqual(
      expect.arrayContaining(['ScoreIncomplete', 'ScoreBorderline']),
    );
    expect(decision.offer?.amountFen).toBe(30_000_00);
  });

  describe('of whom the scorecard misses something', () => {
    const without = (field: string) =>
      Object.fromEntries(Object.entries(aProfile).filter(([name]) => name !== field));

    it.each(Object.keys(aProfile))(
      'refers for want of %s alone, however good the rest',
      (field) => {
        const profile = {
          ...without(field),
          ...(field === 'savings' ? {} : { savings: 'Above1000' }),
        };
        const { trace, ...decision } = decide({ applicant: { profile } });
        expect(decision).toMatchObject({ outcome: 'Referred', approversRequired: 1 });
        expect(decision.reasonCodes).toContain('ScoreIncomplete');
        const line = trace.find(({ ruleId }) => ruleId === 'score:person');
        expect(line).toMatchObject({
          result: 'NotEvaluated',
          reasonCode: 'ScoreIncomplete',
          read: { [field]: null },
        });
      },
    );

    it('refers who sent no profile at all', () => {
      const { inputs, setting, ...decision } = decide({ applicant: { profile: undefined } });
      expect(decision).toMatchObject({ outcome: 'Referred', reasonCodes: ['ScoreIncomplete'] });
      expect(decisionOf(inputs, decideByPolicy(inputs, setting)).rulesTrace).toMatchObject([
        { ruleId: 'score:person', result: 'NotEvaluated' },
      ]);
    });

    it('takes a word the card does not know for a missing one', () => {
      const profile = { ...aProfile, savings: 'Plenty' };
      expect(decide({ applicant: { profile } }).reasonCodes).toEqual(['ScoreIncomplete']);
    });

    it('declines for what is known all the same', () => {
      const decision = decide({
        applicant: { profile: undefined },
        credit: { currentOverdueFen: 1 },
      });
      expect(decision).toMatchObject({ outcome: 'Declined', reasonCodes: ['CurrentOverdue'] });
    });

    it('declines when not even the best answer would do', () => {
      const profile = { ...poorProfile, housing: undefined, otherInstallmentPlans: undefined };
      const decision = decide({
        applicant: { profile },
        requested: { purpose: 'Education', termMonths: 36, amountFen: 120_000_00 },
        review: { verifiedIncomeFen: 100_000_00 },
      });
      expect(decision.outcome).toBe('Declined');
      expect(decision.reasonCodes).toContain('ScoreTooLow');
    });

    it('declines nobody for a burden or a limit that the guessed grade makes', () => {
      const heavy = { credit: { outstandingFen: 900_000_00 } };
      expect(decide(heavy)).toMatchObject({
        outcome: 'Declined',
        reasonCodes: ['DebtBurdenTooHigh'],
      });
      expect(decide({ ...heavy, applicant: { profile: undefined } })).toMatchObject({
        outcome: 'Referred',
        reasonCodes: ['DebtBurdenTooHigh', 'ScoreIncomplete'],
      });
      const tight = { ...personPolicy, limits: narrow };
      expect(decide({ overrides: { policy: tight } })).toMatchObject({
        outcome: 'Declined',
        reasonCodes: ['LimitTooLow'],
      });
      expect(
        decide({ applicant: { profile: undefined }, overrides: { policy: tight } }),
      ).toMatchObject({ outcome: 'Referred', reasonCodes: ['LimitTooLow', 'ScoreIncomplete'] });
    });
  });

  it('gives who asked for a person one, even where rules would decline (PIPL 24)', () => {
    const decision = decide({ humanReviewRequested: true, credit: { currentOverdueFen: 1 } });
    expect(decision).toMatchObject({
      outcome: 'Referred',
      reasonCodes: ['CurrentOverdue', 'HumanReviewRequested'],
      approversRequired: 1,
    });
    expect(decision.offer).toBeDefined();
  });

  it('prices a grade without a price at the dearest rate of the product', () => {
    const decision = decide({
      humanReviewRequested: true,
      applicant: { profile: poorProfile },
      requested: { purpose: 'Repairs', termMonths: 36 },
    });
    expect(decision).toMatchObject({ grade: 'F', offer: { annualRate: '0.1200' } });
  });

  it.each([
    { amountFen: 50_000_00, outcome: 'Approved', approversRequired: 0 },
    { amountFen: 50_000_01, outcome: 'Referred', approversRequired: 1 },
    { amountFen: 150_000_00, outcome: 'Referred', approversRequired: 1 },
    { amountFen: 150_000_01, outcome: 'Referred', approversRequired: 2 },
  ])('is $outcome by $approversRequired people at $amountFen fen', ({ amountFen, ...expected }) => {
    // The card takes points off for large amounts: a good account keeps the grade, and with it the limit.
    const rich = {
      review: { verifiedIncomeFen: 100_000_00 },
      applicant: { profile: { ...aProfile, checkingStatus: 'NoAccount', savings: 'Above1000' } },
    };
    const decision = decide({ ...rich, requested: { amountFen } });
    expect(decision).toMatchObject(expected);
  });

  it.each(['EqualInstallment', 'EqualPrincipal', 'InterestOnly', 'FlatRate', 'Bullet'] as const)(
    'does not take the one great payment of a loan for a monthly burden: %s',
    (repaymentMethod) => {
      expect(decide({ requested: { repaymentMethod } }).outcome).toBe('Approved');
    },
  );

  it('counts a burden at the edge: 50 % passes, a fen more refers', () => {
    const at50 = (verifiedIncomeFen: number) =>
      decide({
        applicant: { monthlyIncomeFen: verifiedIncomeFen },
        review: { verifiedIncomeFen },
        credit: { outstandingFen: 0 },
      });
    const burdenOf = (fen: number): unknown =>
      at50(fen).trace.find(({ ruleId }) => ruleId === 'DebtBurdenHigh')?.read[
        'debtToIncomeBasisPoints'
      ];
    // 12 % over 12 months: 31,985.55 in all, 2,665.47 a month.
    expect(burdenOf(5_330_94)).toBe(5000);
    expect(at50(5_330_94).outcome).toBe('Approved');
    expect(burdenOf(5_330_93)).toBe(5001);
    expect(at50(5_330_93).reasonCodes).toEqual(['DebtBurdenHigh']);
  });

  it('declines a price above the cap on the real cash flows: a flat 14 % is 24.9 %', () => {
    const product = { ...consumerProduct, pricing: [{ grade: 'C', annualRate: '0.1400' }] };
    const policy = {
      ...personPolicy,
      pricing: {
        dimensions: personPolicy.pricing.dimensions,
        rows: [{ rowId: 'one', when: {}, then: { annualRate: '0.1400' } }],
      },
    };
    const decision = decide({
      requested: { repaymentMethod: 'FlatRate' },
      overrides: { product, policy },
    });
    expect(decision).toMatchObject({ outcome: 'Declined', reasonCodes: ['CostAboveCap'] });
  });

  it.each([
    {
      lenderType: 'OnlineMicroloan',
      rate: '0.1150',
      result: 'Pass',
      target: 1200,
      code: undefined,
    },
    {
      lenderType: 'OnlineMicroloan',
      rate: '0.1300',
      result: 'Hit',
      target: 1200,
      code: 'CostAboveTarget',
    },
    { lenderType: 'Bank', rate: '0.1300', result: 'Pass', target: null, code: undefined },
    { lenderType: 'Bank', rate: '0.2500', result: 'Hit', target: null, code: 'CostAboveCap' },
  ] as const)(
    'holds $rate of a $lenderType against cap and target in the trace: $result',
    ({ lenderType, rate, result, target, code }) => {
      const { inputs, setting } = decide();
      const product = { ...consumerProduct, pricing: [{ grade: 'C', annualRate: rate }] };
      const policy = {
        ...personPolicy,
        pricing: {
          dimensions: personPolicy.pricing.dimensions,
          rows: [{ rowId: 'one', when: {}, then: { annualRate: rate } }],
        },
      };
      const { trace, outcome } = decideByPolicy(
        { ...inputs, lenderType },
        { ...setting, product, policy },
      );
      const line = trace.find(({ ruleId }) => ruleId === 'cost');
      expect(line).toMatchObject({
        result,
        read: { lenderType, capBasisPoints: 2400, targetBasisPoints: target },
      });
      expect(line?.reasonCode).toBe(code);
      // What only warns changes nothing.
      expect(outcome).toBe(code === 'CostAboveCap' ? 'Declined' : 'Approved');
    },
  );

  it('counts the fees of the product into the price', () => {
    const fees = [
      { ...guaranteeFee, charge: { basis: 'PercentOfPrincipal' as const, rate: '0.08' } },
    ];
    const product = { ...consumerProduct, fees };
    expect(decide({ overrides: { product } }).reasonCodes).toEqual(['CostAboveCap']);
  });

  it('needs a product with a price', () => {
    const product = { ...consumerProduct, pricing: [] };
    expect(() => decide({ overrides: { product } })).toThrow('no price');
  });
});

describe('decideByPolicy for a firm', () => {
  const overrides = {
    product: businessProduct,
    policy: companyPolicy,
    scorecard: companyScorecard,
  };
  const requested = { purpose: 'Business' as const, amountFen: 100_000_00 };
  const decideFirm = (company: object, more: Facts = {}) =>
    decide({ applicant: { ...aCompany, ...company }, requested, overrides, ...more });

  it('refers every firm to people: no data stand behind its scorecard', () => {
    expect(decideFirm({})).toMatchObject({
      outcome: 'Referred',
      grade: 'A',
      score: 630,
      approversRequired: 1,
      offer: { amountFen: 100_000_00, annualRate: '0.0720' },
    });
  });

  it.each([
    { establishedOn: '2024-11-24', points: -30 },
    { establishedOn: '2024-11-23', points: 0 },
    { establishedOn: '2021-11-24', points: 0 },
    { establishedOn: '2021-11-23', points: 25 },
  ])('adds $points points to a firm of $establishedOn', ({ establishedOn, points }) => {
    expect(decideFirm({ establishedOn }).score).toBe(570 + 25 + 10 + points);
  });

  it.each([
    { annualRevenueFen: 100_000_00, outcome: 'Referred' },
    { annualRevenueFen: 99_999_99, outcome: 'Declined' },
    { annualRevenueFen: 0, outcome: 'Declined' },
  ])('is $outcome with a revenue of $annualRevenueFen', ({ annualRevenueFen, outcome }) => {
    expect(decideFirm({ annualRevenueFen }).outcome).toBe(outcome);
  });

  it('knows no identity of a firm that was not reviewed', () => {
    expect(decideFirm({}, { review: null }).reasonCodes).toContain('DataMissing');
  });
});
