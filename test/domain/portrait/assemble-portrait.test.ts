import { describe, expect, it } from 'vitest';
import { assemblePortrait } from '../../../domain/portrait/assemble-portrait.ts';
import { conductOf } from '../../../domain/portrait/conduct.ts';
import { estimateValueFen } from '../../../domain/portrait/estimate-value.ts';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import { recordOf } from '../../../domain/underwriting/decision-record.ts';
import { anApplication } from '../builders.ts';
import { germanCase, personSetting } from '../underwriting/german-cases.ts';

const { inputs } = germanCase(2);
const decision = recordOf(inputs, decideByPolicy(inputs, personSetting), 'person');

const conduct = conductOf({ files: [], cases: [] }, '2026-11-26');

describe('assemblePortrait', () => {
  it('says what somebody is to the business, and nothing that says who it is', () => {
    const portrait = assemblePortrait({
      application: anApplication(),
      applications: [
        { status: 'Disbursed', submittedAt: '2026-11-20T00:00:00.000Z' },
        { status: 'Declined', submittedAt: '2026-08-20T00:00:00.000Z' },
        { status: 'Disbursed', submittedAt: '2026-10-20T00:00:00.000Z' },
      ],
      loans: [],
      decision,
      tasks: [
        { kind: 'ApproveApplication', status: 'Closed' },
        { kind: 'ReviewDecision', status: 'Open' },
      ],
      conduct,
    });
    expect(portrait).toMatchObject({
      kind: 'Person',
      segment: 'General',
      grade: decision.decided.grade,
      applications: {
        count: 3,
        byStatus: { Disbursed: 2, Declined: 1 },
        firstAt: '2026-08-20T00:00:00.000Z',
        lastAt: '2026-11-20T00:00:00.000Z',
      },
      loans: { count: 0, borrowedFen: 0, outstandingPrincipalFen: 0, isOverdue: false },
      openTasks: ['ReviewDecision'],
      ...conduct,
    });
    expect(Object.keys(portrait.facts).toSorted()).toEqual([
      'ageYears',
      'employmentStatus',
      'monthlyIncomeFen',
      'province',
      'statedIncomeFen',
    ]);
    expect(JSON.stringify(portrait)).not.toMatch(/测试|borrower-1|199\*\*\*\*|app_/);
  });

  it('is there for somebody nobody has decided about', () => {
    const portrait = assemblePortrait({
      application: anApplication(),
      applications: [],
      loans: [],
      decision: undefined,
      tasks: [],
      conduct,
    });
    expect(portrait.facts).toEqual({});
    expect([portrait.segment, portrait.valueFen]).toEqual([undefined, undefined]);
  });
});

describe('estimateValueFen', () => {
  const offered = (annualRate: string, facts: Record<string, number> = {}) => ({
    inputs: { ...inputs, facts: { ...inputs.facts, ...facts } },
    decided: {
      ...decision.decided,
      expectedLossFen: 100_00,
      offer: {
        amountFen: 12_000_00,
        termMonths: 12,
        annualRate,
        repaymentMethod: 'EqualInstallment' as const,
      },
    },
  });

  it('is the interest less the cost of the money and the expected loss', () => {
    // 794.23 yuan of interest at 12 %; three eighths of it, 4.5 of 12 parts, are the money's: 297.84.
    expect(estimateValueFen(offered('0.1200', { funderCostBasisPoints: 450 }))).toBe(
      794_23 - 297_84 - 100_00,
    );
  });

  it('is a loss where nothing is charged', () => {
    expect(estimateValueFen(offered('0.0000'))).toBe(-100_00);
  });

  it('is unknown without an offer or a cost of funds', () => {
    const { offer: _, ...declined } = offered('0.1000').decided;
    expect(estimateValueFen({ inputs, decided: declined })).toBeUndefined();
    const { funderCostBasisPoints: __, ...facts } = inputs.facts;
    expect(
      estimateValueFen({ ...offered('0.1000'), inputs: { ...inputs, facts } }),
    ).toBeUndefined();
  });
});
