import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cases, isConsidered } from '#local/interpreter/conformance/cases.ts';
import { runCase } from '#local/interpreter/conformance/run-case.ts';
import { runConformance } from '#local/interpreter/conformance.ts';

const file = join(import.meta.dirname, '../../vectors/asl/cases.json');
const cases = Cases.parse(JSON.parse(readFileSync(file, 'utf8')));

describe('the interpreter, beside behaviour recorded on AWS', () => {
  it.each(cases.filter(isConsidered))('agrees in $id', async (given) => {
    const { differences, eventDifferences } = await runCase(given);
    expect(differences).toEqual([]);
    expect(eventDifferences).toEqual([]);
  });

  it('refuses or agrees with every case that needs JSONPath', async () => {
    const { notConsidered } = await runConformance(cases);
    expect(notConsidered.refused + notConsidered.agree).toBeGreaterThanOrEqual(
      notConsidered.total - 2,
    );
  });

  it('reports a case that does not agree', async () => {
    const [first] = cases.filter(isConsidered);
    if (!first) throw new Error('no cases');
    const report = await runConformance([
      { ...first, expected: { ...first.expected, status: 'ABORTED' } },
    ]);
    expect(report.agree).toBe(0);
    expect(report.misses).toContainEqual(
      expect.objectContaining({ id: first.id, field: 'status', expected: 'ABORTED' }),
    );
  });
});
