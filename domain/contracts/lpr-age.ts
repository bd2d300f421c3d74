import {
  policyIntForAll,
  policyValue,
  type PolicyPack,
  type PolicyScope,
} from '../catalog/policy-pack.ts';
import { daysBetween, nextBusinessDay } from '../shared/calendar.ts';
import { openTask } from '../tasks/open-task.ts';
import type { Task } from '../tasks/task.ts';
import { monthBefore } from '../underwriting/model-watch/months.ts';

/** How old the loan prime rate of a policy pack is on a date. */
export interface LprAge {
  readonly lpr: string;
  /** When it was last published with this value, as far as the pack knows. */
  readonly publishedOn: string;
  /** The newest day on which one was to be published before the date. */
  readonly expectedOn: string;
  readonly ageDays: number;
  /** Late: a publication is missing. Stale: older than the pack allows, so what is a multiple of it is a guess. */
  readonly level: 'Current' | 'Late' | 'Stale';
}

/** The LPR is the same for every lender; it is asked for as the lenders whose target is a multiple of it do. */
const lenderType = 'Microloan';

/**
 * Compares the pack's LPR with the days on which it is published: the 20th of each month, rolled to the next business day
 * (中国人民银行公告〔2019〕第15号). A publication counts as missing from the day after. Undefined when the pack has none.
 */
export function lprAgeOf(pack: PolicyPack, date: string): LprAge | undefined {
  const scope: PolicyScope = { lenderType, date };
  const leaf = policyValue(pack, 'lpr.1Y', scope);
  if (typeof leaf?.value !== 'string') return undefined;
  const confirmed = policyValue(pack, 'lpr.publishedOn', scope)?.value;
  const publishedOn =
    typeof confirmed === 'string' && confirmed > leaf.effectiveFrom
      ? confirmed
      : leaf.effectiveFrom;
  const expectedOn = publicationBefore(date);
  const ageDays = daysBetween(publishedOn, date);
  const isStale = ageDays > policyIntForAll(pack, 'lpr.staleAfterDays', date);
  const isLate = publishedOn < expectedOn;
  return {
    lpr: leaf.value,
    publishedOn,
    expectedOn,
    ageDays,
    level: isStale ? 'Stale' : isLate ? 'Late' : 'Current',
  };
}

const PUBLICATION_DAY = 20;

/** The last day of publication before a date: on the day itself it may still come. */
function publicationBefore(date: string): string {
  const ofThisMonth = publicationIn(date.slice(0, 7));
  return ofThisMonth < date ? ofThisMonth : publicationIn(monthBefore(date.slice(0, 7), 1));
}

function publicationIn(month: string): string {
  return nextBusinessDay(`${month}-${String(PUBLICATION_DAY)}`);
}

/** What tasks about the LPR of a pack are numbered under. */
export function lprSubjectOf(policyPack: string): string {
  return `lpr|${policyPack}`;
}

/** Work for the risk team: look up the newest LPR and publish a pack with it. */
export function lprTask(
  age: LprAge,
  {
    policyPack,
    round,
    at,
  }: { readonly policyPack: string; readonly round: number; readonly at: string },
): Task {
  return openTask({
    kind: 'RenewLpr',
    subjectId: lprSubjectOf(policyPack),
    about: { policyPack },
    round,
    content: { policyPack, ...age, round },
    at,
  });
}
