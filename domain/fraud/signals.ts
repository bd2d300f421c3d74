import type { Sighting } from './sighting.ts';
import type { TraitKind } from './traits.ts';

/** The facts anti-fraud rules read. A trait the application does not have has no counts: it is said by `has…`. */
export type Signals = Record<string, number | boolean>;

export interface TraitHistory {
  readonly kind: TraitKind;
  /** The sightings of one trait within the longest window, this application's among them. */
  readonly sightings: readonly Sighting[];
}

interface Window {
  readonly fact: string;
  readonly kind: TraitKind;
  readonly days: number;
  readonly counts: 'Applications' | 'Borrowers';
}

const windows: readonly Window[] = [
  { fact: 'applicationsByDevice1Day', kind: 'device', days: 1, counts: 'Applications' },
  { fact: 'applicationsByDevice30Days', kind: 'device', days: 30, counts: 'Applications' },
  { fact: 'borrowersByDevice30Days', kind: 'device', days: 30, counts: 'Borrowers' },
  { fact: 'applicationsByIp1Day', kind: 'ip', days: 1, counts: 'Applications' },
  { fact: 'applicationsByPhone7Days', kind: 'phone', days: 7, counts: 'Applications' },
  { fact: 'borrowersByPhone30Days', kind: 'phone', days: 30, counts: 'Borrowers' },
  { fact: 'borrowersByCard30Days', kind: 'card', days: 30, counts: 'Borrowers' },
  { fact: 'borrowersByAddress30Days', kind: 'address', days: 30, counts: 'Borrowers' },
  { fact: 'borrowersByContact30Days', kind: 'contact', days: 30, counts: 'Borrowers' },
];

/** How far back any rule looks, in days. */
export const signalDays = Math.max(...windows.map(({ days }) => days));
const DAY_MS = 86_400_000;

/**
 * What other applications have in common with this one: how many, and of how many other borrowers, in each window that
 * ends when it came. Later ones do not count, so the answer is the same whenever it is asked. Of several contacts the
 * most shared one speaks.
 */
export function signalsOf(
  own: Pick<Sighting, 'applicationId' | 'borrower' | 'seenAt'>,
  histories: readonly TraitHistory[],
  applicationsByPartner1Day: number,
): Signals {
  const has = (kind: TraitKind): boolean => histories.some((history) => history.kind === kind);
  const signals: Signals = {
    hasDevice: has('device'),
    hasAddress: has('address'),
    hasContacts: has('contact'),
    applicationsByPartner1Day,
  };
  for (const window of windows) {
    const counts = histories
      .filter(({ kind }) => kind === window.kind)
      .map(({ sightings }) => countIn(window, sightings, own));
    if (counts.length > 0) signals[window.fact] = Math.max(...counts);
  }
  return signals;
}

function countIn(
  { days, counts }: Window,
  sightings: readonly Sighting[],
  own: Pick<Sighting, 'applicationId' | 'borrower' | 'seenAt'>,
): number {
  const since = sinceOf(own.seenAt, days);
  const others = sightings.filter(
    ({ applicationId, seenAt }) =>
      applicationId !== own.applicationId && seenAt > since && seenAt <= own.seenAt,
  );
  if (counts === 'Applications') return others.length;
  const borrowers = new Set(others.map(({ borrower }) => borrower));
  borrowers.delete(own.borrower);
  return borrowers.size;
}

/** The instant so many days before another, in UTC. */
export function sinceOf(seenAt: string, days: number): string {
  return new Date(Date.parse(seenAt) - days * DAY_MS).toISOString();
}
