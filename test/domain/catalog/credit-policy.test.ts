import { describe, expect, it } from 'vitest';
import { CreditPolicy } from '../../../domain/catalog/credit-policy.ts';
import { policyInForce } from '../../../domain/catalog/policy-in-force.ts';
import {
  companyPolicy,
  companyScorecard,
  consumerProduct,
  personPolicy,
  personScorecard,
} from '../catalog-files.ts';

const messagesOf = (patch: object): string[] =>
  CreditPolicy.safeParse({ ...personPolicy, ...patch }).error?.issues.map(
    ({ message }) => message,
  ) ?? [];
const [firstRule] = personPolicy.rules;
const ruleWith = (...when: object[]) => ({ rules: [{ ...firstRule, ruleId: 'Example', when }] });

describe('CreditPolicy', () => {
  it.each([
    {
      name: 'a fact that does not exist',
      patch: ruleWith({ fact: 'zodiacSign', is: 'Equal', value: 'Pig' }),
      message: 'rule Example reads zodiacSign, which is no fact',
    },
    {
      name: 'sex, which is no fact',
      patch: ruleWith({ fact: 'sex', is: 'Equal', value: 'F' }),
      message: 'rule Example reads sex, which is no fact',
    },
    {
      name: 'an order of words',
      patch: ruleWith({ fact: 'housing', is: 'Above', value: 3 }),
      message: 'rule Example compares housing with 3: not both are numbers',
    },
    {
      name: 'a number compared with a word',
      patch: ruleWith({ fact: 'openLoans', is: 'Below', value: 'many' }),
      message: 'rule Example compares openLoans with many: not both are numbers',
    },
    {
      name: 'a yes or no compared with a number',
      patch: ruleWith({ fact: 'hasDevice', is: 'Equal', value: 1 }),
      message: 'rule Example compares hasDevice with 1: other kinds',
    },
    {
      name: 'a word the fact never has',
      patch: ruleWith({ fact: 'housing', is: 'Equal', value: 'Castle' }),
      message: 'rule Example knows no housing Castle',
    },
    {
      name: 'a list with a word the fact never has',
      patch: ruleWith({ fact: 'housing', is: 'OneOf', value: ['Own', 'Castle'] }),
      message: 'rule Example knows no housing Castle',
    },
    {
      name: 'a list of words for a number',
      patch: ruleWith({ fact: 'openLoans', is: 'OneOf', value: ['1'] }),
      message: 'rule Example looks for words in openLoans',
    },
    {
      name: 'two rules of one name',
      patch: { rules: [firstRule, firstRule] },
      message: `two rules are called ${firstRule?.ruleId ?? ''}`,
    },
    {
      name: 'a price by region',
      patch: {
        pricing: {
          dimensions: [{ fact: 'province', words: ['31'], hasOthers: true }],
          rows: [{ rowId: 'all', when: {}, then: { annualRate: '0.1000' } }],
        },
      },
      message: 'a price may not depend on province',
    },
    {
      name: 'a table cut by nothing known',
      patch: {
        authority: {
          dimensions: [{ fact: 'mood', isRange: true }],
          rows: [{ rowId: 'all', when: {}, then: { approvers: 1 } }],
        },
      },
      message: 'authority is cut by mood, which is no fact',
    },
    {
      name: 'a table that forgets a grade',
      patch: {
        authority: {
          dimensions: [{ fact: 'grade', words: ['A', 'B'] }],
          rows: [{ rowId: 'all', when: {}, then: { approvers: 1 } }],
        },
      },
      message: 'authority forgets the grade C, D, E, F',
    },
    {
      name: 'a segment that does not exist',
      patch: {
        placement: {
          dimensions: [{ fact: 'ageYears', isRange: true }],
          rows: [{ rowId: 'all', when: {}, then: { segmentId: 'Nobility' } }],
        },
      },
      message: 'row all places into Nobility, which is no segment',
    },
    {
      name: 'an end before its beginning',
      patch: { effectiveTo: '2026-07-31' },
      message: 'it ends before it begins',
    },
  ])('refuses $name', ({ patch, message }) => {
    expect(messagesOf(patch)).toContain(message);
  });

  it('refuses a hole in the pricing grid and says where it is', () => {
    const { dimensions, rows } = personPolicy.pricing;
    const [message] = messagesOf({ pricing: { dimensions, rows: rows.slice(1) } });
    expect(message).toMatch(/^no row takes grade A, segment Prime, termMonths below 7.*nearest is/);
  });

  it.each([
    { policy: personPolicy, scorecard: personScorecard },
    { policy: companyPolicy, scorecard: companyScorecard },
  ])('knows the grades of the scorecard it works with: $policy.creditPolicyId', (given) => {
    expect(given.policy.grades.map(({ grade }) => grade)).toEqual(
      given.scorecard.grades.map(({ grade }) => grade),
    );
  });

  it('prices no grade above the published list', () => {
    for (const { when, then } of personPolicy.pricing.rows)
      for (const { grade, annualRate } of consumerProduct.pricing)
        if (Array.isArray(when['grade']) && when['grade'].includes(grade))
          expect(Number(then.annualRate)).toBeLessThanOrEqual(Number(annualRate));
  });
});

describe('policyInForce', () => {
  const version = (number: number, effectiveFrom: string, effectiveTo?: string) => ({
    ...personPolicy,
    version: number,
    effectiveFrom,
    ...(effectiveTo === undefined ? {} : { effectiveTo }),
  });
  const versions = [
    version(1, '2026-08-01'),
    version(2, '2026-10-01', '2026-10-31'),
    version(3, '2026-12-01'),
  ];

  it.each([
    { date: '2026-07-31', expected: undefined },
    { date: '2026-08-01', expected: 1 },
    { date: '2026-09-30', expected: 1 },
    { date: '2026-10-01', expected: 2 },
    { date: '2026-10-31', expected: 2 },
    { date: '2026-11-01', expected: 1 },
    { date: '2026-12-01', expected: 3 },
  ])('is version $expected for an application of $date', ({ date, expected }) => {
    expect(policyInForce(versions, date)?.version).toBe(expected);
    expect(policyInForce(versions.toReversed(), date)?.version).toBe(expected);
  });
});
