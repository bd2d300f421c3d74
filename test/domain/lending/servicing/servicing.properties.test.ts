import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bankClasses, delinquencyOf } from '../../../../domain/lending/servicing/delinquency.ts';
import { LoanEvent } from '../../../../domain/lending/servicing/loan-event.ts';
import { payoffOn } from '../../../../domain/lending/servicing/payoff.ts';
import { penaltyRate } from '../../../../domain/lending/servicing/penalty-rate.ts';
import { accountOn, type ServicedLoan } from '../../../../domain/lending/servicing/replay.ts';
import { Component, ServicePolicy } from '../../../../domain/lending/servicing/service-policy.ts';
import { parseTerms } from '../../../../domain/lending/terms.ts';
import {
  addDays,
  daysBetween,
  fromDayNumber,
  toDayNumber,
} from '../../../../domain/shared/calendar.ts';
import { anyTerms } from '../any-terms.ts';

/** Properties L1 to L16: what must hold for every loan after payout, whatever happens to it. */
type Story = { readonly loan: ServicedLoan; readonly on: string };

const policies = fc
  .record({
    within: fc.constantFrom('Installment', 'Component'),
    future: fc.constantFrom('Next', 'Last'),
    isCompound: fc.boolean(),
    graceDays: fc.constantFrom(0, 0, 3),
    isPrincipalFirst: fc.boolean(),
  })
  .map(({ within, future, isCompound, graceDays, isPrincipalFirst }) => {
    const components = isPrincipalFirst
      ? ['Principal', 'Interest', 'Penalty', 'Fee', 'Cost']
      : Component.options;
    const order = ['PastDue', 'Due', 'Future'].flatMap((age) =>
      components.map((component) => `${age}${component}`),
    );
    return ServicePolicy.parse({
      allocation: { order, within, future },
      penalty: { uplift: '0.5', capAnnual: '0.24', isCompound, graceDays },
    });
  });

/** Something that happens so many days after payout, as a share of the principal. */
const happenings = fc.array(
  fc.record({
    kind: fc.constantFrom('Payment', 'Payment', 'Payment', 'Prepayment', 'Charge', 'Restructuring'),
    after: fc.nat({ max: 400 }),
    share: fc.double({ min: 0.001, max: 0.4, noNaN: true }),
    choice: fc.nat({ max: 5 }),
  }),
  { maxLength: 8 },
);

const restructurings = [
  { moreInstallments: 2 },
  { annualRate: '0.0600' },
  { holidayPeriods: 1 },
  { isPastDuePrincipalSpread: true },
  { annualRate: '0.2000', isInstallmentKept: true },
  { moreInstallments: 1, holidayPeriods: 1, isPastDuePrincipalSpread: true },
];

const stories: fc.Arbitrary<Story> = fc
  .record({
    terms: anyTerms({ unit: 'Month', installmentMultipleFen: 1 }),
    principalFen: fc.integer({ min: 10_000, max: 100_000_000 }),
    policy: policies,
    happenings,
    asOf: fc.integer({ min: 0, max: 700 }),
  })
  .map(({ terms: drawn, principalFen, policy, happenings: drawnEvents, asOf }) => {
    const terms = parseTerms({
      ...drawn,
      principalFen,
      downPaymentFen: 0,
      installments: 1 + (drawn.installments % 14),
      principalGraceInstallments: 0,
    });
    const events = drawnEvents.map(({ kind, after, share, choice }, index) => {
      const amountFen = 1 + Math.floor(principalFen * share);
      const at = { id: `event-${String(index)}`, valueDate: addDays(terms.disbursedOn, after) };
      const more: Record<string, object> = {
        Payment: { kind, amountFen },
        Prepayment: {
          kind: 'Payment',
          amountFen,
          purpose: 'Prepayment',
          effect: choice % 2 === 0 ? 'ShorterTerm' : 'SmallerInstallment',
        },
        Charge: { kind, amountFen: 1 + choice * 100, component: choice % 2 === 0 ? 'Fee' : 'Cost' },
        Restructuring: { kind, ...restructurings[choice] },
      };
      return LoanEvent.parse({ ...at, ...more[kind] });
    });
    return { loan: { terms, policy, events }, on: addDays(terms.disbursedOn, asOf) };
  });

/** Restructuring a loan with nothing to come is refused: such a story is none. */
function playable({ loan, on }: Story): boolean {
  try {
    accountOn(loan, on);
    return true;
  } catch {
    return false;
  }
}

const holds = (property: (story: Story) => void, numRuns = 150): void => {
  fc.assert(fc.property(stories.filter(playable), property), { numRuns });
};
const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, one) => sum + one, 0);
const totalOf = (amounts: Readonly<Record<Component, number>>): number =>
  sumOf(Component.options.map((component) => amounts[component]));
const paymentsUntil = ({ loan, on }: Story) =>
  loan.events.filter((event) => event.kind === 'Payment' && event.valueDate <= on);

describe('every loan after payout', () => {
  it('L1: paid by its schedule ends settled, with nothing left over', () => {
    holds(({ loan }) => {
      const plan = accountOn({ ...loan, events: [] }, loan.terms.disbursedOn);
      const events = plan.rows.flatMap(({ dueOn, due }, index) => {
        const amountFen = totalOf(due);
        const id = `payment-${String(index)}`;
        return amountFen === 0
          ? []
          : [LoanEvent.parse({ kind: 'Payment', id, valueDate: dueOn, amountFen })];
      });
      const end = accountOn({ ...loan, events }, addDays(plan.rows.at(-1)?.dueOn ?? '', 1));
      expect(end).toMatchObject({ status: 'Settled', creditFen: 0 });
      expect(sumOf(end.rows.map((row) => row.due.Penalty))).toBe(0);
    });
  });

  it('L2: owes the same whatever order its events arrived in', () => {
    holds(({ loan, on }) => {
      const account = accountOn(loan, on);
      expect(accountOn({ ...loan, events: loan.events.toReversed() }, on)).toEqual(account);
      const rotated = [...loan.events.slice(1), ...loan.events.slice(0, 1)];
      expect(accountOn({ ...loan, events: rotated }, on)).toEqual(account);
    });
  });

  it('L3: owes the same when a payment is split in two on its date', () => {
    holds((story) => {
      const { loan, on } = story;
      const events = loan.events.flatMap((event) => {
        // A part that does not cover the interest to the day is no prepayment: the whole may be one.
        if (event.kind !== 'Payment' || event.purpose === 'Prepayment' || event.amountFen < 2)
          return [event];
        const part = Math.floor(event.amountFen / 3) + 1;
        return [
          { ...event, amountFen: part },
          { ...event, id: `${event.id}-rest`, amountFen: event.amountFen - part },
        ].filter((one) => one.amountFen > 0);
      });
      const { rows, creditFen } = accountOn(loan, on);
      const split = accountOn({ ...loan, events }, on);
      expect([split.rows, split.creditFen]).toEqual([rows, creditFen]);
    });
  });

  it('L4: owes what it would have owed when a payment that is reversed had never come', () => {
    holds(({ loan, on }) => {
      const [gone] = loan.events.filter((event) => event.kind === 'Payment');
      fc.pre(gone !== undefined);
      const others = loan.events.filter((event) => event !== gone);
      fc.pre(playable({ loan: { ...loan, events: others }, on }));
      const reversal = LoanEvent.parse({
        kind: 'Reversal',
        id: 'reversal',
        valueDate: on,
        paymentId: gone.id,
      });
      expect(accountOn({ ...loan, events: [...loan.events, reversal] }, on)).toEqual(
        accountOn({ ...loan, events: others }, on),
      );
    });
  });

  it('L5: loses no fen: every payment is in its portions or is credit', () => {
    holds((story) => {
      const { payments, creditFen, rows } = accountOn(story.loan, story.on);
      const received = paymentsUntil(story);
      expect(payments).toHaveLength(received.length);
      for (const payment of payments) {
        const event = received.find((one) => one.id === payment.paymentId);
        const amountFen = event?.kind === 'Payment' ? event.amountFen : Number.NaN;
        expect(
          sumOf(payment.portions.map((portion) => portion.amountFen)) + payment.creditFen,
        ).toBe(amountFen);
      }
      const paidFen = sumOf(rows.map((row) => totalOf(row.paid)));
      const receivedFen = sumOf(
        received.map((event) => (event.kind === 'Payment' ? event.amountFen : 0)),
      );
      expect(paidFen + creditFen).toBe(receivedFen);
    });
  });

  it('L6: is never paid more of anything than was due of it', () => {
    holds(({ loan, on }) => {
      for (const { due, paid } of accountOn(loan, on).rows) {
        for (const component of Component.options) {
          expect(paid[component]).toBeGreaterThanOrEqual(0);
          expect(paid[component]).toBeLessThanOrEqual(due[component]);
        }
      }
    });
  });

  it('L7: repays exactly what was lent, however often it is planned anew', () => {
    holds(({ loan, on }) => {
      const { rows } = accountOn(loan, on);
      expect(sumOf(rows.map((row) => row.due.Principal))).toBe(loan.terms.principalFen);
    });
  });

  it('L8: keeps its rows in the order of their due dates', () => {
    holds(({ loan, on }) => {
      const dates = accountOn(loan, on).rows.map((row) => row.dueOn);
      expect(dates).toEqual(dates.toSorted());
    });
  });

  it('L9: is settled on any day by its payoff, and not by a fen less', () => {
    holds(({ loan, on }) => {
      const { totalFen } = payoffOn(loan, on);
      fc.pre(totalFen > 1);
      const settle = (amountFen: number) => {
        const last = { kind: 'Payment', id: 'zz-payoff', valueDate: on, purpose: 'Prepayment' };
        const event = LoanEvent.parse({ ...last, amountFen });
        return accountOn({ ...loan, events: [...loan.events, event] }, on);
      };
      // On the same day a restructuring comes after a payment: then the payoff is not the last word.
      fc.pre(
        !loan.events.some((event) => event.kind === 'Restructuring' && event.valueDate === on),
      );
      const settled = settle(totalFen);
      expect(settled.status).toBe('Settled');
      // What others paid in advance may turn out to be too much; of the payoff itself nothing is left over.
      const own = settled.payments.find((payment) => payment.paymentId === 'zz-payoff');
      expect(own?.creditFen).toBe(0);
      expect(settle(totalFen - 1).status).toBe('Active');
    });
  });

  it('L10: asks for no less interest and penalty a day later, when nothing is paid', () => {
    holds(({ loan, on }) => {
      const later = addDays(on, 1);
      fc.pre(!loan.events.some((event) => event.valueDate === later));
      const [today, tomorrow] = [payoffOn(loan, on), payoffOn(loan, later)];
      expect(tomorrow.Interest).toBeGreaterThanOrEqual(today.Interest);
      expect(tomorrow.Penalty).toBeGreaterThanOrEqual(today.Penalty);
    });
  });

  it('L11: does not change its past when later events come', () => {
    holds(({ loan, on }) => {
      const known = loan.events.filter((event) => event.valueDate <= on);
      expect(accountOn({ ...loan, events: known }, on)).toEqual(accountOn(loan, on));
    });
  });

  it('L12: bears no more penalty than the cap on principal for the days since it was due', () => {
    holds(({ loan, on }) => {
      fc.pre(!loan.policy.penalty.isCompound);
      const { rows } = accountOn({ ...loan, events: [] }, on);
      for (const { due, dueOn } of rows) {
        const days = Math.max(daysBetween(dueOn, on), 0);
        expect(due.Penalty).toBeLessThanOrEqual((due.Principal * days * 0.24) / 365 + 0.5);
      }
    });
  });

  it('L13: grows older day by day, in days, bucket and class, while nothing is paid', () => {
    const order = ['Normal', ...bankClasses.map(([assetClass]) => assetClass).toReversed()];
    holds(({ loan, on }) => {
      const standing = (date: string) =>
        delinquencyOf(accountOn({ ...loan, events: [] }, date), loan.policy.penalty);
      const [today, later] = [standing(on), standing(addDays(on, 31))];
      expect(later.daysPastDue).toBeGreaterThanOrEqual(today.daysPastDue);
      expect(later.bucket >= today.bucket).toBe(true);
      expect(order.indexOf(later.assetClass)).toBeGreaterThanOrEqual(
        order.indexOf(today.assetClass),
      );
    });
  });

  it('L14: written off gives up what its payoff would have been', () => {
    holds(({ loan, on }) => {
      fc.pre(
        !loan.events.some((event) => event.kind === 'Restructuring' && event.valueDate === on),
      );
      const { totalFen } = payoffOn(loan, on);
      const writeOff = LoanEvent.parse({ kind: 'WriteOff', id: 'zz', valueDate: on });
      const account = accountOn({ ...loan, events: [...loan.events, writeOff] }, on);
      expect(totalOf(account.writtenOff)).toBe(totalFen);
      expect(sumOf(account.rows.map((row) => totalOf(row.due)))).toBe(
        sumOf(account.rows.map((row) => totalOf(row.paid))),
      );
    });
  });

  it('L15: never charges more than its penalty rate, nor that more than the cap', () => {
    const rate = fc.integer({ min: 0, max: 360_000 }).map((ppm) => (ppm / 1_000_000).toFixed(6));
    const accrual = fc.constantFrom('Thirty360', 'Actual360', 'Actual365', 'ActualActual');
    fc.assert(
      fc.property(rate, accrual, (annualRate, by) => {
        const { annual, isClipped } = penaltyRate(annualRate, by, {
          uplift: '0.5',
          capAnnual: '0.24',
        });
        expect(annual).toBeLessThanOrEqual(0.24 + 1e-12);
        const yearDays = by === 'Thirty360' || by === 'Actual360' ? 360 : 365;
        const wanted = (Number(annualRate) * 1.5 * 365) / yearDays;
        expect(annual).toBeCloseTo(isClipped ? 0.24 : wanted, 9);
      }),
    );
  });

  it('L16: asks on a due date for the interest of the period, and on the way for no more', () => {
    holds(({ loan }) => {
      const bare = { ...loan, events: [] };
      const [first] = accountOn(bare, loan.terms.disbursedOn).rows;
      fc.pre(first !== undefined);
      const dueDay = toDayNumber(first.dueOn);
      expect(payoffOn(bare, fromDayNumber(dueDay)).Interest).toBe(first.due.Interest);
      expect(payoffOn(bare, fromDayNumber(dueDay - 1)).Interest).toBeLessThanOrEqual(
        first.due.Interest,
      );
    });
  });
});
