import type { PlatformClient } from '../sandbox/platform-client.ts';
import { tableOf } from './replay-summary.ts';
import { everyItem } from '../sandbox/page-items.ts';
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

/** One case with what was done in it. */
export function describeCase(found: TaskRow): string[] {
  const contacts = (found['contacts'] ?? []) as TaskRow[];
  const pending = found['pending'] as TaskRow | undefined;
  return [
    `${textOf(found['caseId'])} is ${textOf(found['status'])} ${textOf(found['closedBecause'])}`.trimEnd(),
    `${textOf(found['overdueFen'])} fen, ${textOf(found['daysPastDue'])} days past due`,
    `strategy ${textOf(found['strategyId'])}#${textOf(found['strategyVersion'])} ${textOf(found['arm'])}`,
    pending === undefined ? 'nothing under way' : `under way: ${textOf(pending['stepId'])}`,
    ...contacts.map((contact) =>
      ['reservedAt', 'channel', 'speaker', 'result', 'outcomeCode']
        .map((name) => textOf(contact[name]))
        .join('  '),
    ),
  ];
}
