/** A published version of a machine or of a function, and the release that its text names. */
export interface ReleasedVersion {
  readonly number: number;
  readonly release: string | undefined;
}

/** What a rollback does with one alias; without `to` it stays, and `because` says why. */
export interface Move {
  readonly from: number;
  readonly to?: number;
  readonly release?: string | undefined;
  readonly because?: string;
}

/** The release named in a definition's comment or in a function's description: `… (release 0.1.0)`, `… (test, release 0.1.0)`. */
export function releaseNamedIn(text: string): string | undefined {
  return /release ([^\s()]+)\)$/.exec(text)?.[1];
}

/**
 * Where the alias of a machine goes. `wish` is a version's number or a release; without one, the version before.
 * Throws when there is no such version: a rollback that cannot be done must not seem done.
 */
export function moveOfMachine(
  versions: readonly ReleasedVersion[],
  current: number,
  wish: string | undefined,
): Move {
  const chosen = newest(
    versions.filter(({ number, release }) => {
      if (wish === undefined) return number < current;
      return /^\d+$/.test(wish) ? number === Number(wish) : release === wish;
    }),
  );
  if (!chosen)
    throw new Error(
      wish === undefined
        ? `there is no version before ${current}`
        : `no version ${wish} is kept; there are ${versions.map(nameOf).join(', ')}`,
    );
  if (chosen.number === current)
    return { from: current, release: chosen.release, because: 'it is there already' };
  return { from: current, to: chosen.number, release: chosen.release };
}

/** A function follows to the release of its machine: its newest version of that release. */
export function moveOfFunction(
  versions: readonly ReleasedVersion[],
  current: number,
  release: string | undefined,
): Move {
  const before = versions.find(({ number }) => number === current);
  if (release === undefined || before?.release === release)
    return { from: current, because: 'it is of that release' };
  const chosen = newest(versions.filter((each) => each.release === release));
  if (!chosen) return { from: current, because: `no version of release ${release} is kept` };
  return { from: current, to: chosen.number, release };
}

function newest(versions: readonly ReleasedVersion[]): ReleasedVersion | undefined {
  return versions.toSorted((a, b) => b.number - a.number)[0];
}

function nameOf({ number, release }: ReleasedVersion): string {
  return release === undefined ? String(number) : `${number} (release ${release})`;
}
