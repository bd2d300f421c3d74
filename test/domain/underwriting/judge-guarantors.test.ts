import { describe, expect, it } from 'vitest';
import { judgeGuarantors } from '../../../domain/underwriting/judge-guarantors.ts';
import { personPolicy } from '../catalog-files.ts';

const { mitigants } = personPolicy;
const sound = { score: 600, overdueCount24Months: 2, currentOverdueFen: 0 };
const checked = (credit: Partial<typeof sound> = {}) => ({ credit: { ...sound, ...credit } });
const { score: _none, ...withoutScore } = sound;

describe('judgeGuarantors', () => {
  it.each([
    { name: 'nobody', count: 0, guarantors: [], is: [0, 0, 0] },
    { name: 'one just good enough', count: 1, guarantors: [checked()], is: [1, 0, 0] },
    { name: 'a score one below', count: 1, guarantors: [checked({ score: 599 })], is: [0, 1, 0] },
    {
      name: 'one overdue more than allowed',
      count: 1,
      guarantors: [checked({ overdueCount24Months: 3 })],
      is: [0, 1, 0],
    },
    {
      name: 'a fen overdue now',
      count: 1,
      guarantors: [checked({ currentOverdueFen: 1 })],
      is: [0, 1, 0],
    },
    {
      name: 'nobody has a score of them: not known is not good',
      count: 1,
      guarantors: [{ credit: withoutScore }],
      is: [0, 1, 0],
    },
    { name: 'never checked', count: 1, guarantors: [{}], is: [0, 0, 1] },
    {
      name: 'one of each',
      count: 3,
      guarantors: [checked(), {}, checked({ score: 300 })],
      is: [1, 1, 1],
    },
    {
      name: 'a decision of before they were asked',
      count: 2,
      guarantors: undefined,
      is: [0, 0, 2],
    },
  ])('says of $name: taken, refused, unchecked are $is', ({ count, guarantors, is }) => {
    const judged = judgeGuarantors(
      {
        facts: { guarantorCount: count },
        ...(guarantors === undefined ? {} : { guarantors }),
      },
      mitigants,
    );
    expect([judged.guarantorsTaken, judged.guarantorsRefused, judged.guarantorsUnchecked]).toEqual(
      is,
    );
  });

  it('takes nobody by a policy that does not say whom', () => {
    const { accepted: _accepted, ...guarantor } = mitigants.guarantor;
    const inputs = { facts: { guarantorCount: 1 }, guarantors: [checked({ score: 900 })] };
    expect(judgeGuarantors(inputs, { ...mitigants, guarantor }).guarantorsTaken).toBe(0);
  });

  it('counts nobody whom nobody has named', () => {
    expect(judgeGuarantors({ facts: {} }, mitigants)).toEqual({
      guarantorsTaken: 0,
      guarantorsRefused: 0,
      guarantorsUnchecked: 0,
    });
  });
});
