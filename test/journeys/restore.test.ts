import { beforeAll, describe, expect, it } from 'vitest';
import { runRestoreDrill, type DrillReport } from '#local/simulation/restore-drill.ts';

// The tables as a user has them, in files.
process.env['ZHUDAI_TABLES'] = '';

let report: DrillReport;

beforeAll(async () => {
  report = await runRestoreDrill();
}, 240_000);

describe('a platform that lost everything and came back from its backup', () => {
  it('does not know what happened since, and finds it out from the bank', () => {
    const { strays, loans } = report;
    expect(strays.filter(({ kind }) => kind === 'Payout')).toHaveLength(loans.after);
    expect(strays.filter(({ kind }) => kind === 'Receipt')).toMatchObject([
      { reference: 'DRILL-1', amountFen: 12_345 },
    ]);
    expect(report.straysAfterwards).toEqual([]);
  });

  it('pays nothing twice, although this bank pays whatever it is told to', () => {
    expect(report.paidTwice).toBe(0);
    expect(report.audit.payouts).toBe(report.loans.before + report.loans.after);
    expect(report.audit.loans).toBe(report.loans.before + report.loans.after);
  });

  it('brings back what was erased, until the register is applied', () => {
    expect(report.erased).toEqual({ before: 200, after: 410 });
    expect(report.reapplied).toMatchObject([{ outcome: 'Asked' }]);
    expect(report.audit.erasures).toBe(1);
  });

  it('has books that agree with each other and with the bank', () => {
    expect(report.audit.findings).toEqual([]);
  });
});
