/**
 * Population stability index of two divisions of the same classes: the sum over classes of (now - then) × ln(now / then),
 * in shares. 0 is no change. A class that one side does not have counts as half a case there, so that the index stays
 * finite; a class that neither has says nothing.
 */
export function populationStability(then: readonly number[], now: readonly number[]): number {
  if (then.length !== now.length)
    throw new Error(`${then.length} classes cannot be compared with ${now.length}`);
  const cases = { then: sumOf(then), now: sumOf(now) };
  if (cases.then === 0 || cases.now === 0) return 0;
  return then.reduce((sum, before, at) => {
    const after = now[at] ?? 0;
    if (before === 0 && after === 0) return sum;
    const shareThen = Math.max(before, 0.5) / cases.then;
    const shareNow = Math.max(after, 0.5) / cases.now;
    return sum + (shareNow - shareThen) * Math.log(shareNow / shareThen);
  }, 0);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
