import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CompensationCallback } from '#functions/callbacks/compensation-callback.ts';
import { ReceiptCallback, runReceiptCallback } from '#functions/callbacks/receipt-callback.ts';
import { runCompensationCallback } from '#functions/callbacks/compensation-callback.ts';
import { runClaimCompensation } from '#functions/servicing/claim-compensation.ts';
import { HttpGuarantor } from '#platform/providers/guarantor.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoanLists } from '#platform/repositories/loan-lists.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import { ServicedCompensations } from '#platform/serviced-compensations.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { apiKey, startSandbox, type SandboxServer } from '../../local/sandbox/sandbox-server.ts';

let database: TestDatabase;
let sandbox: SandboxServer;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.close();
});

const guarantor = { guarantorId: 'zhubao-guarantee', name: 'x' };
/** The day after the loan was paid out, by the platform's clock; the bank's may run ahead of it by what a test waits. */
const now = (): Date => new Date(sandbox.clock.now());

const ports = () => {
  const { documents } = database;
  const files = new DynamoLoanFiles(documents, 'Loans', 'Receipts');
  return {
    files,
    lists: new DynamoLoanLists(documents, 'Loans'),
    loans: new DynamoLoans(documents, 'Loans'),
    receipts: new DynamoReceipts(documents, 'Receipts'),
    compensations: new ServicedCompensations(files, now),
    guarantor: new HttpGuarantor(
      () => Promise.resolve({ url: `${sandbox.url}/sandbox/guarantor`, apiKey }),
      2_000,
    ),
    now,
  };
};

/** A guaranteed loan whose compensation was approved in a task. */
async function claimed() {
  const { loan } = await storedLoan(database.documents, {
    disbursedOn: '2026-11-01',
    agreement: (agreement) => ({ ...agreement, guarantor }),
  });
  const given = { loanIds: [loan.loanId], taskId: 'task_1', approvedBy: ['boss'] };
  await ports().compensations.request(given);
  await ports().compensations.request(given);
  const { compensation } = await loanOf(loan.loanId);
  if (compensation === undefined) throw new Error('nothing was claimed');
  return { loanId: loan.loanId, reference: compensation.reference, compensation };
}

async function loanOf(loanId: string) {
  const file = await ports().files.find(loanId);
  if (file === undefined) throw new Error('no such loan');
  return file.loan;
}

const conduct = (body: unknown) => sandbox.call('PUT', '/guarantor/conduct', body);
const fault = (order: Parameters<SandboxServer['sandbox']['control']['inject']>[0]) =>
  sandbox.sandbox.control.inject(order);

interface Books {
  readonly claims: readonly { reference: string; payments: number }[];
}
const booksOf = async () => (await sandbox.call('GET', '/guarantor/books')).body as Books;

/** Lets the guarantor's transfers arrive, and brings every callback to its route, each twice. */
async function deliver(seconds = 90_000): Promise<void> {
  await sandbox.clock.advanceTo(sandbox.clock.now() + seconds * 1000, () => Promise.resolve());
  await expect.poll(() => sandbox.callbacks.length).toBeGreaterThan(0);
  for (const { path, rawBody } of sandbox.callbacks.splice(0)) {
    const body: unknown = JSON.parse(rawBody);
    for (let time = 1; time <= 2; time += 1)
      if (path === '/callbacks/receipts')
        await runReceiptCallback(ReceiptCallback.parse(body), ports());
      else await runCompensationCallback(CompensationCallback.parse(body), ports());
  }
}

describe('a claim on a guarantor', () => {
  it('is made, accepted and paid once, whatever is told twice', async () => {
    const { loanId, reference } = await claimed();
    await runClaimCompensation({ loanId, reference }, ports());
    await runClaimCompensation({ loanId, reference }, ports());
    expect((await loanOf(loanId)).compensation?.status).toBe('Accepted');
    await deliver();
    const loan = await loanOf(loanId);
    expect(loan).toMatchObject({ status: 'Active', compensation: { status: 'Paid' } });
    expect((await booksOf()).claims).toMatchObject([{ reference, payments: 1 }]);
    const file = await ports().files.find(loanId);
    expect(file?.entries.filter(({ entryType }) => entryType === 'Compensation')).toHaveLength(1);
    expect(file?.payments).toEqual([]);
  });

  it('whose answer is lost is no refusal: it is asked again and is the same claim', async () => {
    const { loanId, reference } = await claimed();
    fault({ provider: 'guarantor', fault: 'LoseAnswer', times: 1 });
    await expect(runClaimCompensation({ loanId, reference }, ports())).rejects.toMatchObject({
      name: 'Unavailable',
    });
    expect((await loanOf(loanId)).compensation?.status).toBe('Asked');
    await runClaimCompensation({ loanId, reference }, ports());
    expect((await loanOf(loanId)).compensation?.status).toBe('Accepted');
    expect((await booksOf()).claims).toHaveLength(1);
  });

  it('waits while the guarantor is down', async () => {
    const { loanId, reference } = await claimed();
    fault({ provider: 'guarantor', fault: 'Fail' });
    await expect(runClaimCompensation({ loanId, reference }, ports())).rejects.toMatchObject({
      name: 'Unavailable',
    });
    expect((await loanOf(loanId)).compensation?.status).toBe('Asked');
    expect((await booksOf()).claims).toEqual([]);
  });

  it('that is refused ends nothing, and another decision may claim again', async () => {
    await conduct({ answer: 'Refuse' });
    const { loanId, reference } = await claimed();
    await runClaimCompensation({ loanId, reference }, ports());
    expect((await loanOf(loanId)).compensation?.status).toBe('Refused');
    const again = { loanIds: [loanId], taskId: 'task_2', approvedBy: ['boss'] };
    await ports().compensations.request(again);
    expect((await loanOf(loanId)).compensation).toMatchObject({ status: 'Asked' });
  });

  it('is decided later by a callback, and then paid', async () => {
    await conduct({ answer: 'Later' });
    const { loanId, reference } = await claimed();
    await runClaimCompensation({ loanId, reference }, ports());
    expect((await loanOf(loanId)).compensation?.status).toBe('Asked');
    await sandbox.call('POST', `/guarantor/claims/${reference}/decision`, { outcome: 'Accepted' });
    await deliver(1);
    expect((await loanOf(loanId)).compensation?.status).toBe('Accepted');
    await deliver();
    expect((await loanOf(loanId)).compensation?.status).toBe('Paid');
  });

  it.each([['Short'], ['Twice']])('paid %s leaves the rest to people', async (pays) => {
    await conduct({ pays });
    const { loanId, reference } = await claimed();
    await runClaimCompensation({ loanId, reference }, ports());
    await deliver();
    const { compensation } = await loanOf(loanId);
    expect(compensation?.status).toBe(pays === 'Twice' ? 'Paid' : 'Accepted');
    const { items } = await ports().receipts.listSuspense({ limit: 100 });
    expect(items.filter(({ bankId }) => bankId.startsWith(reference))).toMatchObject([
      { suspendedBecause: 'PaymentRefused' },
    ]);
  });

  it('is not answered for a loan it is not about', async () => {
    const { reference } = await claimed();
    const other = await claimed();
    const { contractNumber } = await loanOf(other.loanId);
    const wrong = { reference, contractNumber, outcome: 'Refused' } as const;
    expect(await runCompensationCallback(wrong, ports())).toBe('Unknown');
    const nowhere = { ...wrong, contractNumber: 'ZD-0' };
    expect(await runCompensationCallback(nowhere, ports())).toBe('Unknown');
  });

  it('is not made for loans nobody guarantees', async () => {
    const { loan } = await storedLoan(database.documents);
    const given = { loanIds: [loan.loanId], taskId: 'task_1', approvedBy: ['boss'] };
    await ports().compensations.request(given);
    expect((await loanOf(loan.loanId)).compensation).toBeUndefined();
  });
});
