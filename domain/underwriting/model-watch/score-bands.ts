/** The lowest points of each band, from the lowest band up; the first band takes everything below as well. */
export type ScoreBands = readonly number[];

/** Cuts scores into bands of about equal numbers, never through equal scores. */
export function cutBands(points: readonly number[], count: number): ScoreBands {
  const ordered = points.toSorted((one, other) => one - other);
  const cuts = Array.from(
    { length: count },
    (_, band) => ordered[Math.floor((band * ordered.length) / count)],
  );
  return [...new Set(cuts)].filter((cut) => cut !== undefined);
}

/** The band of a score. */
export function bandOf(bands: ScoreBands, points: number): number {
  const above = bands.findIndex((from) => points < from);
  return Math.max((above === -1 ? bands.length : above) - 1, 0);
}

/** How many scores fall in each band. */
export function countBands(bands: ScoreBands, points: readonly number[]): number[] {
  const counts = bands.map(() => 0);
  for (const each of points) {
    const band = bandOf(bands, each);
    counts[band] = (counts[band] ?? 0) + 1;
  }
  return counts;
}
