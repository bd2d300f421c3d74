import { describe, expect, it } from 'vitest';
import { allocatePayment } from '../../../../domain/lending/servicing/allocate-payment.ts';
import {
  openInstallment,
  type Installment,
} from '../../../../domain/lending/servicing/installment.ts';
import {
  DueAge,
  legalOrder,
  ServicePolicy,
  type AllocationPart,
} from '../../../../domain/lending/servicing/service-policy.ts';

/** One past due on day 10, one due on day 20, two to come; each owes 1 penalty, 10 interest, 100 principal. */
const book = (): Installment[] =>
  [10, 20, 30, 40].map((dueDay) =>
    openInstallment(
      { kind: 'Installment', dueDay, due: { Penalty: 1, Interest: 10, Principal: 100 } },
      { holidayRoll: 'None' },
    ),
  );

const allocate = (
  amountFen: number,
  rule: Partial<Parameters<typeof allocatePayment>[2]> = {},
): { paid: string[]; restFen: number } => {
  const { portions, restFen } = allocatePayment(amountFen, book(), {
    order: legalOrder,
    within: 'Installment',
    future: 'Next',
    day: 20,
    ages: DueAge.options,
    ...rule,
  });
  const paid = portions.map(
    ({ installment, component, amountFen: fen }) =>
      `${String(installment.dueDay)} ${component} ${String(fen)}`,
  );
  return { paid, restFen };
};

describe('allocatePayment', () => {
  it('pays penalty, interest, principal of the oldest first (Civil Code art. 561)', () => {
    expect(allocate(230)).toEqual({
      paid: [
        '10 Penalty 1',
        '10 Interest 10',
        '10 Principal 100',
        '20 Penalty 1',
        '20 Interest 10',
        '20 Principal 100',
        '30 Penalty 1',
        '30 Interest 7',
      ],
      restFen: 0,
    });
  });

  it('leaves what nothing is owed for', () => {
    expect(allocate(4 * 111 + 5).restFen).toBe(5);
    expect(allocate(0)).toEqual({ paid: [], restFen: 0 });
  });

  it('pays component by component over the installments of one age when asked', () => {
    expect(allocate(230, { within: 'Component', day: 50 }).paid).toEqual([
      '10 Penalty 1',
      '20 Penalty 1',
      '30 Penalty 1',
      '40 Penalty 1',
      '10 Interest 10',
      '20 Interest 10',
      '30 Interest 10',
      '40 Interest 10',
      '10 Principal 100',
      '20 Principal 86',
    ]);
  });

  it.each<{ order: AllocationPart[]; paid: string[] }>([
    {
      order: ['PastDuePrincipal', 'PastDueInterest', 'PastDuePenalty'],
      paid: ['10 Principal 100', '10 Interest 10', '10 Penalty 1'],
    },
    {
      order: ['DueInterest', 'PastDueInterest', 'DuePrincipal'],
      paid: ['20 Interest 10', '10 Interest 10', '20 Principal 100'],
    },
    {
      order: ['FuturePrincipal', 'PastDuePrincipal'],
      paid: ['30 Principal 100', '40 Principal 100', '10 Principal 40'],
    },
  ])('pays in the declared order $order, and nothing that it leaves out', ({ order, paid }) => {
    expect(allocate(240, { order }).paid).toEqual(paid);
  });

  it.each([
    { future: 'Next' as const, paid: ['30 Principal 100', '40 Principal 20'] },
    { future: 'Last' as const, paid: ['40 Principal 100', '30 Principal 20'] },
  ])('pays in advance into the $future installment', ({ future, paid }) => {
    expect(allocate(120, { order: ['FuturePrincipal'], future }).paid).toEqual(paid);
  });

  it('visits what is past due oldest first also when the future is paid from its end', () => {
    expect(allocate(120, { order: ['PastDuePrincipal'], future: 'Last', day: 50 }).paid).toEqual([
      '10 Principal 100',
      '20 Principal 20',
    ]);
  });

  it('leaves ages alone that may not be paid', () => {
    expect(allocate(1000, { ages: ['PastDue', 'Due'] }).restFen).toBe(1000 - 222);
  });
});

describe('ServicePolicy', () => {
  const capped = { uplift: '0.5', capAnnual: '0.24' };

  it('is the legal order, no compound, no grace; penalty and cap are always said', () => {
    expect(ServicePolicy.parse({ penalty: capped })).toEqual({
      allocation: { order: legalOrder, within: 'Installment', future: 'Next' },
      penalty: {
        uplift: '0.5',
        capAnnual: '0.24',
        isCompound: false,
        graceDays: 0,
        holidayRoll: 'NextBusinessDay',
      },
    });
    expect(legalOrder).toEqual(
      ['PastDue', 'Due', 'Future'].flatMap((age) =>
        ['Cost', 'Penalty', 'Fee', 'Interest', 'Principal'].map((part) => age + part),
      ),
    );
  });

  it.each([
    {},
    { penalty: { uplift: '0.5' } },
    { penalty: { capAnnual: '0.24' } },
    { allocation: { order: [] }, penalty: capped },
    { allocation: { order: ['OverduePrincipal'] }, penalty: capped },
    { allocation: { within: 'Loan' }, penalty: capped },
    { allocation: { future: 'Any' }, penalty: capped },
    { allocation: { other: 1 }, penalty: capped },
    { penalty: { ...capped, uplift: '2' } },
    { penalty: { ...capped, uplift: 'x0.5' } },
    { penalty: { ...capped, uplift: '0.5x' } },
    { penalty: { ...capped, uplift: '0.' } },
    { penalty: { ...capped, uplift: '0.123456789' } },
    { penalty: { ...capped, capAnnual: 0.24 } },
    { penalty: { ...capped, graceDays: -1 } },
    { penalty: { ...capped, graceDays: 31 } },
    { penalty: { ...capped, holidayRoll: 'Back' } },
    { penalty: { ...capped, other: 1 } },
    { penalty: capped, other: 1 },
  ])('refuses %o', (policy) => {
    expect(ServicePolicy.safeParse(policy).success).toBe(false);
  });

  it.each([
    { penalty: { capAnnual: '0.24', uplift: '1', graceDays: 30 } },
    { penalty: { uplift: '0.12345678', graceDays: 0, capAnnual: '0' } },
  ])('takes %o, just inside', (policy) => {
    expect(ServicePolicy.parse(policy)).toMatchObject(policy);
  });
});
