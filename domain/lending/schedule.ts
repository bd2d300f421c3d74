import { divideRounded, multiplyRounded } from '../shared/money.ts';
import { present } from '../shared/present.ts';
import { dueDays, type DueDays } from './due-days.ts';
import { interestMeter, interestRoundingMode } from './interest.ts';
import { levelInstallment } from './level-installment.ts';
import { planLoan, type LoanPlan } from './loan-plan.ts';
import { periodFactors, wholeTermFactor, type PeriodFactors } from './period-factors.ts';
import { RowWriter, type ScheduleRow } from './schedule-rows.ts';
import type { Terms } from './terms.ts';

export type Schedule = Installments & {
  readonly disbursedDay: number;
  /** Whether every period counts the same, so that the rate per period says it all. */
  readonly isPeriodic: boolean;
};

export type Installments = {
  /** Principal and interest of a regular installment, without fees: level where the method keeps it level, else the first. */
  readonly installmentFen: number;
  readonly rows: readonly ScheduleRow[];
};

/** The schedule of the terms; the principal column sums to the loan and no component is negative. */
export function buildSchedule(terms: Terms): Schedule {
  return schedulePlan(planLoan(terms));
}

/** The schedule of terms whose text is already read. */
export function schedulePlan(plan: LoanPlan): Schedule {
  const { terms, disbursedDay } = plan;
  const due = dueDays(plan);
  const { installmentFen, rows } = splitByMethod(plan, due);
  const isPeriodic =
    terms.accrual === 'Thirty360' &&
    terms.holidayRoll === 'None' &&
    due.firstMonths === terms.every;
  return { disbursedDay, installmentFen, rows, isPeriodic };
}

/** What all methods work on: an amount to repay on days, and the interest factors of the periods between them. */
export type Financed = {
  readonly plan: LoanPlan;
  readonly due: DueDays;
  readonly financedFen: number;
  readonly factors: PeriodFactors;
  /** What flat interest is charged on, where it is not what is financed. */
  readonly flatBaseFen?: number;
};

function splitByMethod(plan: LoanPlan, due: DueDays): Installments {
  const financedFen = plan.terms.principalFen - plan.terms.downPaymentFen;
  if (plan.terms.method !== 'Bullet') {
    return splitFinanced({ plan, due, financedFen, factors: periodFactors(plan, due) });
  }
  // 一次性还本付息: the whole term is one period.
  const factors = { length: 1, even: wholeTermFactor(plan, due), list: [] };
  return splitFinanced({ plan, due, financedFen, factors });
}

/** Splits an amount over installments by the method of the terms. */
export function splitFinanced(financed: Financed): Installments {
  const { plan, financedFen } = financed;
  switch (plan.terms.method) {
    case 'EqualInstallment':
      return levelInstallments(financed);
    case 'EqualPrincipal': {
      const fen = equalPrincipal(plan.terms, financed);
      return decline(financed, { kind: 'Principal', fen });
    }
    case 'InterestOnly':
      return decline(financed, { kind: 'Principal', fen: 0 });
    case 'FlatRate':
      return flatInstallments(financed);
    case 'Bullet': {
      const once = decline(financed, { kind: 'Principal', fen: 0 });
      return { ...once, installmentFen: financedFen + once.installmentFen };
    }
  }
}

/** 等额本息. */
function levelInstallments(financed: Financed): Installments {
  const { plan, financedFen, factors } = financed;
  const { terms } = plan;
  const grace = terms.principalGraceInstallments;
  const { even, list, length } = factors;
  const amortising =
    grace === 0 ? factors : { even, list: list.slice(grace), length: length - grace };
  const fen = levelInstallment(financedFen, amortising, {
    mode: terms.rounding,
    multipleFen: terms.installmentMultipleFen,
  });
  const level = decline(financed, { kind: 'Installment', fen });
  return terms.residue === 'Smoothed' ? smooth(level, financed) : level;
}

function equalPrincipal(terms: Terms, { financedFen, factors }: Financed): number {
  const multiple = terms.installmentMultipleFen;
  const parts = (factors.length - terms.principalGraceInstallments) * multiple;
  return divideRounded(financedFen, parts, terms.rounding) * multiple;
}

/**
 * Splits an amount with the level it had before: the installment of 等额本息, the principal part of 等额本金 and 等本等息.
 * Installments it does not need are empty.
 */
export function splitKeepingLevel(financed: Financed, levelFen: number): Installments {
  switch (financed.plan.terms.method) {
    case 'EqualInstallment':
      return decline(financed, { kind: 'Installment', fen: levelFen });
    case 'EqualPrincipal':
      return decline(financed, { kind: 'Principal', fen: levelFen });
    case 'FlatRate':
      return flatWithPrincipal(financed, levelFen);
    case 'InterestOnly':
    case 'Bullet':
      return splitFinanced(financed);
  }
}

/** What stays level: the installment, of which interest takes its part first, or the principal part. */
type Level = { readonly kind: 'Installment' | 'Principal'; readonly fen: number };

/** Interest on what is still owed; the last installment takes what is left of the principal. */
function decline({ plan, due, financedFen, factors }: Financed, level: Level): Installments {
  const { terms } = plan;
  const { list, length, even } = factors;
  const writer = new RowWriter(plan, due);
  const meter = terms.interestRounding === 'Cumulative' ? interestMeter(terms) : undefined;
  const mode = interestRoundingMode(terms.rounding);
  const isInstallment = level.kind === 'Installment';
  const grace = terms.principalGraceInstallments;
  let balance = financedFen;
  for (let index = 0; index < length; index++) {
    const factor = even ?? present(list[index]);
    const interest = meter ? meter(balance, factor) : multiplyRounded(balance, factor, mode);
    const wanted = isInstallment ? level.fen - interest : level.fen;
    const paid = index < grace ? 0 : clip(wanted, balance);
    const principal = index === length - 1 ? balance : paid;
    writer.add(principal, interest);
    balance -= principal;
  }
  const first = present(writer.rows.at(Math.min(grace, length - 1) - length));
  const installmentFen = isInstallment ? level.fen : level.fen + first.interestFen;
  return { installmentFen, rows: writer.rows };
}

/** 等本等息: interest always on the whole amount; equal installments, the last takes the residue. */
function flatInstallments(financed: Financed): Installments {
  const { financedFen, plan } = financed;
  const interests = flatInterests(financed);
  const grace = plan.terms.principalGraceInstallments;
  const payable = interests.slice(grace).reduce((sum, interest) => sum + interest, financedFen);
  const multiple = plan.terms.installmentMultipleFen;
  const parts = (interests.length - grace) * multiple;
  const installmentFen = divideRounded(payable, parts, plan.terms.rounding) * multiple;
  const rows = flatRows(financed, interests, (interest) => installmentFen - interest);
  return { installmentFen, rows };
}

/** The same with a principal part given; interest ends with the principal. */
function flatWithPrincipal(financed: Financed, principalFen: number): Installments {
  const needed = Math.ceil(financed.financedFen / Math.max(principalFen, 1));
  const interests = flatInterests(financed).map((interest, index) =>
    index < needed ? interest : 0,
  );
  const rows = flatRows(financed, interests, () => principalFen);
  return { installmentFen: principalFen + present(interests[0]), rows };
}

function flatInterests(financed: Financed): readonly number[] {
  const { plan, financedFen, factors, flatBaseFen = financedFen } = financed;
  const charge = interestMeter(plan.terms);
  const { even, list, length } = factors;
  return Array.from({ length }, (_, index) => charge(flatBaseFen, even ?? present(list[index])));
}

function flatRows(
  { plan, due, financedFen }: Financed,
  interests: readonly number[],
  principalBeside: (interest: number) => number,
): readonly ScheduleRow[] {
  const writer = new RowWriter(plan, due);
  const grace = plan.terms.principalGraceInstallments;
  let balance = financedFen;
  for (const [index, interest] of interests.entries()) {
    const paid = index < grace ? 0 : clip(principalBeside(interest), balance);
    const principal = index === interests.length - 1 ? balance : paid;
    writer.add(principal, interest);
    balance -= principal;
  }
  return writer.rows;
}

/** A principal part between nothing and all that is left. */
function clip(wanted: number, balance: number): number {
  return wanted > balance ? balance : Math.max(wanted, 0);
}

/**
 * Spreads the residue of the last installment when it is more than half a fen per installment, and keeps the result
 * only when the last one comes closer. The rule of the published progressive schedules.
 */
function smooth(level: Installments, financed: Financed): Installments {
  const amortising = financed.factors.length - financed.plan.terms.principalGraceInstallments;
  const residue = residueOf(level);
  if (Math.abs(residue) <= Math.floor(amortising / 2)) return level;
  const spread = Math.sign(residue) * divideRounded(Math.abs(residue), amortising, 'HalfEven');
  const fen = level.installmentFen + spread;
  const candidate = decline(financed, { kind: 'Installment', fen });
  return Math.abs(residueOf(candidate)) < Math.abs(residue) ? candidate : level;
}

function residueOf({ installmentFen, rows }: Installments): number {
  const last = present(rows.at(-1));
  return last.principalFen + last.interestFen - installmentFen;
}
