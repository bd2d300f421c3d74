import { compareReplay, type ReplayedCase, type ReplayReport } from './replay-decisions.ts';
import type { ShadowCase } from './decision-record.ts';

/** What a challenger would have changed in a period, or did: `before` is the champion, `after` the challenger. */
export interface ContestReport extends ReplayReport {
  readonly champion: string;
  readonly challenger: string;
  readonly firstDecidedAt: string;
  readonly lastDecidedAt: string;
  /** How many the challenger decided; the others it decided in the shadow. */
  readonly decidedByChallenger: number;
}

/** Champion and challenger over the same applications, a report for every pair of versions that met. */
export function compareShadows(cases: readonly ShadowCase[]): ContestReport[] {
  const byPair = Map.groupBy(cases.map(contestIn), ({ champion, challenger }) =>
    [champion, challenger].join(' and '),
  );
  return [...byPair.values()].flatMap(reportOf);
}

interface Contest extends ReplayedCase {
  readonly champion: string;
  readonly challenger: string;
  readonly decidedAt: string;
  readonly isByChallenger: boolean;
}

function contestIn({
  applicationId,
  creditPolicy,
  decidedAt,
  decided,
  beside,
}: ShadowCase): Contest {
  const shadow = { creditPolicy, decided };
  const [champion, challenger] = beside.isChampion ? [beside, shadow] : [shadow, beside];
  return {
    applicationId,
    decidedAt,
    champion: champion.creditPolicy,
    challenger: challenger.creditPolicy,
    before: champion.decided,
    after: challenger.decided,
    isByChallenger: !beside.isChampion,
  };
}

function reportOf(contests: readonly Contest[]): ContestReport[] {
  const inOrder = contests.toSorted((a, b) => (a.decidedAt < b.decidedAt ? -1 : 1));
  const first = inOrder.at(0);
  const last = inOrder.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    {
      champion: first.champion,
      challenger: first.challenger,
      firstDecidedAt: first.decidedAt,
      lastDecidedAt: last.decidedAt,
      decidedByChallenger: contests.filter(({ isByChallenger }) => isByChallenger).length,
      ...compareReplay(inOrder),
    },
  ];
}
