import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Grant } from '#local/hosting/permissions.ts';

/** What one run of the suite did and tried. */
export interface RecordedUses {
  readonly used: readonly Grant[];
  readonly refused: readonly Grant[];
}

/** A grant that nothing on one machine can use, and why it is needed nevertheless. */
export interface Excuse {
  readonly action: RegExp;
  readonly role: RegExp;
  /** Of one resource alone, where the action as such is used. */
  readonly resource?: RegExp;
  readonly reason: string;
}

export interface Comparison {
  /** Asked for and not granted. */
  readonly refused: readonly string[];
  /** Granted and never used, without an excuse. */
  readonly unused: readonly string[];
  /** Excuses for nothing. */
  readonly idleExcuses: readonly string[];
}

/** Reads what the platforms of a run have written down. */
export function readUses(directory: string): RecordedUses {
  const used: Grant[] = [];
  const refused: Grant[] = [];
  for (const file of existsSync(directory) ? readdirSync(directory) : [])
    for (const line of readFileSync(join(directory, file), 'utf8').split('\n')) {
      // A platform killed while it wrote leaves half a line.
      if (!line.endsWith('}')) continue;
      const { isAllowed, ...use } = JSON.parse(line) as Grant & { isAllowed: boolean };
      (isAllowed ? used : refused).push(use);
    }
  return { used, refused };
}

/** Compares both ways what was granted with what was used. */
export function compareGrants(
  granted: readonly Grant[],
  { used, refused }: RecordedUses,
  excuses: readonly Excuse[],
): Comparison {
  const wereUsed = new Set(used.map(textOf));
  const covers = ({ action, role, resource = /./ }: Excuse, grant: Grant): boolean =>
    action.test(grant.action) && role.test(grant.role) && resource.test(grant.resource);
  const unused = granted.filter(
    (grant) => !wereUsed.has(textOf(grant)) && !excuses.some((excuse) => covers(excuse, grant)),
  );
  // Not by what was unused this time: whether a race happened must not decide.
  const idle = excuses.filter((excuse) => !granted.some((grant) => covers(excuse, grant)));
  return {
    refused: [...new Set(refused.map(textOf))].toSorted(),
    unused: [...new Set(unused.map(textOf))].toSorted(),
    idleExcuses: idle.map(({ action, role }) => `${String(action)} of ${String(role)}`),
  };
}

function textOf({ role, action, resource }: Grant): string {
  return `${role} ${action} ${resource}`;
}
