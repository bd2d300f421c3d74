import { businessDateOf } from '../shared/calendar.ts';
import { taskIdOf } from '../shared/ids.ts';
import { openTask } from '../tasks/open-task.ts';
import type { Task, TaskKind } from '../tasks/task.ts';
import {
  collectableFen,
  collectableLoans,
  daysPastDueOn,
  type CollectionCase,
  type Pause,
  type PendingStep,
} from './case.ts';
import { OutcomeCode } from './outcome-code.ts';
import type { CollectionScript } from './script.ts';
import type { StepAction } from './strategy.ts';

/** The work for people that a step of the ladder is; a step that has none here is done by a function. */
export const taskKindOfAction: Readonly<Partial<Record<StepAction, TaskKind>>> = {
  Call: 'CallBorrower',
  Visit: 'VisitBorrower',
  LegalAction: 'ApproveLegalAction',
  GuarantorCompensation: 'ApproveCompensation',
  WriteOff: 'ApproveWriteOff',
  TransferClaim: 'ApproveTransfer',
};

const taskKindOfPause: Readonly<Record<Exclude<Pause['kind'], 'Restructuring'>, TaskKind>> = {
  Hardship: 'DecideHardship',
  Dispute: 'AnswerDispute',
  Complaint: 'AnswerComplaint',
};

/** Rounds of one case: openings do not share tasks. */
const ROUNDS_PER_OPENING = 10_000;

/** The task of a step: its id follows from the case, its opening and the step, so that whoever ends the case finds it. */
export function stepTaskIdOf(
  { caseId, opening }: Pick<CollectionCase, 'caseId' | 'opening'>,
  { action, number }: Pick<PendingStep, 'action' | 'number'>,
): string | undefined {
  const kind = taskKindOfAction[action];
  return kind === undefined ? undefined : taskIdOf(caseId, kind, roundOf(opening, number));
}

/** The task of a request of the debtor; new terms have none here. */
export function pauseTaskIdOf(
  { caseId, opening }: Pick<CollectionCase, 'caseId' | 'opening'>,
  { pauseId, kind }: Pick<Pause, 'pauseId' | 'kind'>,
): string | undefined {
  if (kind === 'Restructuring') return undefined;
  return taskIdOf(`${caseId}|${pauseId}`, taskKindOfPause[kind], opening);
}

function roundOf(opening: number, number: number): number {
  return opening * ROUNDS_PER_OPENING + number;
}

/** Opens the work of a step. What is shown says what is owed and what may be said; never who the debtor is. */
export function openStepTask(
  collectionCase: CollectionCase,
  step: {
    readonly pending: PendingStep;
    readonly script: CollectionScript | undefined;
    readonly taskToken: string;
    readonly at: string;
  },
): Task {
  const { pending, script, taskToken, at } = step;
  const kind = taskKindOfAction[pending.action];
  if (kind === undefined) throw new Error(`nobody is asked for a step ${pending.action}`);
  return openTask({
    kind,
    applicationId: applicationOf(collectionCase),
    partnerId: partnerOf(collectionCase),
    subjectId: collectionCase.caseId,
    round: roundOf(collectionCase.opening, pending.number),
    about: { caseId: collectionCase.caseId },
    content: {
      ...caseContent(collectionCase, businessDateOf(Date.parse(at))),
      step: pending.stepId,
      number: pending.number,
      ...(script === undefined
        ? {}
        : { scriptId: script.scriptId, scriptVersion: script.version, script: script.text }),
      ...(pending.action === 'Call' || pending.action === 'Visit'
        ? { outcomeCodes: OutcomeCode.options }
        : {}),
    },
    // A write-off gives money up: two people, neither of them twice.
    approvalsRequired: pending.action === 'WriteOff' ? 2 : 1,
    taskToken,
    at,
  });
}

/** The task in which people answer a request of the debtor; due on the day by which the answer is due. */
export function openPauseTask(
  collectionCase: CollectionCase,
  { pause, at }: { readonly pause: Pause; readonly at: string },
): Task {
  const { pauseId, kind, reason, evidence, answerBy, complexity, loanIds, plan, recordedBy } =
    pause;
  if (kind === 'Restructuring') throw new Error('servicing asks people about a restructuring');
  const recorder = recordedBy?.replace('operator:', '');
  return openTask({
    kind: taskKindOfPause[kind],
    applicationId: applicationOf(collectionCase),
    partnerId: partnerOf(collectionCase),
    subjectId: `${collectionCase.caseId}|${pauseId}`,
    round: collectionCase.opening,
    about: { caseId: collectionCase.caseId, pauseId },
    content: {
      ...caseContent(collectionCase, businessDateOf(Date.parse(at))),
      pauseId,
      reason,
      evidence,
      complexity,
      ...(loanIds === undefined ? {} : { disputedLoanIds: loanIds }),
      ...(plan === undefined ? {} : { plan }),
    },
    excludedOperators: recorder === undefined ? [] : [recorder],
    dueAt: new Date(`${answerBy}T18:00:00+08:00`).toISOString(),
    at,
  });
}

function caseContent(collectionCase: CollectionCase, on: string) {
  const { caseId, opening, promises, strategyId, strategyVersion, arm, assignment } =
    collectionCase;
  return {
    caseId,
    opening,
    strategy: `${strategyId}#${strategyVersion}`,
    arm,
    loanIds: collectableLoans(collectionCase).map(({ loanId }) => loanId),
    overdueFen: collectableFen(collectionCase),
    daysPastDue: daysPastDueOn(collectionCase, on),
    promisesKept: promises.filter(({ status }) => status === 'Kept').length,
    promisesBroken: promises.filter(({ status }) => status === 'Broken').length,
    priority: priorityOf(collectionCase, on),
    ...(assignment === undefined ? {} : { agencyId: assignment.agencyId }),
  };
}

const DAYS_PER_BUCKET = 30;

/** What is at stake, weighed by how near the next bucket is: the greater, the sooner. No money: a rank. */
export function priorityOf(collectionCase: CollectionCase, on: string): number {
  const daysPastDue = daysPastDueOn(collectionCase, on);
  const dayOfBucket = daysPastDue === 0 ? 0 : ((daysPastDue - 1) % DAYS_PER_BUCKET) + 1;
  return collectableFen(collectionCase) * (dayOfBucket + 1);
}

function applicationOf({ loans }: CollectionCase): string {
  return firstLoan(loans).applicationId;
}

function partnerOf({ loans }: CollectionCase): string {
  return firstLoan(loans).partnerId;
}

function firstLoan(loans: CollectionCase['loans']) {
  const [loan] = loans;
  if (loan === undefined) throw new Error('a case with nothing overdue is closed');
  return loan;
}
