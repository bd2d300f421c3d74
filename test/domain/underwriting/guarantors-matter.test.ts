import { describe, expect, it } from 'vitest';
import { guarantorsMatter } from '../../../domain/underwriting/guarantors-matter.ts';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import { germanCase, personSetting } from './german-cases.ts';

const good = { credit: { score: 700, overdueCount24Months: 0, currentOverdueFen: 0 } };

/** A German application with one guarantor of whom nothing is known yet. */
function named(position: number) {
  const { inputs } = germanCase(position);
  return { ...inputs, facts: { ...inputs.facts, guarantorCount: 1 }, guarantors: [{}] };
}

describe('guarantorsMatter', () => {
  it('says no only where no guarantor, however good, would change a decline', () => {
    const counts = { asked: 0, spared: 0 };
    for (let position = 0; position < 1000; position += 1) {
      const inputs = named(position);
      const isAsked = guarantorsMatter(inputs, personSetting);
      counts[isAsked ? 'asked' : 'spared'] += 1;
      if (isAsked) continue;
      for (const guarantors of [[good], [{}]])
        expect(decideByPolicy({ ...inputs, guarantors }, personSetting).outcome).toBe('Declined');
    }
    expect(counts.spared).toBeGreaterThan(100);
    expect(counts.asked).toBeGreaterThan(500);
  });

  it.each([
    { name: 'a knock-out', change: { currentOverdueFen: 1 }, matters: false },
    {
      name: 'a sign of fraud',
      change: { hasDevice: true, borrowersByDevice30Days: 10 },
      matters: false,
    },
    { name: 'nothing against the borrower', change: {}, matters: true },
  ])('says $matters after $name', ({ change, matters }) => {
    const inputs = named(2);
    const facts = { ...inputs.facts, ...change };
    expect(guarantorsMatter({ ...inputs, facts }, personSetting)).toBe(matters);
  });

  it('leaves a policy that takes nobody to a person: the guarantor is named all the same', () => {
    const { policy } = personSetting;
    const { accepted: _, ...guarantor } = policy.mitigants.guarantor;
    const mitigants = { ...policy.mitigants, guarantor };
    const setting = { ...personSetting, policy: { ...policy, mitigants } };
    expect(guarantorsMatter(named(2), setting)).toBe(true);
  });

  it('says yes where a person decides in any case', () => {
    const inputs = named(2);
    const facts = { ...inputs.facts, currentOverdueFen: 1 };
    const refused = { ...inputs, facts, isHumanReviewRequested: true };
    expect(guarantorsMatter(refused, personSetting)).toBe(true);
    const { guarantors: _, ...ofBefore } = { ...inputs, facts };
    expect(guarantorsMatter(ofBefore, personSetting)).toBe(false);
  });
});
