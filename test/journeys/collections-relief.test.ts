import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CollectionsPlatform, type LentLoan } from './collections-platform.ts';

let platform: CollectionsPlatform;
let confirming: LentLoan;
let lapsing: LentLoan;
let refused: LentLoan;
let unwilling: LentLoan;

beforeAll(async () => {
  platform = await CollectionsPlatform.start();
  [confirming, lapsing, refused, unwilling] = await Promise.all([
    platform.lend(61_001),
    platform.lend(61_002),
    platform.lend(61_003),
    platform.lend(61_004),
  ]);
  await platform.moveToDayPastDue(confirming, 3);
}, 240_000);
afterAll(async () => {
  await platform.stop();
});

const plan = { moreInstallments: 6, isPastDuePrincipalSpread: true };
const hardship = { kind: 'Hardship', reason: 'Illness', plan };

/** Asked by a collector, granted by one approver, priced and agreed to by another. */
async function offeredTo(loan: LentLoan): Promise<string> {
  const caseId = await askedFor(loan);
  const priced = await platform.taskOf('ApproveRestructuring', loan.loanId);
  expect((await platform.decide('operator-a', priced, 'Approve')).status).toBe(403);
  expect((await platform.decide('operator-b', priced, 'Approve')).status).toBe(200);
  await platform.caseWhen(caseId, isOffered, 'the offer to reach the case');
  return caseId;
}

async function askedFor(loan: LentLoan): Promise<string> {
  const caseId = await platform.caseIdOf(loan);
  const evidence = [await platform.upload(loan)];
  const asked = await platform.as('collector', 'POST', `/ops/cases/${caseId}/requests`, {
    body: { ...hardship, evidence },
  });
  expect(asked).toMatchObject({ status: 200, body: { pauses: [{ kind: 'Hardship' }] } });
  const task = await platform.taskOf('DecideHardship', caseId);
  expect((await platform.decide('collector', task, 'Approve')).status).toBe(403);
  expect((await platform.decide('operator-a', task, 'Approve')).status).toBe(200);
  return caseId;
}

interface Pause {
  readonly kind: string;
  readonly requests?: readonly { readonly offeredUntil?: string }[];
}
const pausesOf = (found: Record<string, unknown>) => found['pauses'] as Pause[];
const isOffered = (found: Record<string, unknown>) =>
  pausesOf(found).some(({ requests = [] }) =>
    requests.some(({ offeredUntil }) => offeredUntil !== undefined),
  );
const stepsOf = (found: Record<string, unknown>) => found['stepCount'] as number;

describe('hardship of a borrower who is collected from', () => {
  it('refuses hardship without evidence of its own or without what is asked for', async () => {
    const caseId = await platform.caseIdOf(refused);
    const evidence = [await platform.upload(refused)];
    const foreign = [await platform.upload(lapsing)];
    for (const wrong of [
      { ...hardship, evidence: [] },
      { ...hardship, evidence: ['doc_1'] },
      { ...hardship, evidence: [`doc_${'0'.repeat(26)}`] },
      { ...hardship, evidence: foreign },
      { ...hardship, evidence, plan: undefined },
      { ...hardship, evidence, plan: {} },
      { ...hardship, evidence, kind: 'Complaint' },
      { kind: 'Dispute', reason: 'AmountWrong', evidence: foreign },
    ]) {
      const path = `/ops/cases/${caseId}/requests`;
      const answer = await platform.as('collector', 'POST', path, { body: wrong });
      expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidInput' } });
    }
    expect(pausesOf(await platform.caseOf(caseId))).toEqual([]);
  });

  it('goes to a person, to servicing, to another person and to the borrower, and ends as restructured', async () => {
    const caseId = await offeredTo(confirming);
    const before = await platform.caseOf(caseId);
    const reminders = await platform.remindersOf(confirming);
    const path = `/v1/loans/${confirming.loanId}`;
    const offer = await platform.partner('GET', `${path}/restructuring-offer`);
    expect(offer.status).toBe(200);
    const confirmed = await platform.partner('POST', `${path}/disclosure`, {
      sheetHash: offer.body['sheetHash'],
      shownAt: await platform.now(),
      readSeconds: 60,
    });
    expect(confirmed.status).toBe(200);
    const { account } = confirmed.body as { account: { daysPastDue: number } };
    const after = await platform.caseWhen(
      caseId,
      (found) => found['status'] === 'Closed' || pausesOf(found).length === 0,
    );
    // Interest past due stays due: the new terms cure the loan once that is paid.
    if (account.daysPastDue > 0) {
      expect(after['status']).toBe('Open');
      await platform.transfer(confirming, await platform.dueFenOf(confirming), 'relief-rest');
    }
    const closed = await platform.caseWhen(caseId, (found) => found['status'] === 'Closed');
    expect(closed['closedBecause']).toBe('Restructured');
    expect(stepsOf(closed)).toBe(stepsOf(before));
    expect(await platform.remindersOf(confirming)).toEqual(reminders);
  });

  it('goes on at once when the borrower refuses the offer outright', async () => {
    const caseId = await offeredTo(unwilling);
    const path = `/v1/loans/${unwilling.loanId}`;
    const offer = await platform.partner('GET', `${path}/restructuring-offer`);
    const sheetHash = String(offer.body['sheetHash']);
    const said = await platform.partner('POST', `${path}/restructuring-refusal`, { sheetHash });
    expect(said).toMatchObject({ status: 200, body: { status: 'Refused' } });
    const after = await platform.caseWhen(caseId, (found) => pausesOf(found).length === 0);
    expect(after['status']).toBe('Open');
    expect((await platform.partner('GET', `${path}/restructuring-offer`)).status).toBe(409);
  });

  it('goes on with the ladder when the borrower does not confirm in time', async () => {
    const caseId = await offeredTo(lapsing);
    const [{ requests = [] } = { requests: [] }] = pausesOf(await platform.caseOf(caseId));
    const until = requests[0]?.offeredUntil ?? '';
    const before = stepsOf(await platform.caseOf(caseId));
    await platform.moveTo(until, '23:59:00');
    expect(stepsOf(await platform.caseOf(caseId))).toBe(before);
    const { dueOn } = lapsing;
    expect(until > (dueOn[0] ?? '')).toBe(true);
    await platform.moveTo(nextDay(until), '08:01:00');
    const after = await platform.caseOf(caseId);
    expect(pausesOf(after)).toEqual([]);
    expect(stepsOf(after)).toBeGreaterThan(before);
  });

  it('goes on when the second person says no', async () => {
    const caseId = await askedFor(refused);
    const priced = await platform.taskOf('ApproveRestructuring', refused.loanId);
    await platform.decide('operator-b', priced, 'Reject');
    const after = await platform.caseWhen(caseId, (found) => pausesOf(found).length === 0);
    expect(after['status']).toBe('Open');
  });
});

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
