import { describe, expect, it } from 'vitest';
import { parseCatalogKey } from '../../../domain/catalog/catalog-key.ts';
import { explainTrace } from '../../../domain/underwriting/explain-decision.ts';
import { personPolicy } from '../catalog-files.ts';

const line = (ruleId: string) => ({ ruleId, family: 'x', result: 'Hit' as const, read: {} });

describe('explainTrace', () => {
  it('says what each rule and each table means, in the words of the policy that decided', () => {
    const texts = explainTrace(
      [line('CurrentlyOverdue'), line('pricing:A-prime'), line('limits'), line('Gone')],
      personPolicy,
    ).map(({ text }) => text.en);
    expect(texts).toEqual([
      'The report shows an amount overdue now',
      'Risk-based pricing grid',
      'Limit and tenor matrix',
      'Gone',
    ]);
  });
});

describe('parseCatalogKey', () => {
  it('reads what catalogKeyOf writes', () => {
    expect(parseCatalogKey('person#0012')).toEqual({ id: 'person', version: 12 });
  });

  it.each(['person', 'person#1', '#0001', ''])('refuses %j', (key) => {
    expect(() => parseCatalogKey(key)).toThrow('not a catalog key');
  });
});
