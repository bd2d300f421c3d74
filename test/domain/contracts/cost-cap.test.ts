import { describe, expect, it } from 'vitest';
import { judgeCost } from '../../../domain/contracts/cost-cap.ts';
import type { PolicyPack } from '../../../domain/catalog/policy-pack.ts';
import { loanTermsOf } from '../../../domain/loans/loan-terms.ts';
import { consumerProduct, policyPack } from '../catalog-files.ts';

const product = { ...consumerProduct, fees: [] };

/** 12,000 yuan in level installments from 2026-11-24 (and so many months), judged on a date. */
function judged(
  annualRate: string,
  {
    lenderType = 'OnlineMicroloan',
    date = '2026-11-24',
    termMonths = 12,
    pack = policyPack,
  }: {
    lenderType?: 'Bank' | 'OnlineMicroloan';
    date?: string;
    termMonths?: number;
    pack?: PolicyPack;
  } = {},
) {
  const loan = {
    principalFen: 12_000_00,
    annualRate,
    termMonths,
    repaymentMethod: 'EqualInstallment' as const,
  };
  return judgeCost(loanTermsOf(loan, product, date), pack, { lenderType, date });
}

describe('judgeCost', () => {
  it.each([
    // The last LPR in the pack is 3.00 %: four times is 12 %.
    { rate: '0.1190', isAboveTarget: false },
    { rate: '0.1230', isAboveTarget: true },
    { rate: '0.2300', isAboveTarget: true },
  ])('warns a microloan lender above four times the LPR: $rate', ({ rate, isAboveTarget }) => {
    expect(judged(rate)).toMatchObject({
      isAboveTarget,
      isAboveCap: false,
      target: 0.12,
      cap: 0.24,
    });
  });

  it('knows no target for a bank', () => {
    const bank = judged('0.2300', { lenderType: 'Bank' });
    expect(bank).toMatchObject({ isAboveTarget: false, isAboveCap: false, target: undefined });
    expect(judged('0.2500', { lenderType: 'Bank' }).isAboveCap).toBe(true);
  });

  it.each([
    { date: '2027-12-31', isAboveCap: false, isAboveTarget: true },
    { date: '2028-01-01', isAboveCap: true, isAboveTarget: false },
  ])('lets the target become the cap after its day: $date', ({ date, ...expected }) => {
    expect(judged('0.1300', { date })).toMatchObject(expected);
    expect(judged('0.1150', { date })).toMatchObject({ isAboveCap: false, isAboveTarget: false });
  });

  it('holds at once where the pack blocks instead of warning', () => {
    const leaves = policyPack.leaves.map((leaf) =>
      leaf.path === 'cost.microTargetMode' ? { ...leaf, value: 'Block' } : leaf,
    );
    const pack = { ...policyPack, leaves };
    expect(judged('0.1300', { pack })).toMatchObject({ isAboveCap: true, cap: 0.12 });
  });

  it.each([
    { termMonths: 1, isAboveTarget: false },
    { termMonths: 2, isAboveTarget: true },
  ])('asks no target of a loan of $termMonths months', ({ termMonths, isAboveTarget }) => {
    expect(judged('0.2000', { termMonths }).isAboveTarget).toBe(isAboveTarget);
  });
});
