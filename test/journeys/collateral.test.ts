import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcess, type PlatformProcess } from '#local/bench/platform-process.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { PlatformClient } from '#local/sandbox/platform-client.ts';

let platform: PlatformProcess;
let dataDir: string;
let partner: PlatformClient;
let reviewer: PlatformClient;
let approver: PlatformClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zhudai-collateral-'));
  platform = await startPlatformProcess({ flags: ['--empty', '--memory', '--isolate'], dataDir });
  const { baseUrl } = platform;
  partner = new PlatformClient({ baseUrl, credential: platform.partnerKey });
  reviewer = new PlatformClient({ baseUrl, credential: await tokenOf('operator-a') });
  approver = new PlatformClient({ baseUrl, credential: await tokenOf('operator-b') });
}, 120_000);

afterAll(async () => {
  await platform.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function tokenOf(operatorId: string): Promise<string> {
  const answer = await fetch(`${platform.baseUrl}/sandbox/oidc/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operatorId }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

interface Task {
  readonly taskId: string;
  readonly contentHash: string;
  readonly content: { readonly collateral: readonly { readonly collateralId: string }[] };
}

/** What is asked until it is there. */
async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let turn = 0; turn < 600; turn += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it never came about: ${platform.output().slice(-2000)}`);
}

function openTask(client: PlatformClient, applicationId: string, kind: string): Promise<Task> {
  return until(async () => {
    const { items } = (await client.get('/ops/tasks?limit=100')) as unknown as {
      items: (Task & { applicationId: string; kind: string })[];
    };
    return items.find((task) => task.applicationId === applicationId && task.kind === kind);
  });
}

function statusIs(applicationId: string, status: string): Promise<true> {
  return until(async () => {
    const answer = await partner.get(`/v1/applications/${applicationId}`);
    return answer['status'] === status ? true : undefined;
  });
}

async function collateralOf(applicationId: string): Promise<string[]> {
  const answer = await reviewer.get(`/ops/applications/${applicationId}/collateral`);
  return (answer['items'] as { status: string }[]).map(({ status }) => status);
}

async function payouts(): Promise<{ amountFen: number }[]> {
  const books = await partner.get('/sandbox/bank/books');
  return books['payouts'] as { amountFen: number }[];
}

async function refused(work: Promise<unknown>, status: number): Promise<void> {
  await expect(work).rejects.toMatchObject({ status });
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function decision({ contentHash, content }: Task, letter?: string) {
  if (letter === undefined) return { outcome: 'Approve', contentHash };
  const answers = Object.fromEntries(
    content.collateral.map(({ collateralId }) => [collateralId, digest(letter)]),
  );
  return { outcome: 'Complete', contentHash, answers };
}

async function applied(n: number): Promise<string> {
  const body = {
    ...syntheticApplication('collateral', n),
    pledges: [
      { kind: 'Vehicle', valueFen: 8_000_000, description: '沪A·00000 小型轿车' },
      { kind: 'Deposit', valueFen: 1_000_000, description: '存单 0001' },
    ],
  };
  const { body: answer } = await partner.post('/v1/applications', body);
  const applicationId = answer['applicationId'] as string;
  const approval = await openTask(approver, applicationId, 'ApproveApplication');
  await approver.post(`/ops/tasks/${approval.taskId}/decision`, decision(approval));
  return applicationId;
}

describe('a loan with a pledge', () => {
  it('goes from request to released pledge, and no money leaves before the registration', async () => {
    const applicationId = await applied(81_001);
    const task = await openTask(reviewer, applicationId, 'RegisterCollateral');
    expect(await collateralOf(applicationId)).toEqual(['Pledged', 'Pledged']);
    expect(await payouts()).toEqual([]);
    const path = `/ops/tasks/${task.taskId}/decision`;
    const good = decision(task, 'a');
    // Whoever approved the loan does not confirm it; a half proof, a wrong hash and an approval are no proof.
    await refused(approver.post(path, good), 403);
    const [one = ''] = task.content.collateral.map(({ collateralId }) => collateralId);
    await refused(reviewer.post(path, { ...good, answers: { [one]: digest('a') } }), 400);
    await refused(reviewer.post(path, { outcome: 'Approve', contentHash: good.contentHash }), 400);
    await refused(reviewer.post(path, { ...good, contentHash: 'b'.repeat(64) }), 409);
    expect(await payouts()).toEqual([]);
    expect(await collateralOf(applicationId)).toEqual(['Pledged', 'Pledged']);

    await reviewer.post(path, good, 'register-1');
    // The same decision again, under its key and under another: it was made once.
    await reviewer.post(path, good, 'register-1');
    await refused(reviewer.post(path, good, 'register-2'), 409);
    await statusIs(applicationId, 'Disbursed');
    expect(await payouts()).toHaveLength(1);
    expect(await collateralOf(applicationId)).toEqual(['Registered', 'Registered']);

    const full = await reviewer.get(`/ops/applications/${applicationId}`);
    expect(full['backing']).toMatchObject({ pledges: [{ kind: 'Vehicle' }, { kind: 'Deposit' }] });
    expect(JSON.stringify(full)).not.toContain('沪A');
    const { decisions } = (await reviewer.get(
      `/ops/applications/${applicationId}/decisions`,
    )) as unknown as { decisions: { inputs: object; trace: { ruleId: string }[] }[] };
    expect(decisions[0]?.inputs).toMatchObject({
      pledges: [{ kind: 'Vehicle', valueFen: 8_000_000 }, { kind: 'Deposit' }],
    });
    expect(decisions[0]?.trace.find(({ ruleId }) => ruleId === 'PledgeToRegister')).toMatchObject({
      result: 'Hit',
      read: { pledgedValueFen: 9_000_000 },
    });

    await payOff(applicationId);
    const release = await openTask(reviewer, applicationId, 'ReleaseCollateral');
    expect(await collateralOf(applicationId)).toEqual(['ReleaseDue', 'ReleaseDue']);
    await reviewer.post(`/ops/tasks/${release.taskId}/decision`, decision(release, 'c'));
    await until(async () => {
      const statuses = await collateralOf(applicationId);
      return statuses.every((status) => status === 'Released') ? true : undefined;
    });
    const { items } = (await reviewer.get(
      `/ops/applications/${applicationId}/collateral`,
    )) as unknown as { items: object[] };
    expect(items[0]).toMatchObject({
      registration: { evidenceHash: digest('a'), operatorId: 'operator-a' },
      release: { evidenceHash: digest('c'), operatorId: 'operator-a' },
    });
  }, 180_000);

  it('comes to nothing without a payout when the register refuses', async () => {
    const before = (await payouts()).length;
    const applicationId = await applied(81_002);
    const { taskId, contentHash } = await openTask(reviewer, applicationId, 'RegisterCollateral');
    const answer = { outcome: 'Reject', contentHash };
    await reviewer.post(`/ops/tasks/${taskId}/decision`, answer);
    await statusIs(applicationId, 'Declined');
    await until(async () => {
      const statuses = await collateralOf(applicationId);
      return statuses.every((status) => status === 'Abandoned') ? true : undefined;
    });
    expect(await payouts()).toHaveLength(before);
  }, 120_000);
});

/** The borrower transfers everything that is owed today. */
async function payOff(applicationId: string): Promise<void> {
  const { loanId } = (await partner.get(`/v1/applications/${applicationId}`)) as { loanId: string };
  const { body: quote } = await until(async () => {
    const payOn = shanghaiDate();
    return partner.post(`/v1/loans/${loanId}/payoff-quotes`, { payOn }).catch(() => undefined);
  });
  const { body } = await partner.post(`/v1/loans/${loanId}/payments`, {
    amountFen: quote['totalFen'],
    valueDate: quote['payOn'],
    reference: `payoff-${loanId}`,
    prepayment: { effect: 'ShorterTerm' },
  });
  expect(body['status']).toBe('Settled');
}

function shanghaiDate(): string {
  return new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
}
