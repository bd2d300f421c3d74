import type { PlatformAnswer, PlatformClient } from '../sandbox/platform-client.ts';
import { everyItem } from '../sandbox/page-items.ts';
import { tableOf, yuan } from './replay-summary.ts';
import { textOf } from './tasks.ts';

type Body = PlatformAnswer['body'];
type Row = Readonly<Record<string, unknown>>;

/** No column of these tables is aligned as a number. */
const NO_NUMBERS = 99;

/** Every row of a list of the operator API. */
export async function rowsOf(operator: PlatformClient, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of everyItem(operator, path)) rows.push(row);
  return rows;
}

/** Rows as a table under the names of their columns; amounts in yuan. */
export function describeRows(
  rows: readonly Row[],
  columns: Readonly<Record<string, string>>,
  ifNone: string,
): string[] {
  if (rows.length === 0) return [ifNone];
  const cells = rows.map((row) =>
    Object.keys(columns).map((name) =>
      name.endsWith('Fen') ? yuan(Number(row[name])) : textOf(row[name]),
    ),
  );
  return tableOf([Object.values(columns), ...cells], NO_NUMBERS);
}

export const receiptColumns = {
  receiptId: 'receipt',
  amountFen: 'amount',
  valueDate: 'value date',
  bankId: "bank's id",
  suspendedBecause: 'because',
  loanId: 'claims to be of',
};
export const noticeColumns = {
  noticeId: 'notice',
  channel: 'channel',
  status: 'status',
  language: 'language',
  attempts: 'attempts',
  sentAt: 'sent',
  lastFault: 'last fault',
};
export const dayColumns = {
  businessDate: 'date',
  status: 'status',
  closesFrom: 'closes from',
  changed: 'changed',
  parked: 'parked',
  endedAt: 'ended',
};
export const parkedColumns = {
  loanId: 'loan',
  businessDate: 'not closed since',
  attempts: 'attempts',
  reason: 'because',
};

/** The flags of `restructuring ask`, as the API takes a plan. Numbers that are none are refused by the API, by name. */
export function planOf(flags: {
  readonly moreInstallments?: string;
  readonly holidayPeriods?: string;
  readonly annualRate?: string;
  readonly spreadPastDue?: boolean;
  readonly keepInstallment?: boolean;
}): Row {
  const { moreInstallments, holidayPeriods, annualRate, spreadPastDue, keepInstallment } = flags;
  return {
    ...(moreInstallments === undefined ? {} : { moreInstallments: Number(moreInstallments) }),
    ...(holidayPeriods === undefined ? {} : { holidayPeriods: Number(holidayPeriods) }),
    ...(annualRate === undefined ? {} : { annualRate }),
    ...(spreadPastDue === true ? { isPastDuePrincipalSpread: true } : {}),
    ...(keepInstallment === true ? { isInstallmentKept: true } : {}),
  };
}

/** A request that a second person decides, as lines for a person. */
export function describeRequest(task: Body): string[] {
  const taskId = textOf(task['taskId']);
  return [
    `${taskId} waits for a second person, until ${textOf(task['dueAt'])}`,
    `decide it: zhudai tasks decide ${taskId} Approve`,
  ];
}

interface Sheet {
  readonly statement: string;
  readonly allInCost: string;
  readonly allInCostBefore: string;
  readonly maturesOn: string;
  readonly maturesOnBefore: string;
  readonly toCome: Readonly<Record<string, number>>;
  readonly toComeBefore: Readonly<Record<string, number>>;
  readonly schedule: readonly { readonly dueOn: string; readonly totalFen: number }[];
}

/** What the borrower is to read before a restructuring takes effect, as lines for a person. */
export function describeOffer(body: Body): string[] {
  const sheet = body['sheet'] as Sheet;
  const sums = ['principalFen', 'interestFen', 'feeFen'] as const;
  const rows = sums.map((name) => [
    name.replace(/Fen$/, ''),
    yuan(sheet.toComeBefore[name] ?? 0),
    yuan(sheet.toCome[name] ?? 0),
  ]);
  return [
    sheet.statement,
    ...tableOf(
      [
        ['to come', 'without', 'with the change'],
        ...rows,
        ['all-in cost a year', sheet.allInCostBefore, sheet.allInCost],
        ['matures on', sheet.maturesOnBefore, sheet.maturesOn],
      ],
      NO_NUMBERS,
    ),
    ...sheet.schedule.map(({ dueOn, totalFen }) => `  ${dueOn}  ${yuan(totalFen)}`),
    `open until ${textOf(body['expiresOn'])}; confirm it: zhudai restructuring confirm ${textOf(body['loanId'])}`,
  ];
}

/** Confirms the offer as the partner that showed it: it attests when, and for how many seconds it was read. */
export async function confirmOffer(
  partner: PlatformClient,
  loanId: string,
  shown: { readonly shownAt: string; readonly readSeconds: number },
): Promise<Body> {
  const offer = await partner.get(`/v1/loans/${loanId}/restructuring-offer`);
  const path = `/v1/loans/${loanId}/disclosure`;
  return (await partner.post(path, { sheetHash: offer['sheetHash'], ...shown })).body;
}
