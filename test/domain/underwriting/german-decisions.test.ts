import { describe, expect, it } from 'vitest';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import { calibratedPolicy } from '../catalog-files.ts';
import { personSetting, germanCase } from './german-cases.ts';
import { draftPolicy, germanPolicies, germanTable, recordedTable } from './german-table.ts';

describe('the 1,000 German applications', () => {
  it.each(['first', 'shipped', 'draft', 'backed'] as const)(
    'are decided as recorded: %s',
    (name) => {
      expect(germanTable(name)).toEqual(recordedTable(name));
    },
  );

  it('are answered by the shipped version as by the first: a default rate moves nobody', () => {
    expect(recordedTable('shipped')).toEqual(recordedTable('first'));
    expect(germanPolicies.shipped.version).toBe(germanPolicies.first.version + 1);
  });

  it('are decided differently by the two policies', () => {
    expect(recordedTable('shipped').digest).not.toBe(recordedTable('draft').digest);
    expect(germanPolicies.draft.version).toBe(germanPolicies.shipped.version + 1);
  });

  it('are approved far better than they come: a third as many turn out bad, or nearly', () => {
    const { summary } = recordedTable('shipped');
    expect(summary.badBasisPointsOfAll).toBe(3000);
    expect(summary.badBasisPointsOfApproved).toBeLessThan(1300);
    expect(summary.badBasisPointsOfReferred).toBeGreaterThan(summary.badBasisPointsOfApproved);
    expect(summary.approvalBasisPoints).toBeGreaterThan(3500);
  });

  it('go to a person with a guarantor and a pledge behind them, and none is declined for it', () => {
    const { byOutcome, byReason } = recordedTable('backed').summary;
    expect(byOutcome['Approved']).toBeUndefined();
    expect(byOutcome['Declined']).toBe(recordedTable('shipped').summary.byOutcome['Declined']);
    for (const code of ['GuarantorUnchecked', 'GuarantorRefused', 'LoanToValueTooHigh'])
      expect(byReason[code]).toBeGreaterThan(100);
  });

  it('leave a whole trace each: every rule, the score, every table and the cap of the law, once', () => {
    for (const position of [0, 333, 999]) {
      const { trace } = decideByPolicy(germanCase(position).inputs, personSetting);
      expect(trace).toHaveLength(personSetting.policy.rules.length + 6);
      expect(new Set(trace.map(({ ruleId }) => ruleId)).size).toBe(trace.length);
    }
  });

  it('are no different for who they are: inputs hold neither name nor number', () => {
    for (const position of [1, 2, 3]) {
      const text = JSON.stringify(germanCase(position).inputs);
      expect(text).not.toMatch(/测试|990000|1990|62009/);
    }
  });

  it('get another answer from the draft only where the draft says so', () => {
    const { inputs } = germanCase(2);
    const before = decideByPolicy(inputs, { ...personSetting, policy: calibratedPolicy });
    const after = decideByPolicy(inputs, { ...personSetting, policy: draftPolicy });
    expect({ ...after, creditPolicy: before.creditPolicy, trace: [] }).toEqual({
      ...before,
      trace: [],
    });
  });
});
