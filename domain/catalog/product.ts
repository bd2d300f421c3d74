import * as z from 'zod';
import { DocumentKind, Purpose } from '../applications/application.ts';
import { VisitPlans } from '../follow-up/visit-plan.ts';
import { Accrual, FeeTiming, PayeeRole } from '../lending/terms.ts';
import { AmountFen, AnnualRate, RepaymentMethod } from '../shared/primitives.ts';
import { Period, ServiceArea, Text } from './texts.ts';

const Share = z.string().regex(/^(0|1)(\.\d{1,8})?$/, 'a decimal string from "0" to "1.99999999"');

/** One fee of a product: who pays, who receives, how it is computed and when it falls due. */
export const Fee = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Za-z0-9]+$/),
  name: Text,
  payer: z.enum(['Borrower', 'Funder', 'Partner']),
  payeeRole: PayeeRole,
  payeeName: z.string().min(1),
  /** A share of the principal, or a fixed amount, each time it falls due. */
  charge: z.discriminatedUnion('basis', [
    z.strictObject({ basis: z.literal('PercentOfPrincipal'), rate: AnnualRate }),
    z.strictObject({ basis: z.literal('Fixed'), amountFen: AmountFen }),
  ]),
  /** Nothing may be kept back from the principal (Civil Code 670): an up-front fee is paid beside it. */
  timing: FeeTiming,
});
export type Fee = z.infer<typeof Fee>;

/** Who guarantees the loans of a product: on the lender's published list, as a guarantor (金规〔2025〕9号). */
export const ProductGuarantor = z.strictObject({
  guarantorId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  name: z.string().min(1),
});

/** Documents needed when more than an amount is asked for; 0 means always. */
const DocumentRule = z.strictObject({
  aboveFen: z.int().min(0),
  kinds: z.array(DocumentKind).min(1),
});

const Method = z.strictObject({
  method: RepaymentMethod,
  maxTermMonths: z.int().min(1).max(120).optional(),
});

/** What may be sold: limits, terms, price and conditions. A version never changes; an application pins one. */
export const Product = z
  .object({
    productId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
    version: z.int().min(1),
    name: Text,
    status: z.enum(['OnSale', 'Withdrawn']),
    validity: Period,
    segment: z.enum(['PersonalConsumer', 'SmallBusiness']),
    applicantKind: z.enum(['Person', 'Company']),
    amount: z.strictObject({ minFen: AmountFen, maxFen: AmountFen }),
    term: z.strictObject({ minMonths: z.int().min(1), maxMonths: z.int().min(1).max(120) }),
    repaymentMethods: z.array(Method).min(1),
    /** Completed years: of the person, or of the firm's legal representative. */
    age: z.strictObject({ min: z.int().min(18), max: z.int().max(100) }),
    serviceArea: ServiceArea,
    purposes: z.array(Purpose).min(1),
    /** 受托支付: the money goes to the supplier, never to the borrower. */
    isSupplierRequired: z.boolean(),
    /** Companies only: months since it was established. */
    minEstablishedMonths: z.int().min(0).optional(),
    documents: z.array(DocumentRule),
    consentsRequired: z.array(z.enum(['CreditQuery', 'DataSharing', 'SensitiveData'])).min(1),
    consentMaxAgeDays: z.int().min(1),
    /** The price list: the most a grade of the scorecard pays a year. The credit policy prices within it. */
    pricing: z.array(z.strictObject({ grade: z.string().min(1), annualRate: AnnualRate })).min(1),
    fees: z.array(Fee),
    penalty: z.strictObject({
      overdueUplift: Share,
      misuseUplift: Share,
      graceDays: z.int().min(0).max(30),
    }),
    /** Automatic debit: days after the due date on which it is tried, until nothing is due. */
    debit: z.strictObject({ tryDays: z.array(z.int().min(0).max(60)).min(1).max(10) }),
    /** 定期回访: when a borrower is visited after payout. */
    followUp: VisitPlans,
    guarantor: ProductGuarantor.optional(),
    prepaymentFeeRate: Share,
    accrual: Accrual,
    minReadSeconds: z.int().min(1),
    offerValidDays: z.int().min(1).max(30),
    creditReportFreshDays: z.int().min(1),
    scorecardId: z.string().min(1),
    creditPolicyId: z.string().min(1),
    /** Existing debts are counted at this share of their outstanding amount a month. */
    existingDebtMonthlyShare: Share,
  })
  .superRefine((product, context) => {
    for (const { path, message } of faultsOf(product))
      context.addIssue({ code: 'custom', path, message });
  });
export type Product = z.infer<typeof Product>;

interface Fault {
  readonly path: (string | number)[];
  readonly message: string;
}

interface ProductFacts {
  readonly amount: { readonly minFen: number; readonly maxFen: number };
  readonly term: { readonly minMonths: number; readonly maxMonths: number };
  readonly age: { readonly min: number; readonly max: number };
  readonly segment: string;
  readonly prepaymentFeeRate: string;
  readonly fees: readonly Fee[];
  readonly pricing: readonly { readonly grade: string }[];
}

/** What a schema of single fields cannot say; checked when a product is saved, not when a loan is priced. */
function faultsOf(product: ProductFacts): Fault[] {
  const { amount, term, age } = product;
  return [
    ...faultIf(amount.minFen > amount.maxFen, ['amount'], 'the least amount is above the greatest'),
    ...faultIf(term.minMonths > term.maxMonths, ['term'], 'the least term is above the greatest'),
    ...faultIf(age.min > age.max, ['age'], 'the least age is above the greatest'),
    ...faultIf(
      new Set(product.pricing.map(({ grade }) => grade)).size < product.pricing.length,
      ['pricing'],
      'a grade has two prices',
    ),
    // 六部门通知 2020: small and micro firms pay nothing for paying back early.
    ...faultIf(
      product.segment === 'SmallBusiness' && Number(product.prepaymentFeeRate) !== 0,
      ['prepaymentFeeRate'],
      'small firms may not be charged for prepayment',
    ),
    ...product.fees.flatMap((fee, at) =>
      // 金规〔2025〕9号: the platform may charge the borrower nothing, in no form.
      faultIf(
        fee.payer === 'Borrower' && fee.payeeRole === 'Platform',
        ['fees', at],
        'the platform may charge the borrower nothing',
      ),
    ),
  ];
}

function faultIf(isFault: boolean, path: (string | number)[], message: string): Fault[] {
  return isFault ? [{ path, message }] : [];
}

/** The fees the borrower bears: what the cost sheet lists and the all-in cost counts. */
export function borrowerFeesOf(product: Pick<Product, 'fees'>): Fee[] {
  return product.fees.filter(({ payer }) => payer === 'Borrower');
}
