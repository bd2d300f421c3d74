import { priceSheet, type PricedSheet } from '#domain/contracts/disclosure-sheet.ts';
import { consumerProduct, funder, policyPack } from '../catalog-files.ts';

/** The cost sheet of a year's loan, and its hash. */
export function pricedSheet(principalFen = 30_000_00): Extract<PricedSheet, { outcome: 'Priced' }> {
  const result = priceSheet({
    loan: {
      principalFen,
      annualRate: '0.0960',
      termMonths: 12,
      repaymentMethod: 'EqualInstallment',
    },
    contractNumber: 'ZD-1',
    product: consumerProduct,
    funder,
    policyPack,
    date: '2026-11-23',
  });
  if (result.outcome !== 'Priced') throw new Error('the cost is above the cap');
  return result;
}
