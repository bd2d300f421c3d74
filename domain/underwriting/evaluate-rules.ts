import type { Decision } from '../applications/application.ts';
import type { Condition, Rule, RuleSet } from '../catalog/rule-set.ts';

/** What rules and scorecard may read. A fact that is not known is absent, never zero. */
export type Facts = Readonly<Record<string, number | boolean | string | undefined>>;

export type RuleTrace = Decision['rulesTrace'][number];

export interface RuleFindings {
  readonly trace: readonly RuleTrace[];
  readonly declines: readonly string[];
  readonly refers: readonly string[];
  /** Rules that could not be judged for want of a fact: they can neither approve nor decline. */
  readonly hasUnknown: boolean;
}

/** Judges every rule, and says what each one read: the trace is stored with the decision. */
export function evaluateRules(ruleSet: RuleSet, facts: Facts): RuleFindings {
  const judged = ruleSet.rules.map((rule) => ({ rule, trace: judge(rule, facts) }));
  const hits = (outcome: Rule['outcome']): string[] =>
    judged
      .filter(({ rule, trace }) => rule.outcome === outcome && trace.result === 'Hit')
      .map(({ rule }) => rule.reasonCode);
  return {
    trace: judged.map(({ trace }) => trace),
    declines: hits('Decline'),
    refers: hits('Refer'),
    hasUnknown: judged.some(({ trace }) => trace.result === 'NotEvaluated'),
  };
}

function judge(rule: Rule, facts: Facts): RuleTrace {
  const names = [...new Set(rule.when.map(({ fact }) => fact))];
  const read = Object.fromEntries(names.map((name) => [name, facts[name] ?? null]));
  return { ruleId: rule.ruleId, result: resultOf(rule, facts), read };
}

function resultOf(rule: Rule, facts: Facts): RuleTrace['result'] {
  if (rule.when.some(({ fact }) => facts[fact] === undefined)) return 'NotEvaluated';
  return rule.when.every((condition) => holds(condition, facts[condition.fact])) ? 'Hit' : 'Pass';
}

function holds({ is, value, fact }: Condition, actual: Facts[string]): boolean {
  if (is === 'Equal') return actual === value;
  if (typeof actual !== 'number' || typeof value !== 'number')
    throw new Error(`a rule compares ${fact} with ${String(value)}: not both are numbers`);
  switch (is) {
    case 'Above':
      return actual > value;
    case 'AtLeast':
      return actual >= value;
    case 'Below':
      return actual < value;
    case 'AtMost':
      return actual <= value;
  }
}
