import { describe, expect, it } from 'vitest';
import {
  findPolicyInt,
  findPolicyRate,
  policyFlag,
  policyInt,
  type PolicyLeaf,
  PolicyPack,
  policyRate,
  policyValue,
  policyWords,
} from '../../../domain/catalog/policy-pack.ts';
import { policyPack } from '../catalog-files.ts';

const today = { lenderType: 'OnlineMicroloan', date: '2026-11-23' } as const;
const leaf: PolicyLeaf = {
  path: 'cost.allInCapAnnual',
  value: '0.24',
  source: 'test',
  certainty: 'U',
  effectiveFrom: '2026-01-01',
};
const packOf = (...leaves: PolicyLeaf[]) => ({ packId: 'test', version: 1, name: 'Test', leaves });

describe('the policy pack CN-2026-11', () => {
  it.each([
    ['cost.allInCapAnnual', '0.24'],
    ['cost.microTargetLprMultiple', 4],
    ['cost.platformMayChargeBorrower', false],
    ['disclosure.minReadSeconds', 10],
    ['lpr.1Y', '0.0300'],
    ['joint.minPartnerShare', '0.30'],
    ['limits.onlineConsumerFen', 200_000_00],
    ['limits.bulletConsumerMonths', 12],
    ['limits.selfPayFen', 300_000_00],
    ['penalty.totalCapAnnual', '0.24'],
    ['classification.substandardDays', 90],
    ['collect.quietHours', ['22:00', '08:00']],
    ['retention.kycYears', 10],
    ['age.min', 18],
  ])('says %s is %o', (path, value) => {
    expect(policyValue(policyPack, path, today)?.value).toEqual(value);
  });

  it.each([
    { date: '2026-07-31', isRequired: false },
    { date: '2026-08-01', isRequired: true },
  ])(
    'asks for a cost sheet on $date: $isRequired (明示综合融资成本规定)',
    ({ date, isRequired }) => {
      expect(policyFlag(policyPack, 'disclosure.required', { ...today, date })).toBe(isRequired);
    },
  );

  it.each([
    { lenderType: 'Bank', limitFen: 200_000_00 },
    { lenderType: 'ConsumerFinance', limitFen: 200_000_00 },
    { lenderType: 'Trust', limitFen: undefined },
  ] as const)('limits an online consumer line of a $lenderType to $limitFen', (row) => {
    const scope = { ...today, lenderType: row.lenderType };
    expect(findPolicyInt(policyPack, 'limits.onlineConsumerFen', scope)).toBe(row.limitFen);
  });
});

describe('policyValue', () => {
  const pack = PolicyPack.parse(
    packOf(
      { ...leaf, effectiveTo: '2026-01-31' },
      { ...leaf, value: '0.20', effectiveFrom: '2026-02-01' },
      { ...leaf, value: '0.12', lenderType: 'Microloan', effectiveFrom: '2026-02-10' },
      { ...leaf, path: 'a.int', value: 1 },
      { ...leaf, path: 'a.flag', value: true },
      { ...leaf, path: 'a.words', value: ['One'] },
    ),
  );

  it.each([
    { lenderType: 'Bank', date: '2025-12-31', value: undefined },
    { lenderType: 'Bank', date: '2026-01-01', value: '0.24' },
    { lenderType: 'Bank', date: '2026-01-31', value: '0.24' },
    { lenderType: 'Bank', date: '2026-02-01', value: '0.20' },
    { lenderType: 'Microloan', date: '2026-02-09', value: '0.20' },
    { lenderType: 'Microloan', date: '2026-02-10', value: '0.12' },
    { lenderType: 'Bank', date: '2026-02-10', value: '0.20' },
  ] as const)('is $value for $lenderType on $date', ({ lenderType, date, value }) => {
    expect(findPolicyRate(pack, 'cost.allInCapAnnual', { lenderType, date })).toBe(value);
  });

  it('reads each kind of value only as what it is', () => {
    expect(policyInt(pack, 'a.int', today)).toBe(1);
    expect(policyFlag(pack, 'a.flag', today)).toBe(true);
    expect(policyWords(pack, 'a.words', today)).toEqual(['One']);
    expect(policyRate(pack, 'cost.allInCapAnnual', today)).toBe('0.20');
    expect(findPolicyInt(pack, 'a.flag', today)).toBeUndefined();
    expect(findPolicyRate(pack, 'a.int', today)).toBeUndefined();
  });

  it.each([
    () => policyInt(pack, 'a.missing', today),
    () => policyRate(pack, 'a.int', today),
    () => policyFlag(pack, 'a.int', today),
    () => policyWords(pack, 'a.int', today),
  ])('decides nothing without a value that must be there', (read) => {
    expect(read).toThrow('the policy pack has no a.');
  });
});

describe('PolicyPack', () => {
  it.each([
    { name: 'the same day', other: { effectiveFrom: '2026-01-01' }, isAccepted: false },
    {
      name: 'a later day, the first open',
      other: { effectiveFrom: '2027-01-01' },
      isAccepted: false,
    },
    {
      name: 'an earlier stretch that reaches in',
      other: { effectiveFrom: '2025-01-01', effectiveTo: '2026-01-01' },
      isAccepted: false,
    },
    {
      name: 'an earlier stretch that ends before',
      other: { effectiveFrom: '2025-01-01', effectiveTo: '2025-12-31' },
      isAccepted: true,
    },
    { name: 'another lender', other: { lenderType: 'Bank' as const }, isAccepted: true },
    { name: 'another path', other: { path: 'cost.other' }, isAccepted: true },
  ])('answers $isAccepted to a second value: $name', ({ other, isAccepted }) => {
    expect(PolicyPack.safeParse(packOf(leaf, { ...leaf, ...other })).success).toBe(isAccepted);
  });
});
