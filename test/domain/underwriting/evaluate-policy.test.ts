import { describe, expect, it } from 'vitest';
import type { CreditPolicy } from '../../../domain/catalog/credit-policy.ts';
import { type Condition, type Rule } from '../../../domain/catalog/credit-policy.ts';
import { compilePolicy, evaluateRules } from '../../../domain/underwriting/evaluate-policy.ts';
import type { Facts } from '../../../domain/underwriting/policy-facts.ts';
import { companyPolicy, personPolicy } from '../catalog-files.ts';

const ruleOf = (...when: Condition[]): Rule => ({
  ruleId: 'Example',
  family: 'KnockOut',
  description: { zh: '示例', en: 'Example' },
  when,
  outcome: 'Refer',
  reasonCode: 'Because',
});
const policyOf = (...rules: Rule[]): CreditPolicy => ({ ...personPolicy, rules });
const answerOf = (facts: Facts, ...when: Condition[]) =>
  evaluateRules(compilePolicy(policyOf(ruleOf(...when))), facts)[0];

describe('evaluateRules', () => {
  it.each([
    { is: 'Above', value: 5, hits: [6] },
    { is: 'AtLeast', value: 5, hits: [5, 6] },
    { is: 'Below', value: 5, hits: [4] },
    { is: 'AtMost', value: 5, hits: [4, 5] },
    { is: 'Equal', value: 5, hits: [5] },
  ] as const)('hits $hits when a fact is $is $value', ({ is, value, hits }) => {
    const hit = [4, 5, 6].filter(
      (openLoans) => answerOf({ openLoans }, { fact: 'openLoans', is, value })?.result === 'Hit',
    );
    expect(hit).toEqual(hits);
  });

  it.each([
    { value: ['Rent', 'ForFree'], housing: 'Rent', result: 'Hit' },
    { value: ['Rent', 'ForFree'], housing: 'Own', result: 'Pass' },
    { value: 'Rent', housing: 'Rent', result: 'Hit' },
  ])('finds $housing one of $value: $result', ({ value, housing, result }) => {
    expect(answerOf({ housing }, { fact: 'housing', is: 'OneOf', value })?.result).toBe(result);
  });

  const both: Condition[] = [
    { fact: 'openLoans', is: 'AtLeast', value: 1 },
    { fact: 'hasDevice', is: 'Equal', value: true },
  ];

  it.each([
    { facts: { openLoans: 2, hasDevice: true }, result: 'Hit' },
    { facts: { openLoans: 2, hasDevice: false }, result: 'Pass' },
    { facts: { openLoans: 0, hasDevice: true }, result: 'Pass' },
    // One condition that is known not to hold settles it; one that holds does not.
    { facts: { hasDevice: false }, result: 'Pass' },
    { facts: { hasDevice: true }, result: 'NotEvaluated' },
    { facts: { openLoans: 2 }, result: 'NotEvaluated' },
    { facts: {}, result: 'NotEvaluated' },
  ])('is $result for $facts', ({ facts, result }) => {
    expect(answerOf(facts, ...both)?.result).toBe(result);
  });

  it('answers with what it read, its reason code and its text in both languages', () => {
    expect(answerOf({ openLoans: 2 }, ...both)).toEqual({
      rule: expect.objectContaining({
        reasonCode: 'Because',
        description: { zh: '示例', en: 'Example' },
      }) as unknown,
      result: 'NotEvaluated',
      read: { openLoans: 2, hasDevice: null },
    });
  });

  it('asks every rule, also after one has hit', () => {
    const hit = ruleOf({ fact: 'openLoans', is: 'AtLeast', value: 1 });
    const answers = evaluateRules(compilePolicy(policyOf(hit, hit, hit)), { openLoans: 1 });
    expect(answers.map(({ result }) => result)).toEqual(['Hit', 'Hit', 'Hit']);
  });

  it('never hits on a word where a number is asked for', () => {
    expect(
      answerOf({ openLoans: 'many' }, { fact: 'openLoans', is: 'Above', value: 1 })?.result,
    ).toBe('Pass');
  });

  it('refuses to order by what is no number', () => {
    expect(() => answerOf({}, { fact: 'openLoans', is: 'Above', value: 'many' })).toThrow(
      'openLoans with many, which is no number',
    );
  });

  it('compiles a policy once', () => {
    expect(compilePolicy(personPolicy)).toBe(compilePolicy(personPolicy));
  });
});

/** What the answers come to: the reasons of the rules that hit, and whether any could not be judged. */
function found(policy: CreditPolicy, facts: Facts) {
  const answers = evaluateRules(compilePolicy(policy), facts);
  const reasons = (outcome: Rule['outcome']) =>
    answers
      .filter(({ rule, result }) => rule.outcome === outcome && result === 'Hit')
      .map(({ rule }) => rule.reasonCode);
  return {
    declines: reasons('Decline'),
    refers: reasons('Refer'),
    hasUnknown: answers.some(({ result }) => result === 'NotEvaluated'),
  };
}

const soundPerson: Facts = {
  employmentStatus: 'Employed',
  pledgedValueFen: 0,
  guarantorCount: 0,
  guarantorsUnchecked: 0,
  guarantorsRefused: 0,
  hasDevice: true,
  hasAddress: true,
  hasContacts: true,
  applicationsByDevice1Day: 0,
  borrowersByDevice30Days: 0,
  applicationsByIp1Day: 0,
  applicationsByPhone7Days: 0,
  borrowersByPhone30Days: 0,
  borrowersByCard30Days: 0,
  borrowersByAddress30Days: 0,
  borrowersByContact30Days: 0,
  applicationsByPartner1Day: 10,
  statedToVerifiedBasisPoints: 10_000,
  isIdentityMatched: true,
  monthlyIncomeFen: 12_000_00,
  debtToIncomeBasisPoints: 2_500,
  currentOverdueFen: 0,
  overdueCount24Months: 0,
  bureauScore: 720,
  queries3Months: 1,
  openLoans: 1,
};

describe('the rules for persons', () => {
  it.each([
    { facts: {}, declines: [], refers: [] },
    { facts: { isIdentityMatched: false }, declines: [], refers: ['IdentityNotConfirmed'] },
    { facts: { monthlyIncomeFen: 999_99 }, declines: ['IncomeTooLow'], refers: [] },
    { facts: { monthlyIncomeFen: 1_000_00 }, declines: [], refers: [] },
    { facts: { debtToIncomeBasisPoints: 5_000 }, declines: [], refers: [] },
    { facts: { debtToIncomeBasisPoints: 5_001 }, declines: [], refers: ['DebtBurdenHigh'] },
    { facts: { debtToIncomeBasisPoints: 7_000 }, declines: [], refers: ['DebtBurdenHigh'] },
    { facts: { debtToIncomeBasisPoints: 7_001 }, declines: ['DebtBurdenTooHigh'], refers: [] },
    { facts: { currentOverdueFen: 1 }, declines: ['CurrentOverdue'], refers: [] },
    { facts: { overdueCount24Months: 2 }, declines: [], refers: [] },
    { facts: { overdueCount24Months: 3 }, declines: [], refers: ['SometimesOverdue'] },
    { facts: { overdueCount24Months: 5 }, declines: [], refers: ['SometimesOverdue'] },
    { facts: { overdueCount24Months: 6 }, declines: ['OftenOverdue'], refers: [] },
    { facts: { bureauScore: 499 }, declines: ['BureauScoreTooLow'], refers: [] },
    { facts: { bureauScore: 500 }, declines: [], refers: ['BureauScoreBorderline'] },
    { facts: { bureauScore: 579 }, declines: [], refers: ['BureauScoreBorderline'] },
    { facts: { bureauScore: 580 }, declines: [], refers: [] },
    { facts: { queries3Months: 10 }, declines: [], refers: [] },
    { facts: { queries3Months: 11 }, declines: [], refers: ['ManyRecentQueries'] },
    { facts: { openLoans: 8 }, declines: [], refers: [] },
    { facts: { openLoans: 9 }, declines: [], refers: ['ManyOpenLoans'] },
    {
      facts: { pledgedValueFen: 1, loanToValueBasisPoints: 9_000 },
      declines: [],
      refers: ['PledgeToRegister'],
    },
    {
      facts: { pledgedValueFen: 1, loanToValueBasisPoints: 9_001 },
      declines: [],
      refers: ['PledgeToRegister', 'LoanToValueTooHigh'],
    },
    // Without a pledge there is no value to hold the loan against.
    { facts: { loanToValueBasisPoints: 9_001 }, declines: [], refers: [] },
    { facts: { guarantorsUnchecked: 1 }, declines: [], refers: ['GuarantorUnchecked'] },
    { facts: { guarantorsRefused: 1 }, declines: [], refers: ['GuarantorRefused'] },
    { facts: { guarantorCount: 1 }, declines: [], refers: ['GuarantorToVerify'] },
    { facts: { employmentStatus: 'Student' }, declines: ['StudentNotServed'], refers: [] },
    { facts: { statedToVerifiedBasisPoints: 15_000 }, declines: [], refers: [] },
    { facts: { statedToVerifiedBasisPoints: 15_001 }, declines: [], refers: ['IncomeLower'] },
    { facts: { applicationsByDevice1Day: 4 }, declines: [], refers: [] },
    { facts: { applicationsByDevice1Day: 5 }, declines: [], refers: ['DeviceVelocity'] },
    { facts: { borrowersByDevice30Days: 2 }, declines: [], refers: [] },
    { facts: { borrowersByDevice30Days: 3 }, declines: [], refers: ['DeviceShared'] },
    {
      facts: { borrowersByDevice30Days: 10 },
      declines: ['DeviceShared'],
      refers: ['DeviceShared'],
    },
    { facts: { applicationsByIp1Day: 20 }, declines: [], refers: ['NetworkVelocity'] },
    { facts: { applicationsByPhone7Days: 5 }, declines: [], refers: [] },
    { facts: { applicationsByPhone7Days: 6 }, declines: [], refers: ['PhoneVelocity'] },
    { facts: { borrowersByPhone30Days: 2 }, declines: [], refers: ['PhoneShared'] },
    { facts: { borrowersByCard30Days: 1 }, declines: [], refers: [] },
    { facts: { borrowersByCard30Days: 2 }, declines: [], refers: ['CardShared'] },
    { facts: { borrowersByAddress30Days: 4 }, declines: [], refers: ['AddressShared'] },
    { facts: { borrowersByContact30Days: 3 }, declines: [], refers: ['ContactShared'] },
    { facts: { applicationsByPartner1Day: 200_001 }, declines: [], refers: ['PartnerVelocity'] },
    { facts: { hasDevice: false, borrowersByDevice30Days: 99 }, declines: [], refers: [] },
  ])('decline by $declines and refer by $refers for $facts', ({ facts, declines, refers }) => {
    expect(found(personPolicy, { ...soundPerson, ...facts })).toEqual({
      declines,
      refers,
      hasUnknown: false,
    });
  });

  // Without the flag, the count that is known to be low settles the rule.
  const counted = Object.keys(soundPerson).filter((fact) => !fact.startsWith('has'));

  it.each(counted)('neither approve nor decline without %s', (fact) => {
    expect(found(personPolicy, { ...soundPerson, [fact]: undefined })).toEqual({
      declines: [],
      refers: [],
      hasUnknown: true,
    });
  });
});

describe('the rules for firms', () => {
  it.each([
    { amountToRevenueBasisPoints: 10_000, declines: [] },
    { amountToRevenueBasisPoints: 10_001, declines: ['AmountAboveRevenue'] },
  ])('decline by $declines at $amountToRevenueBasisPoints', ({ declines, ...facts }) => {
    expect(found(companyPolicy, { ...soundPerson, ...facts }).declines).toEqual(declines);
  });
});
