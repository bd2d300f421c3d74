import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, addMonths, businessDateOf } from '#domain/shared/calendar.ts';
import { handler as decideTask } from '#functions/operator-api/decide-task.ts';
import { handler as requestAsOperator } from '#functions/operator-api/request-restructuring.ts';
import { handler as confirm } from '#functions/partner-api/confirm-restructuring.ts';
import { handler as getLoanSchedule } from '#functions/partner-api/get-loan-schedule.ts';
import { handler as getOffer } from '#functions/partner-api/get-restructuring-offer.ts';
import { handler as refuse } from '#functions/partner-api/refuse-restructuring.ts';
import { handler as request } from '#functions/partner-api/request-restructuring.ts';
import { runOfferRestructuring } from '#functions/servicing/offer-restructuring.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';

const demo = { partnerId: 'demo-partner' };
const other = { partnerId: 'other-partner' };
const maker = { operatorId: 'operator-a', roles: 'Approver' };
const checker = { operatorId: 'operator-b', roles: 'Approver' };
const today = businessDateOf(now().getTime());
const disbursedOn = addDays(today, -5);
const body = { plan: { moreInstallments: 6 }, reason: 'income fell' };

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});

const tasks = () => new DynamoTasks(world.documents, 'Tasks');
const dependencies = () => ({
  files: new DynamoLoanFiles(world.documents, 'Loans', 'Receipts'),
  tasks: tasks(),
  catalog: new DynamoCatalog(world.documents, 'Catalog'),
  now,
});

async function aLoan() {
  const { loan } = await storedLoan(world.documents, { disbursedOn });
  return { loan, on: { as: demo, parameters: { loanId: loan.loanId } } };
}

async function decide(taskId: string, outcome: 'Approve' | 'Reject', as = checker) {
  const task = await tasks().find(taskId);
  return send(decideTask, {
    as,
    parameters: { taskId },
    body: { outcome, contentHash: task?.contentHash },
  });
}

async function approve(taskId: string) {
  await decide(taskId, 'Approve');
  const event = { subjectId: taskId, kind: 'ApproveRestructuring', outcome: 'Approve' } as const;
  const first = await runOfferRestructuring(event, dependencies());
  expect(await runOfferRestructuring(event, dependencies())).toEqual({ outcome: 'DoneBefore' });
  return first;
}

describe('a restructuring on request', () => {
  it('goes from the borrower to a person, back to the borrower, and then into the plan', async () => {
    const { loan, on } = await aLoan();
    const asked = await send(request, { ...on, body });
    expect(asked).toMatchObject({ status: 202, body: { status: 'AwaitingApproval' } });
    const taskId = String(asked.body['requestId']);
    expect((await send(request, { ...on, body })).body['requestId']).toBe(taskId);
    expect(await approve(taskId)).toEqual({ outcome: 'Offered' });

    const offer = await send(getOffer, on);
    expect(offer.status).toBe(200);
    const { sheet, sheetHash } = offer.body as { sheet: { maturesOn: string }; sheetHash: string };
    const reading = { sheetHash, shownAt: now().toISOString(), readSeconds: 20 };
    expect((await send(confirm, { ...on, body: { ...reading, readSeconds: 1 } })).status).toBe(400);

    const key = 'confirm-1';
    const confirmed = await send(confirm, { ...on, key, body: reading });
    expect(confirmed).toMatchObject({ status: 200, body: { scheduleVersion: 2 } });
    expect(confirmed.body['maturesOn']).toBe(sheet.maturesOn);
    expect(sheet.maturesOn).toBe(addMonths(disbursedOn, 18));
    const again = await send(confirm, { ...on, key, body: reading });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { rows } = (await send(getLoanSchedule, on)).body as { rows: unknown[] };
    expect(rows).toHaveLength(18);
    const file = await dependencies().files.find(loan.loanId);
    expect(file?.changes).toHaveLength(1);
    expect(file?.loan.restructuringOffer).toBeUndefined();
  });

  it('is refused by the borrower, who is not offered it any more', async () => {
    const { loan, on } = await aLoan();
    const asked = await send(request, { ...on, body });
    await approve(String(asked.body['requestId']));
    const offer = await send(getOffer, on);
    const sheetHash = String(offer.body['sheetHash']);
    const wrong = await send(refuse, { ...on, body: { sheetHash: '0'.repeat(64) } });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'InvalidInput' } });
    const key = `refuse-${loan.loanId}`;
    const refused = await send(refuse, { ...on, key, body: { sheetHash } });
    expect(refused).toMatchObject({ status: 200, body: { status: 'Refused', sheetHash } });
    const again = await send(refuse, { ...on, key, body: { sheetHash } });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await send(refuse, { ...on, body: { sheetHash } })).status).toBe(200);
    const reused = await send(refuse, { ...on, key, body: { sheetHash: '1'.repeat(64) } });
    expect(reused).toMatchObject({ status: 422, body: { code: 'IdempotencyKeyReused' } });
    expect((await send(getOffer, on)).status).toBe(409);
    const reading = { sheetHash, shownAt: now().toISOString(), readSeconds: 20 };
    expect((await send(confirm, { ...on, body: reading })).status).toBe(409);
    const file = await dependencies().files.find(loan.loanId);
    expect(file?.changes).toEqual([]);
    expect(file?.loan.event).toMatchObject({ type: 'RestructuringRefused' });
  });

  it('is not decided by the operator who asked, and leaves no offer when it is rejected', async () => {
    const { on } = await aLoan();
    const task = await send(requestAsOperator, { ...on, as: maker, body });
    const taskId = String(task.body['taskId']);
    expect((await decide(taskId, 'Approve', maker)).status).toBe(403);
    expect((await decide(taskId, 'Reject')).status).toBe(200);
    const event = { subjectId: taskId, kind: 'ApproveRestructuring', outcome: 'Reject' } as const;
    expect(await runOfferRestructuring(event, dependencies())).toEqual({ outcome: 'Rejected' });
    expect(await send(getOffer, on)).toMatchObject({
      status: 409,
      body: { code: 'InvalidTransition' },
    });
  });

  it.each([
    ['a plan that names nothing', { plan: {}, reason: 'x' }, 400],
    ['a field nobody knows', { plan: { moreInstallments: 1, colour: 'red' }, reason: 'x' }, 400],
    ['no reason', { plan: { moreInstallments: 1 } }, 400],
    ['a rate above the cap', { plan: { annualRate: '0.3000' }, reason: 'x' }, 409],
  ])('is refused with %s and opens no task', async (_name, wrong, status) => {
    const { loan, on } = await aLoan();
    expect((await send(request, { ...on, body: wrong })).status).toBe(status);
    expect(await tasks().listByApplication(loan.applicationId)).toEqual([]);
  });

  it('looks to another partner as if the loan were not there', async () => {
    const { on } = await aLoan();
    const strange = { ...on, as: other };
    const answers = await Promise.all([
      send(request, { ...strange, body }),
      send(getOffer, strange),
      send(refuse, { ...strange, body: { sheetHash: '0'.repeat(64) } }),
      send(confirm, {
        ...strange,
        body: { sheetHash: '0'.repeat(64), shownAt: now().toISOString(), readSeconds: 20 },
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});
