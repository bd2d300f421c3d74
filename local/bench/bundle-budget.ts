/** Three write papers and carry the library for PDF, a third of it fonts' tables. */
export const paperWriters: ReadonlySet<string> = new Set([
  'functions/origination/offer-contract.ts',
  'functions/origination/prepare-contract.ts',
  'functions/collections/send-letter.ts',
]);

/** Bytes, minified. */
export function bundleBytesMax(entry: string): number {
  return paperWriters.has(entry) ? 1_250_000 : 300_000;
}

/** Of the time that the bundle takes which most would write. */
export const LOAD_RATIO_MAX = 0.6;
