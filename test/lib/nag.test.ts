import { beforeAll, describe, expect, it } from 'vitest';
import { acknowledgements } from '#lib/acknowledgements.ts';
import { nagFindings, type NagFinding } from '#lib/nag-findings.ts';
import { statementsOf, synthesised } from './synthesised.ts';

let findings: readonly NagFinding[] = [];
beforeAll(() => {
  findings = nagFindings('us-east-1');
}, 120_000);

describe('cdk-nag', () => {
  it('finds nothing that is not acknowledged', () => {
    const open = findings
      .filter(({ acknowledgement }) => acknowledgement === undefined)
      .map(({ id, where }) => `${id} at ${where}`);
    expect(open).toEqual([]);
  });

  it('needs every acknowledgement, of which there are at most 12', () => {
    expect(acknowledgements.length).toBeLessThanOrEqual(12);
    for (const each of acknowledgements)
      expect(
        findings.some(({ acknowledgement }) => acknowledgement === each),
        each.finding.source,
      ).toBe(true);
  });

  it('lets nothing but tracing and the delivery of logs be granted for every resource', () => {
    const wide = statementsOf(synthesised({ region: 'us-east-1' }))
      .filter(({ resources }) => resources.includes('*'))
      .flatMap(({ actions }) => actions);
    const allowed =
      /^(?:xray:(?:PutTraceSegments|PutTelemetryRecords|GetSampling\w+)|logs:\w*(?:LogDelivery|LogDeliveries|ResourcePolic(?:y|ies)|DescribeLogGroups))$/;
    expect(wide.filter((action) => !allowed.test(action))).toEqual([]);
    expect(wide.length).toBeGreaterThan(10);
  });
});
