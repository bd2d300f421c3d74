import * as z from 'zod';
import type { Funder } from '../catalog/funder.ts';
import { type PolicyPack, policyRate } from '../catalog/policy-pack.ts';
import { borrowerFeesOf, type Fee, type Product } from '../catalog/product.ts';
import { quote, displayRate } from '../lending/quote.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { ScheduleRow } from '../loans/loan.ts';
import { loanTermsOf, type AgreedLoan } from '../loans/loan-terms.ts';
import { contentHashOf } from '../shared/content-hash.ts';
import { BusinessDate } from '../shared/primitives.ts';
import { percentText, yuanText } from './amount-text.ts';
import { judgeCost } from './cost-cap.ts';

const CostItem = z.object({
  code: z.string(),
  name: z.string(),
  howCharged: z.string(),
  payee: z.string(),
  totalFen: z.int(),
  annualised: z.string(),
});

const ContingentItem = z.object({
  code: z.string(),
  name: z.string(),
  howCharged: z.string(),
  payee: z.string(),
  /** A fee due once has none. */
  annualRate: z.string().optional(),
});

/** 综合融资成本明示表: what the borrower confirms before the contract (in force since 2026-08-01). Never changed once made. */
export const DisclosureSheet = z.object({
  contractNumber: z.string(),
  lender: z.string(),
  principalFen: z.int(),
  termMonths: z.int(),
  annualRate: z.string(),
  repaymentMethod: z.string(),
  pricedOn: BusinessDate,
  items: z.array(CostItem),
  /** On normal performance, by item and combined; the larger one was held against the cap. */
  allInCost: z.object({ itemised: z.string(), combined: z.string() }),
  apr: z.object({ nominal: z.string(), effective: z.string() }),
  contingent: z.array(ContingentItem),
  statement: z.string(),
  schedule: z.array(ScheduleRow),
  totals: z.object({ principalFen: z.int(), interestFen: z.int(), feeFen: z.int() }),
});
export type DisclosureSheet = z.infer<typeof DisclosureSheet>;

export interface SheetCase {
  readonly loan: AgreedLoan;
  readonly contractNumber: string;
  readonly product: Product;
  readonly funder: Funder;
  readonly policyPack: PolicyPack;
  /** The business date it is priced on. */
  readonly date: string;
}

export type PricedSheet =
  | { readonly outcome: 'Priced'; readonly sheet: DisclosureSheet; readonly sheetHash: string }
  | { readonly outcome: 'CostAboveCap'; readonly allInCost: string };

/**
 * Prices a loan for the borrower's eyes and holds the all-in cost, on the real cash flows and unrounded, against the cap
 * in force for this lender on this date.
 */
export function priceSheet(sheetCase: SheetCase): PricedSheet {
  const { loan, product, funder, policyPack, date } = sheetCase;
  const terms = loanTermsOf(loan, product, date);
  const scope = { lenderType: funder.lenderType, date };
  const { cost, allInCost, isAboveCap } = judgeCost(terms, policyPack, scope);
  if (isAboveCap) return { outcome: 'CostAboveCap', allInCost: displayRate(allInCost) };
  const quoted = quote(terms);
  const names = new Map(borrowerFeesOf(product).map((fee) => [fee.code, fee]));
  const sheet: DisclosureSheet = {
    contractNumber: sheetCase.contractNumber,
    lender: funder.name,
    principalFen: loan.principalFen,
    termMonths: loan.termMonths,
    annualRate: loan.annualRate,
    repaymentMethod: loan.repaymentMethod,
    pricedOn: date,
    items: cost.items.map((item) => {
      const fee = names.get(item.code);
      return {
        code: item.code,
        name: fee?.name.zh ?? '利息',
        howCharged: fee === undefined ? interestTexts[loan.repaymentMethod] : howFeeIsCharged(fee),
        payee: fee?.payeeName ?? funder.name,
        totalFen: item.totalFen,
        annualised: displayRate(item.annualised),
      };
    }),
    allInCost: quoted.allInCost,
    apr: quoted.apr,
    contingent: contingentItems(sheetCase),
    statement: '除上述列明的费用外，贷款人及其合作机构不向借款人收取任何其他息费。',
    schedule: [...quoted.schedule],
    totals: quoted.totals,
  };
  return { outcome: 'Priced', sheet, sheetHash: contentHashOf(sheet) };
}

const timingTexts = {
  UpFront: '放款时一次性另行支付',
  EachInstallment: '每期随还款支付',
  WithFirst: '随首期还款一次性支付',
  WithLast: '随末期还款一次性支付',
  OnDefault: '仅在违约时收取',
} as const;

const interestTexts = {
  EqualInstallment: '按剩余本金逐期计收',
  EqualPrincipal: '按剩余本金逐期计收',
  InterestOnly: '按剩余本金逐期计收',
  FlatRate: '按初始本金逐期计收',
  Bullet: '按本金计收，到期一次性支付',
} as const;

function howFeeIsCharged({ charge, timing }: Fee): string {
  const amount =
    charge.basis === 'Fixed'
      ? `每次${yuanText(charge.amountFen)}元`
      : `每次按本金的${percentText(charge.rate)}`;
  return `${amount}，${timingTexts[timing]}`;
}

/** 银发〔2003〕251号: the contract rate plus the uplift, cut at the total cap (法发〔2017〕22号). */
function contingentItems({ loan, product, funder, policyPack, date }: SheetCase) {
  const scope = { lenderType: funder.lenderType, date };
  const cap = policyRate(policyPack, 'penalty.totalCapAnnual', scope);
  const uplifted = (uplift: string): string => {
    const rate = parseRate(loan.annualRate);
    const more = parseRate(uplift);
    const most = parseRate(cap);
    const raised = (rate.numerator / rate.denominator) * (1 + more.numerator / more.denominator);
    return displayRate(Math.min(raised, most.numerator / most.denominator));
  };
  const feesOnDefault = borrowerFeesOf(product)
    .filter(({ timing }) => timing === 'OnDefault')
    .map((fee) => ({
      code: fee.code,
      name: fee.name.zh,
      howCharged: howFeeIsCharged(fee),
      payee: fee.payeeName,
    }));
  return [
    ...feesOnDefault,
    {
      code: 'OverdueInterest',
      name: '逾期罚息',
      howCharged: '自逾期之日起按逾期本金逐日计收，直至清偿',
      payee: funder.name,
      annualRate: uplifted(product.penalty.overdueUplift),
    },
    {
      code: 'MisuseInterest',
      name: '挪用罚息',
      howCharged: '自挪用之日起按挪用金额逐日计收，直至清偿',
      payee: funder.name,
      annualRate: uplifted(product.penalty.misuseUplift),
    },
  ];
}
