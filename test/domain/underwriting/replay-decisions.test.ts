import { describe, expect, it } from 'vitest';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import type { DecidedFacts } from '../../../domain/underwriting/decision-record.ts';
import { recordOf, ReplayCase } from '../../../domain/underwriting/decision-record.ts';
import { compareReplay, replayCase } from '../../../domain/underwriting/replay-decisions.ts';
import { germanCase, personSetting } from './german-cases.ts';
import { draftPolicy } from './german-table.ts';

/** What the table gives back of a decision: through JSON, as everything that was stored. */
function keptCase(position: number): ReplayCase {
  const { inputs } = germanCase(position);
  const record = recordOf(inputs, decideByPolicy(inputs, personSetting), 'person');
  return ReplayCase.parse(JSON.parse(JSON.stringify(record)));
}

const kept = Array.from({ length: 300 }, (_, position) => keptCase(position));
const under = (policy: typeof draftPolicy) =>
  compareReplay(
    kept.map((one) => ({
      applicationId: one.applicationId,
      before: one.decided,
      after: replayCase(one, { ...personSetting, policy }),
    })),
  );

describe('a replay', () => {
  it('under the same policy gives the same answers, to the last reason', () => {
    expect(under(personSetting.policy)).toMatchObject({ cases: 300, isSame: true, moves: [] });
  });

  it('under a draft says who moves, how the book changes and why', () => {
    const report = under(draftPolicy);
    expect(report.isSame).toBe(false);
    expect(report.outcomes['Approved to Referred']).toBeGreaterThan(0);
    expect(report.after.approvalBasisPoints).toBeLessThan(report.before.approvalBasisPoints);
    expect(report.after.expectedLossBasisPoints).toBeLessThan(
      report.before.expectedLossBasisPoints,
    );
    const { Approved, Referred, Declined } = report.before.byOutcome;
    expect(Approved + Referred + Declined).toBe(300);
    const referred = report.moves.find(({ to, from }) => from === 'Approved' && to === 'Referred');
    expect(referred?.reasonsAdded.length).toBeGreaterThan(0);
    expect(report.after.reasons['AmountNeedsApproval']).toBeGreaterThan(
      report.before.reasons['AmountNeedsApproval'] ?? 0,
    );
  });

  const decided = (outcome: DecidedFacts['outcome'], amountFen: number, annualRate: string) => ({
    outcome,
    reasonCodes: outcome === 'Approved' ? [] : ['DataMissing'],
    score: 1,
    grade: 'A',
    offer: {
      amountFen,
      termMonths: 12,
      annualRate,
      repaymentMethod: 'EqualInstallment' as const,
    },
    approversRequired: 0 as const,
    expectedLossFen: amountFen / 100,
  });

  it('adds up amounts, losses and prices of what would be approved', () => {
    const one = decided('Approved', 300_00, '0.1000');
    const two = decided('Approved', 100_00, '0.2000');
    const other = decided('Referred', 900_00, '0.2400');
    const { offer: _, ...declined } = decided('Declined', 1, '0.1000');
    const { before, after, moves } = compareReplay([
      { applicationId: 'a', before: one, after: one },
      { applicationId: 'b', before: two, after: other },
      { applicationId: 'c', before: other, after: declined },
    ]);
    expect(before).toMatchObject({
      approvalBasisPoints: 6667,
      approvedFen: 400_00,
      expectedLossFen: 400,
      expectedLossBasisPoints: 100,
      averageRateBasisPoints: 1250,
      reasons: { DataMissing: 1 },
    });
    expect(after).toMatchObject({ approvedFen: 300_00, averageRateBasisPoints: 1000 });
    expect(moves.map(({ applicationId }) => applicationId)).toEqual(['b', 'c']);
    expect(moves[1]).toMatchObject({ amountFen: [900_00, 0], annualRate: ['0.2400', ''] });
  });

  it.each([
    // 1314.5625 basis points; over the 2,103 fen that its 2,103.3 of interest make it would be 1314.375.
    { offers: [[150_00, '0.1281'] as const, [10_00, '0.1818'] as const], average: 1315 },
    // 1155.3125, and not 1155.625 over 1,849 fen of 1,848.5.
    { offers: [[50_00, '0.0923'] as const, [110_00, '0.1261'] as const], average: 1155 },
    // A half to the last place: 0.10005 is 1000.5 basis points, and goes up.
    { offers: [[100_00, '0.10005'] as const], average: 1001 },
    { offers: [[9_000_000_000_000_00, '0.1']] as const, average: 1000 },
  ])('rounds the average price once: $average', ({ offers, average }) => {
    const cases = offers.map(([amountFen, annualRate], index) => {
      const facts = decided('Approved', amountFen, annualRate);
      return { applicationId: String(index), before: facts, after: facts };
    });
    expect(compareReplay(cases).before.averageRateBasisPoints).toBe(average);
  });

  it('of nothing says nothing', () => {
    expect(compareReplay([])).toMatchObject({
      cases: 0,
      isSame: true,
      before: { approvalBasisPoints: 0, expectedLossBasisPoints: 0, averageRateBasisPoints: 0 },
    });
  });
});
