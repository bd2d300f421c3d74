import { addDays, isBusinessDay } from '../shared/calendar.ts';
import type { RestructuringPlan } from '../servicing/restructuring.ts';
import { InvalidInput, InvalidTransition } from '../shared/errors.ts';
import type { CollectionCase, Pause } from './case.ts';
import { changeCase } from './change-case.ts';
import type { ConductLimits } from './conduct-limits.ts';

export interface PauseRequest {
  readonly kind: Exclude<Pause['kind'], 'Restructuring'>;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly complexity?: Pause['complexity'];
  /** Of a dispute: the loans it is about; without them it is about all. */
  readonly loanIds?: readonly string[] | undefined;
  /** Of hardship, and of nothing else: the terms the debtor asks for. */
  readonly plan?: RestructuringPlan | undefined;
  readonly on: string;
  readonly at: string;
  readonly actor: string;
  readonly limits: Pick<ConductLimits, 'hardshipReplyWorkdays' | 'complaintDays' | 'disputeDays'>;
}

/**
 * Puts a case to rest while a request of the debtor is open: hardship (5.19), a complaint (5.20), a dispute (7.16). The rest
 * ends with our answer, never by our being late with it.
 */
export function pauseCase(collectionCase: CollectionCase, request: PauseRequest): CollectionCase {
  const { kind, reason, evidence, complexity = 'Plain', loanIds, plan, on, at, actor } = request;
  if (collectionCase.status === 'Closed')
    throw new InvalidTransition(`case ${collectionCase.caseId} is closed`);
  const isAsked = (pause: Pause): boolean =>
    pause.kind === kind || (kind === 'Hardship' && pause.kind === 'Restructuring');
  if (collectionCase.pauses.some((pause) => isAsked(pause) && isAboutSame(pause, loanIds)))
    throw new InvalidTransition(`case ${collectionCase.caseId} rests for that already`);
  if (loanIds !== undefined && kind === 'Hardship')
    throw new InvalidInput('hardship is of the borrower, not of one loan');
  if ((kind === 'Hardship') !== (plan !== undefined))
    throw new InvalidInput('hardship says in plan what is asked for, and nothing else does');
  if (kind === 'Hardship' && evidence.length === 0)
    throw new InvalidInput('hardship comes with evidence');
  const foreign = loanIds?.find((id) => !collectionCase.loans.some(({ loanId }) => loanId === id));
  if (foreign !== undefined) throw new InvalidInput(`loan ${foreign} is not in the case`);
  const pause: Pause = {
    pauseId: `pause-${collectionCase.version + 1}`,
    kind,
    since: on,
    answerBy: answerBy(request),
    complexity,
    ...(loanIds === undefined ? {} : { loanIds: [...loanIds] }),
    ...(plan === undefined ? {} : { plan }),
    recordedBy: actor,
    reason,
    evidence: [...evidence],
  };
  return changeCase(collectionCase, {
    type: 'CasePaused',
    at,
    actor,
    patch: { pauses: [...collectionCase.pauses, pause] },
    facts: { pauseId: pause.pauseId, kind, answerBy: pause.answerBy, reason, complexity, loanIds },
  });
}

function isAboutSame(pause: Pause, loanIds: readonly string[] | undefined): boolean {
  if (pause.loanIds === undefined || loanIds === undefined) return true;
  return loanIds.some((loanId) => pause.loanIds?.includes(loanId));
}

/** By when the debtor must have an answer. Hardship counts working days, the others calendar days. */
function answerBy({ kind, complexity = 'Plain', on, limits }: PauseRequest): string {
  if (kind === 'Hardship') return addWorkdays(on, limits.hardshipReplyWorkdays);
  if (kind === 'Dispute') return addDays(on, limits.disputeDays);
  return addDays(on, limits.complaintDays[complexity]);
}

/** The date so many working days after the one given. */
export function addWorkdays(date: string, workdays: number): string {
  let day = date;
  for (let left = workdays; left > 0;) {
    day = addDays(day, 1);
    if (isBusinessDay(day)) left -= 1;
  }
  return day;
}
