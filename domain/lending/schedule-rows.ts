import { present } from '../shared/present.ts';
import type { DueDays } from './due-days.ts';
import type { LoanPlan } from './loan-plan.ts';
import type { Fee, FeeTiming, Terms } from './terms.ts';

/** One installment; dates are day numbers until they leave the domain. */
export type ScheduleRow = {
  readonly number: number;
  readonly dueDay: number;
  readonly principalFen: number;
  readonly interestFen: number;
  readonly feeFen: number;
  readonly totalFen: number;
  readonly outstandingFen: number;
};

/** Writes the rows of one schedule in order, dating them and adding the fees that fall due with them. */
export class RowWriter {
  readonly rows: ScheduleRow[] = [];
  readonly #days: readonly number[];
  readonly #fees: FeesByPlace | undefined;
  #next = 0;
  #outstandingFen: number;

  constructor({ terms, disbursedDay }: LoanPlan, due: DueDays) {
    this.#days = terms.method === 'Bullet' ? due.days.slice(-1) : due.days;
    this.#fees = feesByPlace(terms);
    this.#outstandingFen = terms.principalFen;
    if (terms.downPaymentFen > 0) this.#addDownPayment(terms.downPaymentFen, disbursedDay);
  }

  add(principalFen: number, interestFen: number): void {
    const index = this.#next;
    const outstandingFen = this.#outstandingFen - principalFen;
    const feeFen = this.#fees === undefined ? 0 : feeOf(this.#fees, index, this.#days.length);
    this.rows.push({
      number: this.rows.length + 1,
      dueDay: present(this.#days[index]),
      principalFen,
      interestFen,
      feeFen,
      totalFen: principalFen + interestFen + feeFen,
      outstandingFen,
    });
    this.#outstandingFen = outstandingFen;
    this.#next = index + 1;
  }

  /** On the day of disbursement, before any installment and without fees. */
  #addDownPayment(amountFen: number, dueDay: number): void {
    this.#outstandingFen -= amountFen;
    this.rows.push({
      number: 1,
      dueDay,
      principalFen: amountFen,
      interestFen: 0,
      feeFen: 0,
      totalFen: amountFen,
      outstandingFen: this.#outstandingFen,
    });
  }
}

type FeesByPlace = { readonly each: number; readonly first: number; readonly last: number };

function feesByPlace({ fees }: Terms): FeesByPlace | undefined {
  if (fees.length === 0) return undefined;
  return {
    each: sumFees(fees, 'EachInstallment'),
    first: sumFees(fees, 'WithFirst'),
    last: sumFees(fees, 'WithLast'),
  };
}

function feeOf({ each, first, last }: FeesByPlace, index: number, length: number): number {
  return each + (index === 0 ? first : 0) + (index === length - 1 ? last : 0);
}

/** What the fees of one timing come to, each time they fall due. */
export function sumFees(fees: readonly Fee[], timing: FeeTiming): number {
  return fees.reduce((sum, fee) => (fee.timing === timing ? sum + fee.amountFen : sum), 0);
}
