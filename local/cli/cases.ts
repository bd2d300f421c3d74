import type { PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';
import { everyItem } from '../sandbox/page-items.ts';
import { describeRows } from './servicing.ts';
import { textOf, type TaskRow } from './tasks.ts';

/** The open collection cases of a lender. */
export async function openCases(operator: PlatformClient, lenderId: string): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  const path = `/ops/cases?lenderId=${encodeURIComponent(lenderId)}`;
  for await (const row of everyItem(operator, path)) rows.push(row);
  return rows;
}

/** The list as lines for a person. */
export function describeCases(rows: readonly TaskRow[]): string[] {
  if (rows.length === 0) return ['nothing is being collected'];
  const cells = rows.map((row) =>
    ['caseId', 'daysPastDue', 'overdueFen', 'strategyId', 'arm', 'openedAt'].map((name) =>
      textOf(row[name]),
    ),
  );
  return tableOf([['case', 'days', 'overdue fen', 'strategy', 'arm', 'since'], ...cells], 99);
}

/** An account of the queue, with what to say and how to go on. */
export function describeAccount(task: TaskRow): string[] {
  const { caseId, overdueFen, daysPastDue, step, scriptId, script, outcomeCodes } = (task[
    'content'
  ] ?? {}) as TaskRow;
  const { zh, en } = (script ?? {}) as TaskRow;
  const channel = task['kind'] === 'VisitBorrower' ? 'Visit' : 'Call';
  return [
    `${textOf(task['taskId'])} ${textOf(task['kind'])}, until ${textOf(task['dueAt'])}`,
    `${textOf(caseId)}: ${textOf(overdueFen)} fen, ${textOf(daysPastDue)} days past due, step ${textOf(step)}`,
    ...[zh, en].map(textOf).filter((text) => text !== ''),
    `outcomes: ${Array.isArray(outcomeCodes) ? outcomeCodes.join(' ') : ''}`,
    `ask first: zhudai collect contact ${textOf(caseId)} --channel ${channel} --script ${textOf(scriptId)}`,
  ];
}

const resultColumns = {
  strategy: 'strategy',
  arm: 'arm',
  agencyId: 'agency',
  cases: 'cases',
  cured: 'cured',
  receivedFen: 'received',
  costFen: 'cost',
  days: 'days',
};

/** How cases ended, by strategy arm or by agency. */
export function describeResults(found: TaskRow): string[] {
  const rows = (found['items'] ?? []) as TaskRow[];
  return describeRows(rows, resultColumns, 'no case has ended');
}

/** One case with what was done in it. */
export function describeCase(found: TaskRow): string[] {
  const contacts = (found['contacts'] ?? []) as TaskRow[];
  const promises = (found['promises'] ?? []) as TaskRow[];
  const pauses = (found['pauses'] ?? []) as TaskRow[];
  const assignment = found['assignment'] as TaskRow | undefined;
  const pending = found['pending'] as TaskRow | undefined;
  return [
    `${textOf(found['caseId'])} is ${textOf(found['status'])} ${textOf(found['closedBecause'])}`.trimEnd(),
    `${textOf(found['overdueFen'])} fen, ${textOf(found['daysPastDue'])} days past due`,
    `strategy ${textOf(found['strategyId'])}#${textOf(found['strategyVersion'])} ${textOf(found['arm'])}`,
    pending === undefined ? 'nothing under way' : `under way: ${textOf(pending['stepId'])}`,
    ...(assignment === undefined ? [] : [`with ${textOf(assignment['agencyId'])}`]),
    ...pauses.map(
      (pause) =>
        `rests: ${textOf(pause['kind'])} (${textOf(pause['pauseId'])}), answer by ${textOf(pause['answerBy'])}`,
    ),
    ...promises.map(
      (promise) =>
        `promise of ${textOf(promise['amountFen'])} fen by ${textOf(promise['dueOn'])}: ${textOf(promise['status'])}`,
    ),
    ...contacts.map((contact) =>
      ['reservedAt', 'channel', 'speaker', 'result', 'outcomeCode']
        .map((name) => textOf(contact[name]))
        .join('  '),
    ),
  ];
}
