import { readFileSync } from 'node:fs';

/**
 * One application of the UCI Statlog German Credit set, as far as it is used here. Attributes 9 (personal status and sex)
 * and 20 (foreign worker) are not read at all; the class label is read for benchmarks and never sent to the platform.
 */
export interface GermanRow {
  /** 0 to 999: the line of the file. */
  readonly index: number;
  readonly checkingStatus: string;
  readonly durationMonths: number;
  readonly creditHistory: string;
  readonly purpose: string;
  readonly amountMarks: number;
  readonly savings: string;
  readonly employmentSince: string;
  readonly installmentRate: number;
  readonly otherDebtors: string;
  readonly residenceYears: number;
  readonly property: string;
  readonly ageYears: number;
  readonly otherInstallmentPlans: string;
  readonly housing: string;
  readonly existingCredits: number;
  readonly job: string;
  readonly dependants: number;
  readonly wasGood: boolean;
}

let rows: readonly GermanRow[] | undefined;

/** All 1,000 rows; the file is read once. */
export function germanRows(): readonly GermanRow[] {
  rows ??= parseGermanRows(readFileSync(new URL('german.data', import.meta.url), 'utf8'));
  return rows;
}

/** Reads the set in its published form: 21 columns separated by blanks. */
export function parseGermanRows(text: string): GermanRow[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => parseRow(line, index));
}

function parseRow(line: string, index: number): GermanRow {
  const columns = line.trim().split(/\s+/);
  if (columns.length !== 21)
    throw new Error(`line ${index + 1} of the German set has ${columns.length} columns, not 21`);
  const word = (column: number) => columns[column - 1] ?? '';
  const number = (column: number) => Number(columns[column - 1]);
  return {
    index,
    checkingStatus: word(1),
    durationMonths: number(2),
    creditHistory: word(3),
    purpose: word(4),
    amountMarks: number(5),
    savings: word(6),
    employmentSince: word(7),
    installmentRate: number(8),
    otherDebtors: word(10),
    residenceYears: number(11),
    property: word(12),
    ageYears: number(13),
    otherInstallmentPlans: word(14),
    housing: word(15),
    existingCredits: number(16),
    job: word(17),
    dependants: number(18),
    wasGood: word(21) === '1',
  };
}
