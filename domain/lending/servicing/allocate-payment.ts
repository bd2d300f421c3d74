import { present } from '../../shared/present.ts';
import { openOf, type Installment } from './installment.ts';
import { Component, DueAge, type AllocationPart, type ServicePolicy } from './service-policy.ts';

/** A part of a payment and what it paid. */
export type Portion = {
  readonly installment: Installment;
  readonly component: Component;
  readonly amountFen: number;
};

export type Allocation = { readonly portions: readonly Portion[]; readonly restFen: number };

export type AllocationRule = ServicePolicy['allocation'] & {
  readonly day: number;
  /** The ages that may be paid; prepayments leave the future alone. */
  readonly ages: readonly DueAge[];
};

/**
 * Pays open amounts in the declared order and books them on the installments. Greedy, one fen after the other: two
 * payments on a day pay exactly what one of their sum would.
 */
export function allocatePayment(
  amountFen: number,
  installments: readonly Installment[],
  rule: AllocationRule,
): Allocation {
  const portions: Portion[] = [];
  let restFen = amountFen;
  for (const [installment, component] of openParts(installments, rule)) {
    const paid = Math.min(restFen, openOf(installment, component));
    if (paid <= 0) continue;
    installment.paid[component] += paid;
    restFen -= paid;
    portions.push({ installment, component, amountFen: paid });
  }
  return { portions, restFen };
}

function openParts(
  installments: readonly Installment[],
  rule: AllocationRule,
): readonly (readonly [Installment, Component])[] {
  return passesOf(rule.order).flatMap(({ age, components }) => {
    if (!rule.ages.includes(age)) return [];
    const visited = installments.filter((installment) => ageOf(installment, rule.day) === age);
    if (age === 'Future' && rule.future === 'Last') visited.reverse();
    return rule.within === 'Installment'
      ? visited.flatMap((one) => components.map((component) => [one, component] as const))
      : components.flatMap((component) => visited.map((one) => [one, component] as const));
  });
}

function ageOf({ dueDay }: Installment, day: number): DueAge {
  if (dueDay === day) return 'Due';
  return dueDay < day ? 'PastDue' : 'Future';
}

type Pass = { readonly age: DueAge; readonly components: Component[] };

/** Neighbouring parts of the same age are one pass over the installments of that age. */
function passesOf(order: readonly AllocationPart[]): readonly Pass[] {
  const passes: Pass[] = [];
  for (const part of order) {
    const { age, component } = readPart(part);
    const last = passes.at(-1);
    if (last?.age === age) last.components.push(component);
    else passes.push({ age, components: [component] });
  }
  return passes;
}

function readPart(part: AllocationPart): { readonly age: DueAge; readonly component: Component } {
  const age = present(DueAge.options.find((option) => part.startsWith(option)));
  return { age, component: Component.parse(part.slice(age.length)) };
}
