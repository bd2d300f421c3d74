import { describe, expect, it } from 'vitest';
import { legalOrder, ServicePolicy } from '../../../../domain/lending/servicing/service-policy.ts';

/** What every agreement says: the product's penalty and the cap of the policy pack on the day of the contract. */
const capped = { uplift: '0.5', capAnnual: '0.24' };

describe('ServicePolicy', () => {
  it('follows the law where nothing else is agreed', () => {
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
  });

  it('pays costs, penalty, fees, interest and principal of the oldest age first', () => {
    expect(legalOrder).toEqual(
      ['PastDue', 'Due', 'Future'].flatMap((age) =>
        ['Cost', 'Penalty', 'Fee', 'Interest', 'Principal'].map((part) => `${age}${part}`),
      ),
    );
  });

  it.each([
    { allocation: { within: 'Installment', future: 'Next' }, penalty: capped },
    { allocation: { within: 'Component', future: 'Last' }, penalty: capped },
    { allocation: { order: ['PastDuePrincipal', 'DueInterest', 'FutureFee'] }, penalty: capped },
    { penalty: { ...capped, holidayRoll: 'None', graceDays: 0 } },
    { penalty: { ...capped, holidayRoll: 'NextBusinessDay', graceDays: 30 } },
    { penalty: { uplift: '0', capAnnual: '1.00000000', isCompound: true } },
  ])('takes %o', (policy) => {
    expect(ServicePolicy.parse(policy)).toMatchObject(policy);
  });

  it.each([
    { allocation: { within: '' }, penalty: capped },
    { allocation: { future: '' }, penalty: capped },
    { allocation: { order: [] }, penalty: capped },
    { allocation: { order: ['Principal'] }, penalty: capped },
    { allocation: { order: ['PastDue'] }, penalty: capped },
    { allocation: { orders: [] }, penalty: capped },
    { penalty: { ...capped, graceDays: 31 } },
    { penalty: { ...capped, graceDays: -1 } },
    { penalty: { ...capped, graceDays: 0.5 } },
    { penalty: { ...capped, holidayRoll: '' } },
    { penalty: { ...capped, uplift: '2' } },
    { penalty: { ...capped, uplift: '-0.5' } },
    { penalty: { ...capped, uplift: ' 0.5' } },
    { penalty: { ...capped, uplift: '0.5 ' } },
    { penalty: { ...capped, uplift: '0.' } },
    { penalty: { ...capped, capAnnual: '0.123456789' } },
    { penalty: { ...capped, grace: 1 } },
    { penalty: capped, other: 1 },
    {},
    { penalty: { uplift: '0.5' } },
    { penalty: { capAnnual: '0.24' } },
  ])('refuses %o', (policy) => {
    expect(() => ServicePolicy.parse(policy)).toThrow();
  });

  it('says how a share is written', () => {
    expect(() => ServicePolicy.parse({ penalty: { ...capped, uplift: '50%' } })).toThrow(
      'a decimal string such as \\"0.5000\\"',
    );
  });
});
