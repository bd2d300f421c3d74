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
  const axes = axesOf(table);
  const cases = axes.reduce((product, { steps }) => product * steps.length, 1);
  if (cases > CASES_MAX) return [{ path: ['dimensions'], message: `${cases} cases are too many` }];
  return coverFaults(table.rows, axes);
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

/** Whole numbers from the lower end to before the upper one. A word stands for its place in its dimension. */
interface Span {
  readonly from: number;
  readonly below: number;
}

/** A stretch of a dimension that no row divides. */
interface Step extends Span {
  /** Its dimension and what it takes of it, to be shown. */
  readonly text: string;
}

/** A dimension cut into the fewest steps. */
interface Axis {
  readonly fact: string;
  /** Its words in order; none when it is a range. */
  readonly words: readonly string[];
  readonly steps: readonly Step[];
  /** Which step a fact falls into; undefined when it is missing, of another kind, or an unknown word. */
  readonly stepOf: (value: unknown) => number | undefined;
}

function axesOf({ dimensions, rows }: TableShape): Axis[] {
  return dimensions.map((dimension) =>
    'isRange' in dimension ? rangeAxis(dimension.fact, rows) : wordAxis(dimension),
  );
}

function wordAxis(dimension: z.infer<typeof WordDimension>): Axis {
  const words = wordsOf(dimension);
  const byWord = new Map(words.map((word, at) => [word, at]));
  const others = byWord.get(OTHERS);
  return {
    fact: dimension.fact,
    words,
    steps: words.map((word, at) => ({
      text: `${dimension.fact} ${word}`,
      from: at,
      below: at + 1,
    })),
    stepOf: (value) => (typeof value === 'string' ? (byWord.get(value) ?? others) : undefined),
  };
}

function rangeAxis(fact: string, rows: readonly RowShape[]): Axis {
  const ends = rows
    .flatMap(({ when }) => spansOf(when[fact], []))
    .flatMap(({ from, below }) => [from, below]);
  const cuts = [...new Set(ends.filter(Number.isFinite))].toSorted((a, b) => a - b);
  return {
    fact,
    words: [],
    steps: [-Infinity, ...cuts].map((from, at) => {
      const below = cuts[at] ?? Infinity;
      return { text: `${fact} ${rangeText(from, below)}`, from, below };
    }),
    stepOf: (value) => {
      if (typeof value !== 'number') return undefined;
      const above = cuts.findIndex((cut) => value < cut);
      return above === -1 ? cuts.length : above;
    },
  };
}

function rangeText(from: number, below: number): string {
  if (from === -Infinity) return below === Infinity ? 'any' : `below ${below}`;
  return below === Infinity ? `from ${from}` : `from ${from} below ${below}`;
}

/** What a row takes of one dimension: all of it when it does not name it. */
function spansOf(condition: RowCondition | undefined, words: readonly string[]): Span[] {
  if (condition === undefined) return [{ from: -Infinity, below: Infinity }];
  if (!isWords(condition))
    return [{ from: condition.from ?? -Infinity, below: condition.below ?? Infinity }];
  return condition.map((word) => {
    const at = words.indexOf(word);
    return { from: at, below: at + 1 };
  });
}

/** One case: a step of every dimension. */
type Case = readonly Step[];

/** Every case of a table; the last dimension moves fastest. */
function casesOf(axes: readonly Axis[]): Case[] {
  return axes.reduce<Case[]>(
    (cases, { steps }) => cases.flatMap((before) => steps.map((step) => [...before, step])),
    [[]],
  );
}

/** The steps of all dimensions that a row takes. */
function stepsTaken({ when }: RowShape, axes: readonly Axis[]): ReadonlySet<Step> {
  return new Set(
    axes.flatMap(({ fact, words, steps }) => {
      const spans = spansOf(when[fact], words);
      return steps.filter((step) =>
        spans.some(({ from, below }) => from <= step.from && step.below <= below),
      );
    }),
  );
}

function coverFaults(rows: readonly RowShape[], axes: readonly Axis[]): TableFault[] {
  const takers = rows.map((row, at) => ({ ...row, at, taken: stepsTaken(row, axes) }));
  const faults: TableFault[] = [];
  for (const each of casesOf(axes)) {
    if (faults.length === FAULTS_SHOWN) break;
    const [first, second] = takers.filter(({ taken }) => each.every((step) => taken.has(step)));
    const where = each.map(({ text }) => text).join(', ');
    if (first === undefined)
      faults.push({
        path: ['rows'],
        message: `no row takes ${where}; the nearest is ${nearestOf(takers, each)}`,
      });
    else if (second !== undefined)
      faults.push({
        path: ['rows', second.at],
        message: `rows ${first.rowId} and ${second.rowId} both take ${where}`,
      });
  }
  return faults;
}

interface Taker {
  readonly rowId: string;
  readonly taken: ReadonlySet<Step>;
}

function nearestOf(takers: readonly Taker[], each: Case): string {
  const fits = ({ taken }: Taker): number => each.filter((step) => taken.has(step)).length;
  return takers.reduce((best, row) => (fits(row) > fits(best) ? row : best)).rowId;
}

/** A table made ready: finding a row costs one step a dimension, however many rows there are. */
export interface CompiledTable<Then> {
  readonly facts: readonly string[];
  /** The one row for these facts; undefined when a fact is missing, or is a word the table does not know. */
  find(facts: Readonly<Record<string, unknown>>): TableRow<Then> | undefined;
}

/** Makes a table that `tableFaults` found whole ready to be asked. */
export function compileTable<Then>(table: DecisionTable<Then>): CompiledTable<Then> {
  const axes = axesOf(table);
  const takers = table.rows.map((row) => ({ row, taken: stepsTaken(row, axes) }));
  const rows = casesOf(axes).map(
    (each) => takers.find(({ taken }) => each.every((step) => taken.has(step)))?.row,
  );
  const finders = axes.map(({ fact, steps, stepOf }) => ({ fact, size: steps.length, stepOf }));
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
