import { randomUUID } from 'node:crypto';
import { sendRaw } from '../sandbox/http-json.ts';
import type { PlatformAnswer, PlatformClient } from '../sandbox/platform-client.ts';
import { yuan } from './replay-summary.ts';
import { textOf } from './tasks.ts';

type Body = PlatformAnswer['body'];

interface Account {
  readonly dueFen: number;
  readonly overdueFen: number;
  readonly daysPastDue: number;
  readonly bucket: string;
  readonly outstandingPrincipalFen: number;
  readonly creditFen: number;
  readonly nextDue?: { readonly dueOn: string; readonly openFen: number };
}

/** One loan with its account, as lines for a person. */
export function describeLoan(body: Body): string[] {
  const account = body['account'] as Account | undefined;
  const status = `${textOf(body['loanId'])} is ${textOf(body['status'])}`;
  if (account === undefined) return [status];
  const { daysPastDue, bucket, dueFen, overdueFen, creditFen, nextDue } = account;
  return [
    `${status}, ${daysPastDue === 0 ? 'nothing late' : `${daysPastDue} days late (${bucket})`}`,
    `principal outstanding: ${yuan(account.outstandingPrincipalFen)}`,
    `due now: ${yuan(dueFen)}${overdueFen > 0 ? `, of it overdue: ${yuan(overdueFen)}` : ''}`,
    ...(nextDue ? [`next due on ${nextDue.dueOn}: ${yuan(nextDue.openFen)}`] : []),
    ...(creditFen > 0 ? [`overpaid: ${yuan(creditFen)}`] : []),
  ];
}

export interface PayOrder {
  readonly loanId: string;
  readonly amountFen: number;
  readonly valueDate: string;
  /** The bank's id of the money; a fresh one when left out. */
  readonly reference?: string | undefined;
}

/**
 * Pays a loan as its partner reports it. On a platform with a sandbox the money arrives at its bank first, which tells
 * of it as well: whichever comes second is recognised by the bank's id.
 */
export async function payLoan(order: PayOrder, partner: PlatformClient): Promise<Body> {
  const { loanId, amountFen, valueDate } = order;
  const reference = order.reference ?? `CLI-${randomUUID()}`;
  await sendRaw({
    method: 'POST',
    url: `${partner.baseUrl}/sandbox/bank/receipts`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ amountFen, valueDate, receiptId: reference, remark: loanId }),
  });
  const path = `/v1/loans/${loanId}/payments`;
  return (await partner.post(path, { amountFen, valueDate, reference }, reference)).body;
}

/** What a payment paid, as lines for a person. */
export function describePayment(body: Body): string[] {
  const payment = body['payment'] as {
    readonly paymentId: string;
    readonly amountFen: number;
    readonly allocation?: Readonly<Record<string, number>>;
  };
  const parts = Object.entries(payment.allocation ?? {}).filter(([, amountFen]) => amountFen > 0);
  return [
    `${payment.paymentId}: ${yuan(payment.amountFen)}`,
    ...parts.map(([part, amountFen]) => `  ${part.replace(/Fen$/, '')}: ${yuan(amountFen)}`),
    `the loan is ${textOf(body['status'])}`,
  ];
}

/** What settles a loan on a date, as lines for a person. */
export function describePayoff(body: Body): string[] {
  const items = Object.entries(body['items'] as Readonly<Record<string, number>>);
  return [
    `to owe nothing more on ${textOf(body['payOn'])}: ${yuan(Number(body['totalFen']))}`,
    ...items
      .filter(([, amountFen]) => amountFen > 0)
      .map(([item, amountFen]) => `  ${item.replace(/Fen$/, '')}: ${yuan(amountFen)}`),
  ];
}

/** The business date on the platform's own clock, or on ours where it has none to ask. */
export async function platformToday(baseUrl: string): Promise<string> {
  const { status, text } = await sendRaw({ method: 'GET', url: `${baseUrl}/local/clock` });
  const { now } = (status === 200 ? JSON.parse(text) : {}) as { now?: string };
  const instantMs = now === undefined ? Date.now() : Date.parse(now);
  return new Date(instantMs + 8 * 3_600_000).toISOString().slice(0, 10);
}
