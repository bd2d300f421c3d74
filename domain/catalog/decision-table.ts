import * as z from 'zod';

const FactName = z.string().regex(/^[a-z][A-Za-z0-9]*$/);

/** A dimension over words. `hasOthers` adds `*`: every word that is not listed. */
const WordDimension = z.strictObject({
  fact: FactName,
  words: z.array(z.string().min(1)).min(1),
  hasOthers: z.boolean().optional(),
});
/** A dimension over all whole numbers. */
const RangeDimension = z.strictObject({ fact: FactName, isRange: z.literal(true) });
const Dimension = z.union([WordDimension, RangeDimension]);
export type Dimension = z.infer<typeof Dimension>;

/** Lower end inside, upper end outside; an end left out is open. */
const Range = z.strictObject({ from: z.int().optional(), below: z.int().optional() });
type Range = z.infer<typeof Range>;

const RowCondition = z.union([z.array(z.string()).min(1), Range]);
type RowCondition = z.infer<typeof RowCondition>;

/** A row takes what fits all it names; a dimension it does not name it takes whole. */
interface RowShape {
  readonly rowId: string;
  readonly when: Readonly<Record<string, RowCondition>>;
}

export interface TableRow<Then> extends RowShape {
  readonly then: Then;
}

/** A table as far as its cover is concerned: what its rows take, not what they answer. */
export interface TableShape {
  readonly dimensions: readonly Dimension[];
  readonly rows: readonly RowShape[];
}

export interface DecisionTable<Then> extends TableShape {
  readonly rows: readonly TableRow<Then>[];
}

/** A table that answers every case exactly once: one with a hole or an overlap is refused with its row named. */
export function decisionTable<Then extends z.ZodType>(then: Then) {
  return z
    .strictObject({
      dimensions: z.array(Dimension).min(1),
      rows: z
        .array(
          z.strictObject({
            rowId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,40}$/),
            when: z.record(z.string(), RowCondition),
            then,
          }),
        )
        .min(1),
    })
    .superRefine((table, context) => {
      for (const { path, message } of tableFaults(table))
        context.addIssue({ code: 'custom', path: [...path], message });
    });
}

export interface TableFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** More than this many cases is a mistake, and would take long to check. */
const CASES_MAX = 50_000;
/** One mistake in a table can open hundreds of holes: the first few say where it is. */
const FAULTS_SHOWN = 5;

/** What is wrong with a table; empty when it takes every case exactly once. */
export function tableFaults(table: TableShape): TableFault[] {
  const rowFaults = [
    ...repeatedNames(table),
    ...table.rows.flatMap((row, at) => faultsOf(row, at, table)),
  ];
  if (rowFaults.length > 0) return rowFaults;
  const axes = table.dimensions.map((dimension) => axisOf(dimension, table.rows));
  const cases = axes.reduce((product, { steps }) => product * steps.length, 1);
  if (cases > CASES_MAX) return [{ path: ['dimensions'], message: `${cases} cases are too many` }];
  return coverFaults(table, axes, cases);
}

function repeatedNames({ dimensions, rows }: TableShape): TableFault[] {
  return [
    ...repeatsOf(dimensions.map(({ fact }) => fact)).map((fact) => ({
      path: ['dimensions'],
      message: `the dimension ${fact} is there twice`,
    })),
    ...repeatsOf(rows.map(({ rowId }) => rowId)).map((rowId) => ({
      path: ['rows'],
      message: `two rows are called ${rowId}`,
    })),
  ];
}

function repeatsOf(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

function faultsOf({ rowId, when }: RowShape, at: number, { dimensions }: TableShape): TableFault[] {
  return Object.entries(when).flatMap(([fact, condition]) => {
    const dimension = dimensions.find((candidate) => candidate.fact === fact);
    const message = conditionFault(fact, condition, dimension);
    return message === undefined
      ? []
      : [{ path: ['rows', at, 'when', fact], message: `row ${rowId} ${message}` }];
  });
}

function conditionFault(
  fact: string,
  condition: RowCondition,
  dimension: Dimension | undefined,
): string | undefined {
  if (dimension === undefined) return `reads ${fact}, which is no dimension of its table`;
  if ('isRange' in dimension) {
    if (isWords(condition)) return `gives words for ${fact}, which is a range`;
    return (condition.from ?? -Infinity) < (condition.below ?? Infinity)
      ? undefined
      : `has an empty range of ${fact}`;
  }
  if (!isWords(condition)) return `gives a range for ${fact}, which has words`;
  const unknown = condition.filter((word) => !wordsOf(dimension).includes(word));
  return unknown.length === 0 ? undefined : `knows no ${fact} ${unknown.join(', ')}`;
}

function isWords(condition: RowCondition): condition is string[] {
  return Array.isArray(condition);
}

const OTHERS = '*';

function wordsOf(dimension: z.infer<typeof WordDimension>): string[] {
  return dimension.hasOthers === true ? [...dimension.words, OTHERS] : dimension.words;
}

/** A dimension cut into the fewest steps that no row divides. */
interface Axis {
  readonly fact: string;
  readonly steps: readonly (string | Range)[];
  /** The lower ends of all steps but the first; undefined for words. */
  readonly cuts: readonly number[] | undefined;
}

function axisOf(dimension: Dimension, rows: readonly RowShape[]): Axis {
  const { fact } = dimension;
  if (!('isRange' in dimension)) return { fact, steps: wordsOf(dimension), cuts: undefined };
  const ends = rows.flatMap(({ when }) => {
    const range = when[fact];
    return range === undefined || isWords(range) ? [] : [range.from, range.below];
  });
  const cuts = [...new Set(ends.filter((end) => end !== undefined))].toSorted((a, b) => a - b);
  const steps = [undefined, ...cuts].map((from, at) => ({ from, below: cuts[at] }));
  return { fact, steps, cuts };
}

function coverFaults({ rows }: TableShape, axes: readonly Axis[], cases: number): TableFault[] {
  const faults: TableFault[] = [];
  for (let at = 0; at < cases && faults.length < FAULTS_SHOWN; at += 1) {
    const place = placeAt(axes, at);
    const [first, second] = rows.filter((row) => takes(row, axes, place));
    const where = describe(axes, place);
    if (first === undefined)
      faults.push({
        path: ['rows'],
        message: `no row takes ${where}; the nearest is ${nearestRow(rows, axes, place)}`,
      });
    else if (second !== undefined)
      faults.push({
        path: ['rows', rows.indexOf(second)],
        message: `rows ${first.rowId} and ${second.rowId} both take ${where}`,
      });
  }
  return faults;
}

/** Which step of each axis a case is; the last axis moves fastest. */
function placeAt(axes: readonly Axis[], at: number): number[] {
  const place: number[] = [];
  let rest = at;
  for (const { steps } of axes.toReversed()) {
    place.unshift(rest % steps.length);
    rest = Math.floor(rest / steps.length);
  }
  return place;
}

function takes(row: RowShape, axes: readonly Axis[], place: readonly number[]): boolean {
  return axes.every((axis, at) => takesStep(row, axis, place[at] ?? 0));
}

function takesStep({ when }: RowShape, { fact, steps }: Axis, at: number): boolean {
  const condition = when[fact];
  const step = steps[at];
  if (condition === undefined || step === undefined) return true;
  if (typeof step === 'string') return isWords(condition) && condition.includes(step);
  if (isWords(condition)) return false;
  return (
    (step.from ?? -Infinity) >= (condition.from ?? -Infinity) &&
    (step.below ?? Infinity) <= (condition.below ?? Infinity)
  );
}

function nearestRow(
  rows: readonly RowShape[],
  axes: readonly Axis[],
  place: readonly number[],
): string {
  const fits = (row: RowShape): number =>
    axes.filter((axis, at) => takesStep(row, axis, place[at] ?? 0)).length;
  return rows.reduce((best, row) => (fits(row) > fits(best) ? row : best)).rowId;
}

function describe(axes: readonly Axis[], place: readonly number[]): string {
  return axes.map(({ fact, steps }, at) => `${fact} ${stepText(steps[place[at] ?? 0])}`).join(', ');
}

function stepText(step: string | Range | undefined): string {
  if (step === undefined || typeof step === 'string') return step ?? '';
  const { from, below } = step;
  if (from === undefined) return below === undefined ? 'any' : `below ${below}`;
  return below === undefined ? `from ${from}` : `from ${from} below ${below}`;
}

/** A table made ready: finding a row costs one step a dimension, however many rows there are. */
export interface CompiledTable<Then> {
  readonly facts: readonly string[];
  /** The one row for these facts; undefined when a fact is missing, or is a word the table does not know. */
  find(facts: Readonly<Record<string, unknown>>): TableRow<Then> | undefined;
}

/** Makes a table that `tableFaults` found whole ready to be asked. */
export function compileTable<Then>(table: DecisionTable<Then>): CompiledTable<Then> {
  const axes = table.dimensions.map((dimension) => axisOf(dimension, table.rows));
  const cases = axes.reduce((product, { steps }) => product * steps.length, 1);
  const rows = Array.from({ length: cases }, (_, at) =>
    table.rows.find((row) => takes(row, axes, placeAt(axes, at))),
  );
  const finders = axes.map((axis) => ({
    fact: axis.fact,
    size: axis.steps.length,
    stepOf: stepFinder(axis),
  }));
  return {
    facts: axes.map(({ fact }) => fact),
    find: (facts) => {
      let at = 0;
      for (const { fact, size, stepOf } of finders) {
        const step = stepOf(facts[fact]);
        if (step === undefined) return undefined;
        at = at * size + step;
      }
      return rows[at];
    },
  };
}

function stepFinder({ steps, cuts }: Axis): (value: unknown) => number | undefined {
  if (cuts === undefined) {
    const byWord = new Map(steps.map((step, at) => [step, at]));
    const others = byWord.get(OTHERS);
    return (value) => (typeof value === 'string' ? (byWord.get(value) ?? others) : undefined);
  }
  return (value) => {
    if (typeof value !== 'number') return undefined;
    const above = cuts.findIndex((cut) => value < cut);
    return above === -1 ? cuts.length : above;
  };
}
