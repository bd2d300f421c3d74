import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { handler as assignReceipt } from '#functions/operator-api/assign-receipt.ts';
import { handler as decideTask } from '#functions/operator-api/decide-task.ts';
import { handler as getLoan } from '#functions/operator-api/get-loan.ts';
import { handler as listLoans } from '#functions/operator-api/list-loans.ts';
import { handler as listSuspense } from '#functions/operator-api/list-suspense.ts';
import { handler as postPayment } from '#functions/operator-api/post-payment.ts';
import { handler as refundCredit } from '#functions/operator-api/refund-credit.ts';
import { handler as requestWriteOff } from '#functions/operator-api/request-write-off.ts';
import { handler as reversePayment } from '#functions/operator-api/reverse-payment.ts';
import { runApplyWriteOff } from '#functions/servicing/apply-write-off.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoanLists } from '#platform/repositories/loan-lists.ts';
import { DynamoLoans } from '#platform/repositories/loans.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { takeNotice } from '#platform/take-receipt.ts';
import { now } from '#platform/time.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { anApplication, aPerson } from '../../domain/builders.ts';

const maker = { operatorId: 'operator-a', roles: 'Supervisor' };
const checker = { operatorId: 'operator-b', roles: 'Approver' };
const auditor = { operatorId: 'operator-z', roles: 'Auditor' };
const today = businessDateOf(now().getTime());

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});

const filesOf = () => new DynamoLoanFiles(world.documents, 'Loans', 'Receipts');

async function aLoan() {
  const { loan } = await storedLoan(world.documents, { disbursedOn: addDays(today, -31) });
  return { loan, on: { as: maker, parameters: { loanId: loan.loanId } } };
}

let number = 0;
const money = (overrides: Record<string, unknown> = {}) => ({
  amountFen: 2_631_90,
  valueDate: today,
  reference: `OPS-${(number += 1)}`,
  ...overrides,
});

describe('payments and reversals', () => {
  it('posts money, shows it in the journal, and takes it back to the fen', async () => {
    const { on } = await aLoan();
    const posted = await send(postPayment, { ...on, body: money() });
    expect(posted.status).toBe(201);
    const { paymentId } = posted.body['payment'] as { paymentId: string };
    const full = (await send(getLoan, on)).body;
    expect(full).toMatchObject({ balances: { 'bank:clearing': 2_631_90 } });
    const body = { paymentId, reason: 'posted to the wrong loan', moneyTo: 'Suspense' };
    const reversed = await send(reversePayment, { ...on, body, key: 'reverse-1' });
    expect(reversed).toMatchObject({ status: 200, body: { status: 'Active' } });
    const again = await send(reversePayment, { ...on, body, key: 'reverse-1' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const after = (await send(getLoan, on)).body['balances'] as Record<string, number>;
    expect(after).toMatchObject({
      'borrower:principal': 30_000_00,
      'bank:clearing': 2_631_90,
      suspense: -2_631_90,
    });
    const twice = await send(reversePayment, { ...on, body });
    expect(twice).toMatchObject({ status: 409, body: { code: 'InvalidTransition' } });
  });

  it('lets only those move money whose role says so', async () => {
    const { on } = await aLoan();
    const answer = await send(postPayment, { ...on, as: auditor, body: money() });
    expect(answer).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
  });
});

describe('suspense', () => {
  it('lists what waits and posts it to its loan, once', async () => {
    const { loan } = await aLoan();
    const receipt = await takeNotice(
      { bankId: `OPS-N-${(number += 1)}`, amountFen: 500, valueDate: today },
      {
        files: filesOf(),
        lists: new DynamoLoanLists(world.documents, 'Loans'),
        loans: new DynamoLoans(world.documents, 'Loans'),
        receipts: new DynamoReceipts(world.documents, 'Receipts'),
        now,
      },
    );
    const { items } = (await send(listSuspense, { as: auditor })).body as {
      items: { receiptId: string }[];
    };
    expect(items.map(({ receiptId }) => receiptId)).toContain(receipt.receiptId);
    const { receiptId } = receipt;
    const body = { loanId: loan.loanId };
    for (let times = 0; times < 2; times += 1)
      expect(
        await send(assignReceipt, { as: maker, parameters: { receiptId }, body }),
      ).toMatchObject({ status: 200, body: { state: 'Posted', loanId: loan.loanId } });
    expect((await filesOf().find(loan.loanId))?.payments).toHaveLength(1);
  });
});

describe('refunds', () => {
  it('pays an overpayment back once, and never more than there is', async () => {
    const { loan, on } = await aLoan();
    const { applicationId, loanId } = loan;
    const vault = personalDataVault();
    const pii = await vault.seal(
      { applicant: aPerson, supplier: undefined },
      { partnerId: 'demo-partner', entity: 'application', id: applicationId },
    );
    const application = { ...anApplication(), applicationId, pii, version: 1 };
    await world.documents.send(new PutCommand({ TableName: 'Applications', Item: application }));
    await send(postPayment, { ...on, body: money({ amountFen: 40_000_00 }) });
    const { creditFen } = (await filesOf().find(loanId))?.loan ?? { creditFen: 0 };
    expect(creditFen).toBeGreaterThan(0);
    world.stubs.answers.set('POST /bank/payouts', ({ amountFen }) => ({
      body: { status: 'Paid', bankReference: 'B1', amountFen, valueDate: today },
    }));
    const tooMuch = { amountFen: creditFen + 1, reason: 'overpaid' };
    expect(await send(refundCredit, { ...on, body: tooMuch })).toMatchObject({ status: 409 });
    const body = { amountFen: creditFen, reason: 'overpaid' };
    for (let times = 0; times < 2; times += 1)
      expect(await send(refundCredit, { ...on, body, key: 'refund-1' })).toMatchObject({
        status: 202,
        body: { state: 'Paid', amountFen: creditFen },
      });
    const other = { ...body, reason: 'something else' };
    expect(await send(refundCredit, { ...on, body: other, key: 'refund-1' })).toMatchObject({
      status: 422,
    });
    const file = await filesOf().find(loanId);
    expect(file?.loan).toMatchObject({ creditFen: 0, refundedFen: creditFen });
    expect(file?.orders).toHaveLength(1);
  });
});

describe('write-off', () => {
  it('needs a second person, and then gives the loan up once', async () => {
    const { loan, on } = await aLoan();
    const body = { reason: 'the borrower died without an estate' };
    const task = (await send(requestWriteOff, { ...on, body })).body as {
      taskId: string;
      contentHash: string;
    };
    const decision = { outcome: 'Approve', contentHash: task.contentHash };
    const parameters = { taskId: task.taskId };
    expect(await send(decideTask, { as: maker, parameters, body: decision })).toMatchObject({
      status: 403,
    });
    expect(await send(decideTask, { as: checker, parameters, body: decision })).toMatchObject({
      status: 200,
      body: { status: 'Decided' },
    });
    const dependencies = {
      files: filesOf(),
      tasks: new DynamoTasks(world.documents, 'Tasks'),
      now,
    };
    const event = {
      subjectId: task.taskId,
      kind: 'ApproveLoanWriteOff',
      outcome: 'Approve',
    } as const;
    await runApplyWriteOff(event, dependencies);
    await runApplyWriteOff(event, dependencies);
    const file = await filesOf().find(loan.loanId);
    expect(file?.loan).toMatchObject({
      status: 'WrittenOff',
      outstandingPrincipalFen: 0,
      event: { type: 'LoanWrittenOff', facts: { approvedBy: 'operator-b' } },
    });
    expect(file?.changes).toHaveLength(1);
  });
});

describe('listLoans', () => {
  it('finds the loans of a partner by status, page by page', async () => {
    await aLoan();
    await aLoan();
    const first = await send(listLoans, {
      as: auditor,
      query: { partnerId: 'demo-partner', status: 'Active', limit: '1' },
    });
    const { items, nextCursor } = first.body as { items: unknown[]; nextCursor: string };
    expect(items).toHaveLength(1);
    const second = await send(listLoans, {
      as: auditor,
      query: { partnerId: 'demo-partner', status: 'Active', limit: '1', cursor: nextCursor },
    });
    expect(second.body['items']).not.toEqual(items);
  });

  it('refuses the cursor of another list, which a table would not know how to go on from', async () => {
    await aLoan();
    await aLoan();
    const byPartner = { partnerId: 'demo-partner', limit: '1' };
    const { body } = await send(listLoans, { as: auditor, query: byPartner });
    const cursor = String(body['nextCursor']);
    const others = [{ partnerId: 'another-partner' }, { funderId: 'example-bank' }];
    for (const query of others)
      expect(await send(listLoans, { as: auditor, query: { ...query, cursor } })).toMatchObject({
        status: 400,
        body: { code: 'InvalidInput', errors: [{ path: 'cursor' }] },
      });
  });

  it.each([
    {},
    { partnerId: 'demo-partner', funderId: 'bank' },
    { cursor: 'AAAA', partnerId: 'demo-partner' },
  ])('refuses the query %j', async (query) => {
    expect(await send(listLoans, { as: auditor, query })).toMatchObject({
      status: 400,
    });
  });
});
