import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  accountScenarioOf,
  accountScenarios,
  identityScenarios,
  passesLuhn,
  scenarioOf,
  withIdCheckDigit,
} from '#local/sandbox/magic.ts';

const readme = readFileSync(new URL('../../../local/sandbox/README.md', import.meta.url), 'utf8');

describe('the table of test numbers', () => {
  const people = [...readme.matchAll(/\b990000\d{11}[\dX]\b/g)].map(([number]) => number);
  const cards = [...readme.matchAll(/\b629999\d{10}\b/g)].map(([number]) => number);

  it('shows identity numbers with the right check digit, one for every scenario', () => {
    expect(people.map((number) => withIdCheckDigit(number.slice(0, 17)))).toEqual(people);
    const shown = new Set(people.map(scenarioOf));
    expect(shown).toEqual(new Set(['Clean', ...Object.values(identityScenarios)]));
  });

  it('shows card numbers with the right check digit, one for every scenario', () => {
    expect(cards.every(passesLuhn)).toBe(true);
    expect(new Set(cards.map(accountScenarioOf))).toEqual(new Set(Object.values(accountScenarios)));
  });
});
