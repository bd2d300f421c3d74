/** A figure with four decimals: as much as is meant, and the same text on every machine. */
export function rounded(figure: number): number {
  return Math.round(figure * 10_000) / 10_000 + 0;
}
