const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** Seconds in a duration such as `30d`, `12h` or `1d12h`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const isWhole = parts.map(([part]) => part).join('') === text;
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
  if (!isWhole || seconds <= 0)
    throw new Error(`"${text}" is no duration: write 30d, 12h, 90m or 1d12h`);
  return seconds;
}
