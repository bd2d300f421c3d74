/** One characteristic of every loan of a sample, in the order of the loans. What is not known is undefined, never zero. */
export type FieldValues =
  | {
      readonly field: string;
      readonly kind: 'Number';
      readonly values: readonly (number | undefined)[];
    }
  | {
      readonly field: string;
      readonly kind: 'Word';
      readonly values: readonly (string | undefined)[];
    };

/** Loans with a known outcome: what was known of each when it was decided, and whether it went bad. */
export interface FitSample {
  readonly fields: readonly FieldValues[];
  readonly isBad: readonly boolean[];
}

/** The same sample with only these rows, in this order. */
export function takeRows({ fields, isBad }: FitSample, rows: readonly number[]): FitSample {
  return {
    fields: fields.map((field) =>
      field.kind === 'Number'
        ? { ...field, values: rows.map((row) => field.values[row]) }
        : { ...field, values: rows.map((row) => field.values[row]) },
    ),
    isBad: rows.map((row) => isBad[row] === true),
  };
}
