import type { Grant } from '#local/hosting/permissions.ts';
import { compareGrants, type Excuse, type RecordedUses } from './compare-grants.ts';

/** What a run of tests came to. */
export interface Run {
  /** Every file of tests there is. */
  readonly files: readonly string[];
  /** Those of them that ran and passed. */
  readonly passed: readonly string[];
  /** A name, a tag or an `only` left tests of these files out. */
  readonly isNarrowed: boolean;
}

/**
 * Whether the run was of the whole suite. Told by the files that ran and not by what was asked for: a filter, a shard, an
 * excluded file and a run that was broken off all leave files out. A file that failed may have left its uses undone.
 */
export function isWhole({ files, passed, isNarrowed }: Run): boolean {
  const ran = new Set(passed);
  return !isNarrowed && files.length > 0 && files.every((file) => ran.has(file));
}

/** What a run says against the grants, one text for each kind; nothing when all is well. */
export async function faultsOf(
  run: Run,
  uses: RecordedUses,
  granted: () => Promise<readonly Grant[]>,
  excuses: readonly Excuse[],
): Promise<readonly string[]> {
  // What nobody used in a part of the suite says nothing.
  if (!isWhole(run)) return named('used, but not granted:', compareGrants([], uses, []).refused);
  const { refused, unused, idleExcuses } = compareGrants(await granted(), uses, excuses);
  return [
    named('used, but not granted:', refused),
    named('granted, but used by nothing in the whole suite (test/grants/excuses.ts):', unused),
    named('excuses for nothing (test/grants/excuses.ts):', idleExcuses),
  ].flat();
}

function named(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [[title, ...items].join('\n')];
}
