import { parse } from 'csv-parse/sync';
import { protectionOf, refuseProtected } from '../../domain/catalog/protected-fields.ts';
import type { FieldPlan } from '../../domain/underwriting/scorecard-fit/fit-plan.ts';
import type { FieldValues, FitSample } from '../../domain/underwriting/scorecard-fit/fit-sample.ts';

/** A file of loans as text, column by column, with the outcome of each. */
export interface LoanTable {
  readonly columns: ReadonlyMap<string, readonly string[]>;
  readonly isBad: readonly boolean[];
  /** Columns that no score may read, and what they say. */
  readonly leftOut: readonly { readonly field: string; readonly because: string }[];
}

export interface OutcomeColumn {
  /** The column that says how a loan ended; the last one when left out. */
  readonly target?: string | undefined;
  /** The word in it that means bad. */
  readonly badValue: string;
}

/** Reads a CSV with a header. */
export function csvTable(text: string, { target, badValue }: OutcomeColumn): LoanTable {
  const [header, ...rows] = parse(text, { bom: true, trim: true, skip_empty_lines: true });
  if (header === undefined || rows.length === 0) throw new Error('the file has no loans');
  const repeated = header.find((name, at) => header.indexOf(name) !== at);
  if (repeated !== undefined) throw new Error(`the header names ${repeated} twice`);
  const outcome = target ?? header.at(-1) ?? '';
  const outcomeAt = header.indexOf(outcome);
  if (outcomeAt === -1)
    throw new Error(`the file has no column ${outcome}: it has ${header.join(', ')}`);
  const candidates = header.filter((name) => name !== outcome);
  const allowed = candidates.filter((name) => protectionOf(name) === undefined);
  return {
    columns: new Map(
      allowed.map((name) => {
        const at = header.indexOf(name);
        return [name, rows.map((row) => row[at] ?? '')] as const;
      }),
    ),
    isBad: outcomesOf(
      rows.map((row) => row[outcomeAt] ?? ''),
      { target: outcome, badValue },
    ),
    leftOut: candidates.flatMap((field) => {
      const because = protectionOf(field);
      return because === undefined ? [] : [{ field, because }];
    }),
  };
}

function outcomesOf(
  words: readonly string[],
  { target, badValue }: { readonly target: string; readonly badValue: string },
): boolean[] {
  const empty = words.indexOf('');
  if (empty !== -1) throw new Error(`loan ${empty + 1} has no outcome in ${target}`);
  const distinct = [...new Set(words)];
  if (distinct.length !== 2 || !distinct.includes(badValue))
    throw new Error(
      `${target} must say ${badValue} for bad and one other word for good, but says ` +
        `${distinct.slice(0, 5).join(', ')}${distinct.length > 5 ? ' …' : ''}: name it with --target and --bad`,
    );
  return words.map((word) => word === badValue);
}

/** What files write where nothing is known. */
const unknownWords: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NaN', 'null', 'NULL', '?']);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The columns to fit on: those of the plan, or all of the table. */
export function sampleOf(table: LoanTable, plans: readonly FieldPlan[] | undefined): FitSample {
  const wanted = plans ?? [...table.columns.keys()].map((field): FieldPlan => ({ field }));
  return {
    fields: wanted.map((plan) => {
      refuseProtected(plan.field);
      const texts = table.columns.get(plan.field);
      if (texts === undefined)
        throw new Error(
          `the file has no column ${plan.field}: it has ${[...table.columns.keys()].join(', ')}`,
        );
      return valuesOf(plan, texts);
    }),
    isBad: table.isBad,
  };
}

function valuesOf({ field, kind }: FieldPlan, texts: readonly string[]): FieldValues {
  const words = texts.map((text) => (unknownWords.has(text) ? undefined : text));
  const odd = words.findIndex((word) => word !== undefined && !NUMBER.test(word));
  if (kind === 'Word' || (kind === undefined && odd !== -1))
    return { field, kind: 'Word', values: words };
  if (odd !== -1)
    throw new Error(`${field} of loan ${odd + 1} is no number: ${String(words[odd])}`);
  return {
    field,
    kind: 'Number',
    values: words.map((word) => (word === undefined ? undefined : Number(word))),
  };
}
