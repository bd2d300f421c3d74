import { present } from '../../shared/present.ts';
import { parseRate } from '../annual-rate.ts';
import { planLoan } from '../loan-plan.ts';
import type { ScheduleRow } from '../schedule-rows.ts';
import { schedulePlan } from '../schedule.ts';
import type { Terms } from '../terms.ts';
import { AccrualCalendar } from './accrual-calendar.ts';
import {
  accruePenalty,
  openInstallment,
  openOf,
  type AccrualSpan,
  type Installment,
} from './installment.ts';
import { penaltyRate } from './penalty-rate.ts';
import { replan } from './replan.ts';
import type { ServicePolicy } from './service-policy.ts';

/** How installments to come are planned anew on a day. */
export type NewPlan = {
  readonly day: number;
  /** Principal the new installments repay. */
  readonly balanceFen: number;
  readonly isLevelKept: boolean;
  /** Whether principal was repaid before its time. */
  readonly isRepaid: boolean;
  /** Terms from the day on, where they change. */
  readonly annualRate?: string;
  readonly calendar?: AccrualCalendar;
  readonly days?: readonly number[];
  /** Earned on the same balance but not yet due: it falls due with the next installment. */
  readonly carriedSpans: readonly AccrualSpan[];
  /** The same as an amount, when it was earned on another balance. */
  readonly carriedFen: number;
};

/**
 * The installments of one loan while its events are played. Mutable on purpose and never seen outside the replay: every
 * replay makes its own.
 */
export class LoanBook {
  readonly installments: Installment[] = [];
  readonly policy: ServicePolicy;
  /** Paid in advance beyond all that came to be owed: the borrower's. */
  creditFen = 0;
  #terms: Terms;
  #calendar: AccrualCalendar;
  /** What stays level in a shorter term: the installment, or the principal part. */
  #levelFen = 0;
  /** Flat interest is charged on what was financed until some of it is prepaid. */
  #flatBaseFen: number;
  /** Installments up to this day repay no principal. */
  readonly #graceUntil: number;

  constructor(terms: Terms, policy: ServicePolicy) {
    this.#terms = terms;
    this.policy = policy;
    this.#calendar = new AccrualCalendar(terms);
    const plan = planLoan(terms);
    const { rows, installmentFen } = schedulePlan(plan);
    const first = rows.find((row) => row.dueDay > plan.disbursedDay && row.principalFen > 0);
    this.#setLevel(installmentFen, present(first));
    this.#flatBaseFen = terms.principalFen - terms.downPaymentFen;
    this.#graceUntil =
      terms.principalGraceInstallments === 0
        ? plan.disbursedDay
        : present(this.#calendar.days[terms.principalGraceInstallments - 1]);
    this.#addPlanned(rows, plan.disbursedDay, { spans: [], fen: 0 });
  }

  get terms(): Terms {
    return this.#terms;
  }

  get calendar(): AccrualCalendar {
    return this.#calendar;
  }

  /** Installments of the plan that fall due after a day. */
  future(day: number): readonly Installment[] {
    return this.installments.filter((one) => one.kind === 'Installment' && one.dueDay > day);
  }

  /** Keeps the list in the order of due days; what comes later on the same day stays later. */
  add(installment: Installment): void {
    this.installments.push(installment);
    this.installments.sort((a, b) => a.dueDay - b.dueDay);
  }

  /** Books a prepayment, together with another of the same day. */
  addSettled(settled: Installment): void {
    const same = this.installments.find(
      (one) => one.kind === 'Prepayment' && one.dueDay === settled.dueDay,
    );
    if (same === undefined) {
      this.add(settled);
      return;
    }
    for (const component of ['Interest', 'Principal'] as const) {
      same.due[component] += settled.due[component];
      same.paid[component] += settled.paid[component];
    }
  }

  remove(installments: readonly Installment[]): void {
    for (const one of installments) this.installments.splice(this.installments.indexOf(one), 1);
  }

  accrueTo(day: number): void {
    const { isCompound, graceDays } = this.policy.penalty;
    const { annualRate, accrual } = this.#terms;
    const { daily } = penaltyRate(annualRate, accrual, this.policy.penalty);
    for (const one of this.installments) {
      accruePenalty(one, day, { daily, isCompound, graceDays });
    }
  }

  /** Interest earned by a day of the installment that runs, whether or not it is paid. */
  runningInterest(day: number): number {
    const [running] = this.future(day);
    return running ? this.#calendar.interestTo(running, day) : 0;
  }

  /** Principal the plan repays after a day, without what is paid of it in advance. */
  futurePrincipal(day: number): number {
    return this.future(day).reduce((sum, one) => sum + openOf(one, 'Principal'), 0);
  }

  /** Replaces the installments after the day. */
  replan(plan: NewPlan): void {
    const old = this.future(plan.day);
    this.remove(old);
    if (plan.calendar) this.#calendar = plan.calendar;
    if (plan.annualRate !== undefined) {
      this.#terms = { ...this.#terms, annualRate: plan.annualRate };
    }
    const days = plan.days ?? old.map((one) => one.dueDay);
    if (plan.balanceFen === 0) {
      this.#addCarried(plan.carriedFen, days[0]);
      return;
    }
    if (plan.isRepaid) this.#flatBaseFen = plan.balanceFen;
    const rate = parseRate(this.#terms.annualRate);
    const factors = days.map((to, index) => {
      const from = days[index - 1] ?? plan.day;
      const carried = index === 0 ? plan.carriedSpans : [];
      return this.#calendar.factor([...carried, { from, to, rate }]);
    });
    const inGrace = days.filter((day) => day <= this.#graceUntil).length;
    const grace = Math.min(inGrace, days.length - 1);
    const { rows, installmentFen } = replan({
      terms: { ...this.#terms, principalGraceInstallments: grace },
      balanceFen: plan.balanceFen,
      flatBaseFen: this.#flatBaseFen,
      days,
      factors,
      levelFen: plan.isLevelKept ? this.#levelFen : undefined,
    });
    if (!plan.isLevelKept) this.#setLevel(installmentFen, present(rows[grace]));
    this.#addPlanned(rows, plan.day, { spans: plan.carriedSpans, fen: plan.carriedFen });
  }

  /** Interest earned on principal that was all repaid in advance still falls due. */
  #addCarried(carriedFen: number, dueDay: number | undefined): void {
    if (carriedFen === 0 || dueDay === undefined) return;
    const due = { Interest: carriedFen };
    this.add(
      openInstallment({ kind: 'Installment', dueDay, due, carriedFen }, this.policy.penalty),
    );
  }

  #setLevel(installmentFen: number, first: ScheduleRow): void {
    const isInstallment = this.#terms.method === 'EqualInstallment';
    this.#levelFen = isInstallment ? installmentFen : first.principalFen;
  }

  #addPlanned(
    rows: readonly ScheduleRow[],
    startDay: number,
    carried: { readonly spans: readonly AccrualSpan[]; readonly fen: number },
  ): void {
    const rate = parseRate(this.#terms.annualRate);
    const isFlat = this.#terms.method === 'FlatRate';
    let from = startDay;
    let owed = rows.reduce((sum, row) => sum + row.principalFen, 0);
    for (const [index, row] of rows.entries()) {
      const span = { from, to: row.dueDay, rate };
      const isDownPayment = row.dueDay === startDay;
      const spans = index === 0 ? [...carried.spans, span] : [span];
      const carriedFen = index === 0 ? carried.fen : 0;
      const Interest = row.interestFen + carriedFen;
      const due = { Principal: row.principalFen, Interest, Fee: row.feeFen };
      const bearingFen = isFlat ? this.#flatBaseFen : owed;
      this.add(
        openInstallment(
          {
            kind: 'Installment',
            dueDay: row.dueDay,
            due,
            spans: isDownPayment ? [] : spans,
            bearingFen,
            carriedFen,
          },
          this.policy.penalty,
        ),
      );
      owed -= row.principalFen;
      from = row.dueDay;
    }
  }
}
