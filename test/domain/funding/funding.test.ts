import { describe, expect, it } from 'vitest';
import { allocateFunding } from '../../../domain/funding/allocate-funding.ts';
import { type FundingCase, fundingObstacles } from '../../../domain/funding/funding-obstacles.ts';
import { InvalidTransition } from '../../../domain/shared/errors.ts';
import { aDecision, anApplication } from '../builders.ts';
import { funder, policyPack } from '../catalog-files.ts';

const requested = {
  amountFen: 30_000_00,
  termMonths: 12,
  repaymentMethod: 'EqualInstallment',
  hasSupplier: false,
} as const;

function aCase(overrides: Partial<FundingCase> = {}): FundingCase {
  return {
    requested,
    segment: 'PersonalConsumer',
    province: '99',
    partnerId: 'demo-partner',
    funder,
    policyPack,
    date: '2026-11-23',
    ...overrides,
  };
}

const bank = { ...funder, lenderType: 'Bank' as const };
const trust = { ...funder, lenderType: 'Trust' as const };

describe('fundingObstacles', () => {
  it.each([
    { name: 'an ordinary loan', overrides: {}, codes: [] },
    {
      name: 'a lender that stopped',
      overrides: { funder: { ...funder, status: 'Suspended' as const } },
      codes: ['FunderSuspended'],
    },
    {
      name: 'a partner not listed',
      overrides: { partnerId: 'stranger' },
      codes: ['PartnerNotListed'],
    },
    {
      name: 'another province',
      overrides: { funder: { ...funder, serviceArea: ['11'] } },
      codes: ['RegionNotServed'],
    },
  ])('answers $codes to $name', ({ overrides, codes }) => {
    expect(fundingObstacles(aCase(overrides))).toEqual(codes);
  });

  it.each([
    {
      name: '¥200,000 of an online microloan company (金规〔2024〕26号)',
      lender: funder,
      patch: { amountFen: 200_000_00 },
      codes: [],
    },
    {
      name: '¥200,000.01 of one',
      lender: funder,
      patch: { amountFen: 200_000_01 },
      codes: ['LenderLimitExceeded'],
    },
    {
      name: '¥200,000.01 of a bank (办法 2020)',
      lender: bank,
      patch: { amountFen: 200_000_01 },
      codes: ['LenderLimitExceeded'],
    },
    {
      name: '¥300,000 of a trust, paid to the borrower',
      lender: trust,
      patch: { amountFen: 300_000_00 },
      codes: [],
    },
    {
      name: '¥300,000.01 of a trust, paid to the borrower',
      lender: trust,
      patch: { amountFen: 300_000_01 },
      codes: ['SelfPaymentAboveCeiling'],
    },
    {
      name: '¥300,000.01 of a trust, paid to a supplier',
      lender: trust,
      patch: { amountFen: 300_000_01, hasSupplier: true },
      codes: [],
    },
    { name: '60 months', lender: funder, patch: { termMonths: 60 }, codes: [] },
    { name: '61 months', lender: funder, patch: { termMonths: 61 }, codes: ['TermAboveLimit'] },
    {
      name: 'a bullet of 12 months',
      lender: funder,
      patch: { repaymentMethod: 'Bullet' as const },
      codes: [],
    },
    {
      name: 'a bullet of 13 months',
      lender: funder,
      patch: { repaymentMethod: 'Bullet' as const, termMonths: 13 },
      codes: ['BulletTermAboveLimit'],
    },
  ])('answers $codes to $name for a consumer', ({ lender, patch, codes }) => {
    expect(
      fundingObstacles(aCase({ funder: lender, requested: { ...requested, ...patch } })),
    ).toEqual(codes);
  });

  it.each([
    { name: '¥10,000,000', patch: { amountFen: 10_000_000_00 }, codes: [] },
    { name: '¥10,000,000.01', patch: { amountFen: 10_000_000_01 }, codes: ['LenderLimitExceeded'] },
    {
      name: 'a bullet of 13 months',
      patch: { repaymentMethod: 'Bullet' as const, termMonths: 13 },
      codes: [],
    },
    { name: '61 months', patch: { termMonths: 61 }, codes: ['TermAboveLimit'] },
  ])('answers $codes to $name for a firm', ({ patch, codes }) => {
    const firm = aCase({ segment: 'SmallBusiness', requested: { ...requested, ...patch } });
    expect(fundingObstacles(firm)).toEqual(codes);
  });

  it.each([
    { amountFen: 100_00, codes: [] },
    { amountFen: 100_01, codes: ['LenderLimitExceeded'] },
  ])('lets one borrower owe a tenth of the net assets: $amountFen', ({ amountFen, codes }) => {
    const small = { ...funder, netAssetsFen: 1_000_00 };
    expect(
      fundingObstacles(aCase({ funder: small, requested: { ...requested, amountFen } })),
    ).toEqual(codes);
  });
});

describe('allocateFunding', () => {
  const approved = { ...anApplication(), decision: aDecision() };

  it("gives the whole loan to the platform's own lender", () => {
    expect(allocateFunding(approved, aCase())).toEqual({
      outcome: 'Allocated',
      participations: [
        { funderId: 'zhudai-lending', role: 'Lead', shareFen: 30_000_00, annualRate: '0.0960' },
      ],
    });
  });

  it('stops when the partner was struck from the list overnight', () => {
    const struck = funder.partners.map((listed) => ({
      ...listed,
      period: { from: '2026-01-01', to: '2026-11-22' },
    }));
    expect(allocateFunding(approved, aCase({ funder: { ...funder, partners: struck } }))).toEqual({
      outcome: 'Declined',
      reasonCodes: ['PartnerNotListed'],
    });
  });

  it('takes no other lender in Platform mode', () => {
    const foreign = { ...funder, isPlatformOwned: false };
    expect(allocateFunding(approved, aCase({ funder: foreign }))).toEqual({
      outcome: 'Declined',
      reasonCodes: ['NoFunderAvailable'],
    });
  });

  it('funds nothing that was not offered', () => {
    expect(() => allocateFunding(anApplication(), aCase())).toThrow(InvalidTransition);
  });
});
