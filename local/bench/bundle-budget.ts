/** Two write contracts and carry the library for PDF. */
const contractWriters: ReadonlySet<string> = new Set([
  'functions/origination/offer-contract.ts',
  'functions/origination/prepare-contract.ts',
]);

/** Bytes, minified. */
export function bundleBytesMax(entry: string): number {
  return contractWriters.has(entry) ? 420_000 : 300_000;
}

/** Of the time that the bundle takes which most would write. */
export const LOAD_RATIO_MAX = 0.6;
