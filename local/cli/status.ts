import { sendRaw } from '../sandbox/http-json.ts';
import { PlatformClient } from '../sandbox/platform-client.ts';
import type { Credentials } from './credentials.ts';
import { percent, yuan } from './replay-summary.ts';
import { openTasks, textOf } from './tasks.ts';

export interface PlatformStatus {
  readonly baseUrl: string;
  /** The platform's own time. */
  readonly now?: string;
  readonly openTasks: Readonly<Record<string, number>>;
  readonly payouts: number;
  readonly paidFen: number;
}

/** What waits, what was paid, and what time it is on the platform. */
export async function readStatus(credentials: Credentials): Promise<PlatformStatus> {
  const { baseUrl, operatorToken } = credentials;
  const books = await sendRaw({ method: 'GET', url: `${baseUrl}/sandbox/bank/books` });
  const { totals } = JSON.parse(books.text) as { totals: { payouts: number; paidFen: number } };
  const clock = await sendRaw({ method: 'GET', url: `${baseUrl}/local/clock` });
  const { now } = (clock.status === 200 ? JSON.parse(clock.text) : {}) as { now?: string };
  const rows = await openTasks(new PlatformClient({ baseUrl, credential: operatorToken }));
  const open: Record<string, number> = {};
  for (const row of rows) open[textOf(row['queue'])] = (open[textOf(row['queue'])] ?? 0) + 1;
  const { payouts, paidFen } = totals;
  return { baseUrl, ...(now !== undefined && { now }), openTasks: open, payouts, paidFen };
}

/** The status as lines for a person. */
export function describeStatus(status: PlatformStatus): string[] {
  const open = Object.entries(status.openTasks).map(([queue, count]) => `${queue} ${count}`);
  return [
    `${status.baseUrl}${status.now === undefined ? '' : `, where it is ${status.now}`}`,
    `open tasks: ${open.length === 0 ? 'none' : open.join(', ')}`,
    `paid out: ${yuan(status.paidFen)} in ${status.payouts} payouts`,
  ];
}

/** One application as lines for a person. */
export function describeApplication(body: Readonly<Record<string, unknown>>): string[] {
  const contract = (body['contract'] ?? {}) as Record<string, unknown>;
  const codes = Array.isArray(body['reasonCodes']) ? body['reasonCodes'].map(String) : [];
  const requested = Array.isArray(body['documentsRequested'])
    ? body['documentsRequested'].map(String)
    : [];
  const { aprNominal } = contract;
  return [
    `${textOf(body['applicationId'])} (${textOf(body['externalId'])}) is ${textOf(body['status'])}`,
    ...(codes.length > 0 ? [`reasons: ${codes.join(', ')}`] : []),
    ...(requested.length > 0 ? [`documents asked for: ${requested.join(', ')}`] : []),
    ...(typeof aprNominal === 'string'
      ? [`contract ${textOf(contract['contractNumber'])} at ${percent(aprNominal)} a year`]
      : []),
    ...(typeof body['loanId'] === 'string' ? [`loan ${body['loanId']}`] : []),
  ];
}
