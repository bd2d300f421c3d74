import { nextBusinessDayNumber } from '../../shared/calendar.ts';
import { ExactSum, type Ratio } from '../../shared/money.ts';
import type { Component, ServicePolicy } from './service-policy.ts';

/** Fen by component. */
export type Amounts = Record<Component, number>;

/** A stretch of days with one yearly rate. */
export type AccrualSpan = { readonly from: number; readonly to: number; readonly rate: Ratio };

/** Something that falls due on a day: an installment of the plan, a prepayment or a charge. */
export type Installment = {
  readonly kind: 'Installment' | 'Prepayment' | 'Charge';
  readonly dueDay: number;
  /** The days its interest is for; none when interest was not planned. */
  readonly spans: readonly AccrualSpan[];
  /** The principal its interest is charged on. */
  readonly bearingFen: number;
  /** Interest earned before its days on another balance, due with it. */
  readonly carriedFen: number;
  readonly due: Amounts;
  readonly paid: Amounts;
  /** The day lateness counts from: the due day, off holidays. */
  readonly lateFrom: number;
  readonly penalty: ExactSum;
  /** Penalty is counted up to this day. */
  penaltyTo: number;
};

/** No fen of anything. */
export function nothing(): Amounts {
  return { Cost: 0, Penalty: 0, Fee: 0, Interest: 0, Principal: 0 };
}

export function sumAmounts(amounts: Amounts): number {
  return amounts.Cost + amounts.Penalty + amounts.Fee + amounts.Interest + amounts.Principal;
}

/** What is still open of one component. */
export function openOf(installment: Installment, component: Component): number {
  return installment.due[component] - installment.paid[component];
}

export function isOpen(installment: Installment): boolean {
  return sumAmounts(installment.due) > sumAmounts(installment.paid);
}

type NewInstallment = Pick<Installment, 'kind' | 'dueDay'> & {
  readonly due: Partial<Amounts>;
  readonly spans?: readonly AccrualSpan[];
  readonly bearingFen?: number;
  readonly carriedFen?: number;
};

/** A due amount nothing of which is paid. */
export function openInstallment(
  { kind, dueDay, due, spans = [], bearingFen = 0, carriedFen = 0 }: NewInstallment,
  { holidayRoll }: Pick<ServicePolicy['penalty'], 'holidayRoll'>,
): Installment {
  const lateFrom = holidayRoll === 'None' ? dueDay : nextBusinessDayNumber(dueDay);
  return {
    kind,
    dueDay,
    spans,
    bearingFen,
    carriedFen,
    due: { ...nothing(), ...due },
    paid: nothing(),
    lateFrom,
    penalty: new ExactSum(),
    penaltyTo: lateFrom,
  };
}

/**
 * Counts the penalty up to a day. Nothing is due of it until the days of grace are over; paid within them, the debt was
 * never late.
 */
export function accruePenalty(
  installment: Installment,
  day: number,
  {
    daily,
    isCompound,
    graceDays,
  }: { readonly daily: Ratio; readonly isCompound: boolean; readonly graceDays: number },
): void {
  const days = day - installment.penaltyTo;
  if (days > 0) {
    const late =
      openOf(installment, 'Principal') + (isCompound ? openOf(installment, 'Interest') : 0);
    installment.penalty.add(BigInt(late) * BigInt(days), daily);
    installment.penaltyTo = day;
  }
  if (day > installment.lateFrom + graceDays && isOpen(installment)) {
    installment.due.Penalty = installment.penalty.rounded('HalfUp');
  }
}
