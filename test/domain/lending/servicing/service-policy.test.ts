import { describe, expect, it } from 'vitest';
import { legalOrder, ServicePolicy } from '../../../../domain/lending/servicing/service-policy.ts';

describe('ServicePolicy', () => {
  it('follows the law where nothing else is agreed', () => {
    expect(ServicePolicy.parse({})).toEqual({
      allocation: { order: legalOrder, within: 'Installment', future: 'Next' },
      penalty: {
        uplift: '0.5',
        capAnnual: '0.24',
        isCompound: false,
        graceDays: 0,
        holidayRoll: 'NextBusinessDay',
      },
    });
  });

  it('pays costs, penalty, fees, interest and principal of the oldest age first', () => {
    expect(legalOrder).toEqual(
      ['PastDue', 'Due', 'Future'].flatMap((age) =>
        ['Cost', 'Penalty', 'Fee', 'Interest', 'Principal'].map((part) => `${age}${part}`),
      ),
    );
  });

  it.each([
    { allocation: { within: 'Installment', future: 'Next' } },
    { allocation: { within: 'Component', future: 'Last' } },
    { allocation: { order: ['PastDuePrincipal', 'DueInterest', 'FutureFee'] } },
    { penalty: { holidayRoll: 'None', graceDays: 0 } },
    { penalty: { holidayRoll: 'NextBusinessDay', graceDays: 30 } },
    { penalty: { uplift: '0', capAnnual: '1.00000000', isCompound: true } },
  ])('takes %o', (policy) => {
    expect(ServicePolicy.parse(policy)).toMatchObject(policy);
  });

  it.each([
    { allocation: { within: '' } },
    { allocation: { future: '' } },
    { allocation: { order: [] } },
    { allocation: { order: ['Principal'] } },
    { allocation: { order: ['PastDue'] } },
    { allocation: { orders: [] } },
    { penalty: { graceDays: 31 } },
    { penalty: { graceDays: -1 } },
    { penalty: { graceDays: 0.5 } },
    { penalty: { holidayRoll: '' } },
    { penalty: { uplift: '2' } },
    { penalty: { uplift: '-0.5' } },
    { penalty: { uplift: ' 0.5' } },
    { penalty: { uplift: '0.5 ' } },
    { penalty: { uplift: '0.' } },
    { penalty: { capAnnual: '0.123456789' } },
    { penalty: { grace: 1 } },
    { other: 1 },
  ])('refuses %o', (policy) => {
    expect(() => ServicePolicy.parse(policy)).toThrow();
  });

  it('says how a share is written', () => {
    expect(() => ServicePolicy.parse({ penalty: { uplift: '50%' } })).toThrow(
      'a decimal string such as \\"0.5000\\"',
    );
  });
});
