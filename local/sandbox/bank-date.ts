const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The business date. China has had no summer time since 1991, so a fixed offset is exact for every date a bank sees. */
export function shanghaiDateOf(instantMs: number): string {
  return new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}
