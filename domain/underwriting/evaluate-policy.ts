import type { Condition, CreditPolicy, Limit, Rule } from '../catalog/credit-policy.ts';
import { compileTable, type CompiledTable } from '../catalog/decision-table.ts';
import type { Fact, Facts } from './policy-facts.ts';

export type RuleResult = 'Hit' | 'Pass' | 'NotEvaluated';

/** What one rule said, and on what: `rule` carries its reason code and its text in both languages. */
export interface RuleAnswer {
  readonly rule: Rule;
  readonly result: RuleResult;
  /** Every fact it names, with the value it saw; null was not known. */
  readonly read: Readonly<Record<string, Fact | null>>;
}

/** A policy made ready to decide thousands of applications a second. */
export interface CompiledPolicy {
  readonly policy: CreditPolicy;
  readonly rules: readonly CompiledRule[];
  readonly placement: CompiledTable<{ readonly segmentId: string }>;
  readonly limits: CompiledTable<Limit>;
  readonly pricing: CompiledTable<{ readonly annualRate: string }>;
  readonly authority: CompiledTable<{ readonly approvers: 0 | 1 | 2 }>;
}

interface CompiledRule {
  readonly rule: Rule;
  readonly facts: readonly string[];
  readonly tests: readonly Test[];
}

interface Test {
  readonly fact: string;
  readonly holds: (value: Fact) => boolean;
}

const compiled = new WeakMap<CreditPolicy, CompiledPolicy>();

/** Compiles a policy, once: the same policy object is answered from memory. */
export function compilePolicy(policy: CreditPolicy): CompiledPolicy {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const ready: CompiledPolicy = {
    policy,
    rules: policy.rules.map(compileRule),
    placement: compileTable(policy.placement),
    limits: compileTable(policy.limits),
    pricing: compileTable(policy.pricing),
    authority: compileTable(policy.authority),
  };
  compiled.set(policy, ready);
  return ready;
}

function compileRule(rule: Rule): CompiledRule {
  return {
    rule,
    facts: [...new Set(rule.when.map(({ fact }) => fact))],
    tests: rule.when.map((condition) => ({ fact: condition.fact, holds: testOf(condition) })),
  };
}

function testOf({ fact, is, value }: Condition): Test['holds'] {
  if (is === 'Equal') return (actual) => actual === value;
  if (is === 'OneOf') {
    const words = new Set<unknown>(Array.isArray(value) ? value : [value]);
    return (actual) => words.has(actual);
  }
  if (typeof value !== 'number')
    throw new Error(`a rule compares ${fact} with ${String(value)}, which is no number`);
  const compare = comparisons[is];
  return (actual) => typeof actual === 'number' && compare(actual, value);
}

const comparisons: Readonly<
  Record<Exclude<Condition['is'], 'Equal' | 'OneOf'>, (actual: number, value: number) => boolean>
> = {
  Above: (actual, value) => actual > value,
  AtLeast: (actual, value) => actual >= value,
  Below: (actual, value) => actual < value,
  AtMost: (actual, value) => actual <= value,
};

/** Asks every rule: none is skipped because another has hit, so the trace is always whole. */
export function evaluateRules({ rules }: CompiledPolicy, facts: Facts): RuleAnswer[] {
  return rules.map((each) => ({
    rule: each.rule,
    result: resultOf(each.tests, facts),
    read: readBy(each, facts),
  }));
}

/**
 * A condition that is known not to hold settles the rule, whatever else is missing; a rule that could still hit is not
 * evaluated for want of a fact. So a missing fact can never make a rule hit, nor make it pass.
 */
function resultOf(tests: readonly Test[], facts: Facts): RuleResult {
  let isUnknown = false;
  for (const { fact, holds } of tests) {
    const value = facts[fact];
    if (value === undefined) isUnknown = true;
    else if (!holds(value)) return 'Pass';
  }
  return isUnknown ? 'NotEvaluated' : 'Hit';
}

function readBy({ facts: names }: CompiledRule, facts: Facts): Record<string, Fact | null> {
  const read: Record<string, Fact | null> = {};
  for (const name of names) read[name] = facts[name] ?? null;
  return read;
}
