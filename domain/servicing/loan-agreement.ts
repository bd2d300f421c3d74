import * as z from 'zod';
import { LenderType } from '../catalog/lender-type.ts';
import {
  policyFlag,
  policyInt,
  policyRate,
  policyWords,
  type PolicyPack,
  type PolicyScope,
} from '../catalog/policy-pack.ts';
import type { Product } from '../catalog/product.ts';
import { VisitPlan, visitPlanOf } from '../follow-up/visit-plan.ts';
import { ProductGuarantor } from '../catalog/product.ts';
import { Component, DueAge, ServicePolicy } from '../lending/servicing/service-policy.ts';
import { Terms } from '../lending/terms.ts';
import { AssetClass, type Loan } from '../loans/loan.ts';
import { loanTermsOf } from '../loans/loan-terms.ts';
import { LoanId } from '../shared/primitives.ts';

/** Days after the due date on which the account is debited; the first is the due date itself. */
export const DebitPlan = z.strictObject({
  tryDays: z.array(z.int().min(0).max(60)).min(1).max(10),
});
export type DebitPlan = z.infer<typeof DebitPlan>;

/**
 * Record `agreement`: what a loan is served by, frozen when the bank paid. Written once; a change agreed later is an event
 * on top of it, never an edit.
 */
export const LoanAgreement = z.object({
  loanId: LoanId,
  record: z.literal('agreement'),
  terms: Terms,
  policy: ServicePolicy,
  /** Days past due beyond which a class holds at least, worst first. */
  classes: z.array(z.tuple([AssetClass, z.int().min(0)])),
  debit: DebitPlan,
  /** Absent for loans of before there were visits. */
  visits: VisitPlan.optional(),
  /** Who pays when the borrower does not; absent for loans nobody guarantees. */
  guarantor: ProductGuarantor.optional(),
  lenderType: LenderType,
  /** The policy pack the application was decided under: `<packId>#<version>`. */
  policyPack: z.string(),
});
export type LoanAgreement = z.infer<typeof LoanAgreement>;

export interface ServiceFacts {
  readonly loan: Loan;
  /** The version the application pinned. */
  readonly product: Pick<
    Product,
    'fees' | 'accrual' | 'penalty' | 'debit' | 'followUp' | 'guarantor'
  >;
  /** The grade the application was decided with. */
  readonly grade?: string | undefined;
  /** The version the application was decided under, and its key. */
  readonly policyPack: PolicyPack;
  readonly policyPackKey: string;
  readonly lenderType: LenderType;
  /** The day the contract was made: its policy stays what it was then. */
  readonly contractedOn: string;
  readonly disbursedOn: string;
}

/** What a loan is served by, from what was pinned when its contract was made and the day the bank really paid. */
export function agreeService(facts: ServiceFacts): LoanAgreement {
  const { loan, product, policyPack, lenderType, contractedOn, disbursedOn } = facts;
  const scope = { lenderType, date: contractedOn };
  return {
    loanId: loan.loanId,
    record: 'agreement',
    terms: loanTermsOf(loan, product, disbursedOn),
    policy: ServicePolicy.parse({
      allocation: { order: allocationOrder(policyWords(policyPack, 'allocation.order', scope)) },
      penalty: {
        uplift: product.penalty.overdueUplift,
        capAnnual: policyRate(policyPack, 'penalty.totalCapAnnual', scope),
        isCompound: policyFlag(policyPack, 'penalty.compound', scope),
        graceDays: product.penalty.graceDays,
        holidayRoll: policyRate(policyPack, 'due.holidayRoll', scope),
      },
    }),
    classes: classesOf(policyPack, scope),
    debit: product.debit,
    visits: visitPlanOf(product.followUp, facts.grade),
    ...(product.guarantor === undefined ? {} : { guarantor: product.guarantor }),
    lenderType,
    policyPack: facts.policyPackKey,
  };
}

/** The pack says the order of the law; the oldest due amount always comes before the next. */
function allocationOrder(words: readonly string[]): string[] {
  const components = words.map((word) =>
    Component.parse(word === 'EnforcementCost' ? 'Cost' : word),
  );
  const missing = Component.options.find((component) => !components.includes(component));
  if (missing !== undefined) throw new Error(`allocation.order never pays ${missing}`);
  return DueAge.options.flatMap((age) => components.map((component) => `${age}${component}`));
}

/** 令〔2023〕第1号: strictly more days than the trigger, but attention from its first day on. */
function classesOf(pack: PolicyPack, scope: PolicyScope): LoanAgreement['classes'] {
  return [
    ['Loss', policyInt(pack, 'classification.lossDays', scope)],
    ['Doubtful', policyInt(pack, 'classification.doubtfulDays', scope)],
    ['Substandard', policyInt(pack, 'classification.substandardDays', scope)],
    ['Attention', policyInt(pack, 'classification.attentionDays', scope) - 1],
  ];
}
