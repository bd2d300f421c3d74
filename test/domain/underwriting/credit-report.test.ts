import { describe, expect, it } from 'vitest';
import { isReportFresh, summariseReport } from '../../../domain/underwriting/credit-report.ts';

const obtainedAt = '2026-11-01T00:00:00Z';
const report = {
  reportId: 'rep_1',
  obtainedAt,
  score: 700,
  openLoans: 1,
  outstandingFen: 1,
  overdueCount24Months: 2,
  currentOverdueFen: 3,
  queries3Months: 4,
};

describe('isReportFresh', () => {
  it.each([
    { at: '2026-11-01T00:00:00.000Z', isFresh: true },
    { at: '2026-11-30T23:59:59.999Z', isFresh: true },
    { at: '2026-12-01T00:00:00.000Z', isFresh: false },
  ])('answers $isFresh at $at for 30 days', ({ at, isFresh }) => {
    expect(isReportFresh({ obtainedAt }, 30, new Date(at))).toBe(isFresh);
  });
});

describe('summariseReport', () => {
  it('keeps the figures a decision reads, and no score where there is none', () => {
    expect(summariseReport(report, true)).toEqual({ ...report, isReused: true });
    expect(summariseReport({ ...report, score: undefined }, false)).not.toHaveProperty('score');
  });
});
