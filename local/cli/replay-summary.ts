/** What became of one application. */
export interface ReplayRow {
  readonly externalId: string;
  readonly applicationId?: string;
  /** The application's status, or `Refused` when the API did not take it. */
  readonly status: string;
  readonly decision?: string;
  readonly grade?: string;
  readonly reasonCodes: readonly string[];
  readonly amountFen?: number;
  readonly aprNominal?: string;
  readonly loanId?: string;
  readonly elapsedMs: number;
}

export interface ReplayReport {
  readonly rows: readonly ReplayRow[];
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byReasonCode: Readonly<Record<string, number>>;
  readonly disbursedFen: number;
  readonly elapsedMs: number;
  readonly perSecond: number;
}

/** Counts what became of a replay's applications. */
export function summarise(rows: readonly ReplayRow[], elapsedMs: number): ReplayReport {
  const disbursed = rows.filter(({ status }) => status === 'Disbursed');
  return {
    rows,
    byStatus: countBy(rows.map(({ status }) => status)),
    byReasonCode: countBy(rows.flatMap(({ reasonCodes }) => reasonCodes)),
    disbursedFen: disbursed.reduce((sum, { amountFen = 0 }) => sum + amountFen, 0),
    elapsedMs,
    perSecond: elapsedMs === 0 ? 0 : Math.round((rows.length * 100_000) / elapsedMs) / 100,
  };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** The report as lines for a person. */
export function describeReplay(report: ReplayReport): string[] {
  const header = ['application', 'became', 'decision', 'reasons', 'amount', 'APR', 'seconds'];
  const cells = report.rows.map((row) => [
    row.externalId,
    row.status,
    [row.decision ?? '', row.grade ?? ''].join(' ').trim(),
    row.reasonCodes.join(', '),
    row.amountFen === undefined ? '' : yuan(row.amountFen),
    row.aprNominal === undefined ? '' : percent(row.aprNominal),
    (row.elapsedMs / 1000).toFixed(1),
  ]);
  const counted = Object.entries(report.byStatus).map(([status, count]) => `${count} ${status}`);
  return [
    ...tableOf([header, ...cells]),
    '',
    `${report.rows.length} applications in ${(report.elapsedMs / 1000).toFixed(1)} s (${report.perSecond} a second): ${counted.join(', ')}`,
    `paid out: ${yuan(report.disbursedFen)}`,
    ...describeReasons(report.byReasonCode),
  ];
}

function describeReasons(byReasonCode: ReplayReport['byReasonCode']): string[] {
  const reasons = Object.entries(byReasonCode).map(([code, count]) => `${code} ${count}`);
  return reasons.length === 0 ? [] : [`reasons: ${reasons.join(', ')}`];
}

/** Columns as wide as their widest cell; the last three are numbers and stand on the right. */
export function tableOf(rows: readonly (readonly string[])[], numbersFrom = 4): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column >= numbersFrom ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Fen as yuan, digits only moved: no fraction is ever computed. */
export function yuan(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amountFen < 0 ? '-' : ''}¥${whole}.${digits.slice(-2)}`;
}

/** A rate such as "0.0720" as per cent. */
export function percent(rate: string): string {
  return `${(Number(rate) * 100).toFixed(2)} %`;
}
