import { borrowerFeesOf, type Fee, type Product } from '../catalog/product.ts';
import { parseRate } from '../lending/annual-rate.ts';
import { quote } from '../lending/quote.ts';
import { parseTerms, type Terms } from '../lending/terms.ts';
import { multiplyRounded } from '../shared/money.ts';
import type { RepaymentMethod } from '../shared/primitives.ts';
import type { LoanSchedule } from './loan.ts';

/** What was agreed about one loan, whatever day it is paid out. */
export interface AgreedLoan {
  readonly principalFen: number;
  readonly annualRate: string;
  readonly termMonths: number;
  readonly repaymentMethod: RepaymentMethod;
}

/** The terms of a loan paid out on a date: what was agreed, with the fees and the accrual of the pinned product. */
export function loanTermsOf(
  loan: AgreedLoan,
  product: Pick<Product, 'fees' | 'accrual'>,
  disbursedOn: string,
): Terms {
  return parseTerms({
    principalFen: loan.principalFen,
    annualRate: loan.annualRate,
    installments: loan.termMonths,
    method: loan.repaymentMethod,
    disbursedOn,
    accrual: product.accrual,
    fees: borrowerFeesOf(product).map((fee) => ({
      code: fee.code,
      payeeRole: fee.payeeRole,
      timing: fee.timing,
      amountFen: feeAmountOf(fee, loan.principalFen),
    })),
  });
}

/** The rows of the schedule as it runs from the day the money was paid. */
export function loanRowsOf(
  loan: AgreedLoan,
  product: Pick<Product, 'fees' | 'accrual'>,
  disbursedOn: string,
): LoanSchedule['rows'] {
  return [...quote(loanTermsOf(loan, product, disbursedOn)).schedule];
}

function feeAmountOf({ charge }: Fee, principalFen: number): number {
  if (charge.basis === 'Fixed') return charge.amountFen;
  return multiplyRounded(principalFen, parseRate(charge.rate), 'HalfUp');
}
