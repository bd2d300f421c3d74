import { describe, expect, it } from 'vitest';
import type { RuleSet } from '../../../domain/catalog/rule-set.ts';
import { type Condition, type Rule } from '../../../domain/catalog/rule-set.ts';
import { evaluateRules, type Facts } from '../../../domain/underwriting/evaluate-rules.ts';
import { companyRules, personRules } from '../catalog-files.ts';

const ruleOf = (outcome: Rule['outcome'], ...when: Condition[]): Rule => ({
  ruleId: 'Example',
  description: { zh: '示例', en: 'Example' },
  when,
  outcome,
  reasonCode: 'Because',
});
const setOf = (...rules: Rule[]): RuleSet => ({
  ruleSetId: 'test',
  version: 1,
  name: { zh: '测试', en: 'Test' },
  rules,
});

describe('evaluateRules', () => {
  it.each([
    { is: 'Above', value: 5, hits: [6] },
    { is: 'AtLeast', value: 5, hits: [5, 6] },
    { is: 'Below', value: 5, hits: [4] },
    { is: 'AtMost', value: 5, hits: [4, 5] },
    { is: 'Equal', value: 5, hits: [5] },
  ] as const)('hits $hits when a fact is $is $value', ({ is, value, hits }) => {
    const rules = setOf(ruleOf('Decline', { fact: 'x', is, value }));
    const hit = [4, 5, 6].filter((x) => evaluateRules(rules, { x }).declines.length > 0);
    expect(hit).toEqual(hits);
  });

  it('hits when every condition holds, and says what it read', () => {
    const rules = setOf(
      ruleOf(
        'Refer',
        { fact: 'x', is: 'AtLeast', value: 1 },
        { fact: 'x', is: 'Below', value: 3 },
        { fact: 'isRed', is: 'Equal', value: true },
      ),
    );
    expect(evaluateRules(rules, { x: 2, isRed: true })).toEqual({
      trace: [{ ruleId: 'Example', result: 'Hit', read: { x: 2, isRed: true } }],
      declines: [],
      refers: ['Because'],
      hasUnknown: false,
    });
    expect(evaluateRules(rules, { x: 3, isRed: true }).trace[0]?.result).toBe('Pass');
    expect(evaluateRules(rules, { x: 2, isRed: false }).trace[0]?.result).toBe('Pass');
  });

  it('judges nothing when a fact is missing', () => {
    const rules = setOf(
      ruleOf('Decline', { fact: 'x', is: 'Below', value: 9 }, { fact: 'y', is: 'Below', value: 9 }),
    );
    expect(evaluateRules(rules, { x: 1 })).toEqual({
      trace: [{ ruleId: 'Example', result: 'NotEvaluated', read: { x: 1, y: null } }],
      declines: [],
      refers: [],
      hasUnknown: true,
    });
  });

  it.each([
    { x: 'word', value: 1 },
    { x: 1, value: 'word' },
  ])('refuses to order $x and $value: the rule is wrong, not the applicant', ({ x, value }) => {
    const rules = setOf(ruleOf('Decline', { fact: 'x', is: 'Above', value }));
    expect(() => evaluateRules(rules, { x })).toThrow('not both are numbers');
  });
});

const soundPerson: Facts = {
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
  const found = (facts: Facts) => {
    const { declines, refers, hasUnknown } = evaluateRules(personRules, {
      ...soundPerson,
      ...facts,
    });
    return { declines, refers, hasUnknown };
  };

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
  ])('decline by $declines and refer by $refers for $facts', ({ facts, declines, refers }) => {
    expect(found(facts)).toEqual({ declines, refers, hasUnknown: false });
  });

  it.each(Object.keys(soundPerson))('neither approve nor decline without %s', (fact) => {
    expect(found({ [fact]: undefined })).toEqual({ declines: [], refers: [], hasUnknown: true });
  });
});

describe('the rules for firms', () => {
  it.each([
    { amountToRevenueBasisPoints: 10_000, declines: [] },
    { amountToRevenueBasisPoints: 10_001, declines: ['AmountAboveRevenue'] },
  ])('decline by $declines at $amountToRevenueBasisPoints', ({ declines, ...facts }) => {
    expect(evaluateRules(companyRules, { ...soundPerson, ...facts }).declines).toEqual(declines);
  });
});
