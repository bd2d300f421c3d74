import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { reversePayment } from '#domain/servicing/reverse-payment.ts';
import { unassignReceipt } from '#domain/servicing/receipt.ts';
import { balancesOf } from '#domain/servicing/journal-legs.ts';
import { receiptIdOf } from '#domain/shared/ids.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoanLists } from '#platform/repositories/loan-lists.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import {
  assignSuspended,
  matchSuspended,
  takeNotice,
  takePayment,
  type BankNotice,
} from '#platform/take-receipt.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { anActivatedLoan } from '../../domain/servicing/loan-builders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const at = '2026-12-24T02:00:00.000Z';
const world = () => ({
  files: new DynamoLoanFiles(database.documents, 'Loans', 'Receipts'),
  lists: new DynamoLoanLists(database.documents, 'Loans'),
  loans: new DynamoLoans(database.documents, 'Loans'),
  receipts: new DynamoReceipts(database.documents, 'Receipts'),
  now: () => new Date(at),
});

let number = 0;
const notice = (overrides: Partial<BankNotice> = {}): BankNotice => ({
  bankId: `BANK-${(number += 1)}`,
  amountFen: 2_631_90,
  valueDate: '2026-12-24',
  ...overrides,
});
const openLoan = async () => (await storedLoan(database.documents)).loan;
const balanceOf = async (loanId: string) =>
  balancesOf((await world().files.find(loanId))?.entries ?? []);

describe('takeNotice', () => {
  it.each(['loanId', 'contractNumber'] as const)('posts money that names its %s', async (name) => {
    const loan = await openLoan();
    const receipt = await takeNotice(notice({ remark: `还款 ${loan[name]} 谢谢` }), world());
    expect(receipt).toMatchObject({ state: 'Posted', loanId: loan.loanId, confirmedAt: at });
    expect((await balanceOf(loan.loanId)).get('bank:clearing')).toBe(2_631_90);
  });

  it('books a repeated notice once, ten of them at once included', async () => {
    const loan = await openLoan();
    const same = notice({ remark: loan.loanId });
    await Promise.all(Array.from({ length: 10 }, () => takeNotice(same, world())));
    await takeNotice(same, world());
    expect((await world().files.find(loan.loanId))?.payments).toHaveLength(1);
  });

  it('keeps in suspense what names no loan it knows, with an entry in the books', async () => {
    const receipt = await takeNotice(notice({ remark: '张三还款' }), world());
    expect(receipt).toMatchObject({ state: 'Suspended', suspendedBecause: 'UnknownLoan' });
    expect(JSON.stringify(receipt)).not.toContain('张三');
    const page = await world().receipts.listSuspense({ limit: 100 });
    expect(page.items.map(({ receiptId }) => receiptId)).toContain(receipt.receiptId);
  });

  it('posts what came before the payout as soon as the loan is paid out', async () => {
    const activated = anActivatedLoan({ externalId: 'early-money' });
    const { loan, agreement, entry, schedule } = activated;
    await put({ ...loan, status: 'Paying', version: 1 });
    const early = notice({ remark: loan.contractNumber, valueDate: '2026-12-20' });
    const receipt = await takeNotice(early, world());
    expect(receipt).toMatchObject({ state: 'Suspended', suspendedBecause: 'NotPaidOut' });
    expect(await matchSuspended(loan.loanId, world())).toEqual({ matched: 0 });
    for (const record of [agreement, entry, loan, schedule]) await put(record);
    expect(await matchSuspended(loan.loanId, world())).toEqual({ matched: 1 });
    expect(await matchSuspended(loan.loanId, world())).toEqual({ matched: 0 });
    const balances = await balanceOf(loan.loanId);
    expect(balances.get('suspense')).toBe(2_631_90);
    expect(balances.get('bank:clearing') ?? 0).toBe(0);
    expect((await world().receipts.find(receipt.receiptId))?.state).toBe('Posted');
  });

  it('keeps in suspense what the loan cannot take', async () => {
    const loan = await openLoan();
    const before = notice({ remark: loan.loanId, valueDate: '2026-01-01' });
    expect(await takeNotice(before, world())).toMatchObject({
      state: 'Suspended',
      suspendedBecause: 'PaymentRefused',
    });
  });

  it('confirms what a partner reported before, and books it once', async () => {
    const loan = await openLoan();
    const { bankId, amountFen, valueDate } = notice();
    const report = { bankId, amountFen, valueDate, loanId: loan.loanId };
    await takePayment({ ...report, channel: 'Partner', actor: 'partner:demo' }, world());
    const receipt = await takeNotice({ bankId, amountFen, valueDate }, world());
    expect(receipt).toMatchObject({ state: 'Posted', confirmedAt: at });
    expect((await world().files.find(loan.loanId))?.payments).toHaveLength(1);
  });

  it('keeps what the bank says differently apart, once, for people to look at', async () => {
    const loan = await openLoan();
    const { bankId, valueDate } = notice();
    const report = { bankId, amountFen: 100, valueDate, loanId: loan.loanId };
    await takePayment({ ...report, channel: 'Partner', actor: 'partner:demo' }, world());
    for (let times = 0; times < 2; times += 1)
      expect(await takeNotice({ bankId, amountFen: 90, valueDate }, world())).toMatchObject({
        state: 'Suspended',
        suspendedBecause: 'ContradictsReport',
        amountFen: 90,
      });
    expect((await balanceOf(loan.loanId)).get('bank:clearing')).toBe(100);
  });
});

describe('takePayment', () => {
  it('takes suspended money out of suspense when somebody says whose it is', async () => {
    const loan = await openLoan();
    const { bankId, amountFen, valueDate } = notice();
    await takeNotice({ bankId, amountFen, valueDate }, world());
    const report = { bankId, amountFen, valueDate, loanId: loan.loanId };
    const taken = await takePayment(
      { ...report, channel: 'Partner', actor: 'partner:demo' },
      world(),
    );
    expect(taken.isRepeat).toBe(false);
    expect((await balanceOf(loan.loanId)).get('suspense')).toBe(amountFen);
  });
});

describe('money of a reversed payment', () => {
  it('goes back to suspense and to the right loan, and the books still sum to zero', async () => {
    const [wrong, right] = [await openLoan(), await openLoan()];
    const receipt = await takeNotice(notice({ remark: wrong.loanId }), world());
    const { files, receipts } = world();
    const file = await files.find(wrong.loanId);
    const paymentId = file?.payments[0]?.loanEvent.id ?? '';
    if (file === undefined) throw new Error('no loan');
    const order = { paymentId, reason: 'wrong loan', moneyTo: 'Suspense', actor: 'op:a' } as const;
    const change = reversePayment(file, order, at);
    await files.store({
      ...change,
      receipt: unassignReceipt(receipt, { moneyTo: 'Suspense', actor: 'op:a', at }),
    });
    const suspended = await receipts.find(receiptIdOf(receipt.bankId));
    expect(suspended).toMatchObject({ state: 'Suspended', suspendedBecause: 'PaymentReversed' });
    if (suspended === undefined) throw new Error('no receipt');
    const to = { channel: 'Operator', actor: 'op:b' } as const;
    await assignSuspended(suspended, { ...to, loanId: right.loanId }, world());
    const [one, other] = [await balanceOf(wrong.loanId), await balanceOf(right.loanId)];
    expect([one.get('bank:clearing'), one.get('suspense')]).toEqual([2_631_90, -2_631_90]);
    expect(other.get('suspense')).toBe(2_631_90);
    expect(one.get('borrower:principal')).toBe(30_000_00);
  });
});

async function put(Item: Record<string, unknown>): Promise<void> {
  await database.documents.send(new PutCommand({ TableName: 'Loans', Item }));
}
