import { afterEach, describe, expect, it } from 'vitest';
import { aDocument } from '#test/domain/builders.ts';
import { goodApplicant, OriginationWorld, type Outside } from './origination-world.ts';

/** Executions keep the definition they began with; what they call is the code of today (ADR 080). */
let world: OriginationWorld;

async function start(change?: (outside: Outside) => void): Promise<void> {
  world = await OriginationWorld.start(change, 'test/golden/0.1.0/definitions');
}

afterEach(() => {
  world.stop();
});

const large = {
  requested: { amountFen: 60_000_00 },
  applicant: { ...goodApplicant, monthlyIncomeFen: 30_000_00 },
};

describe('an execution that release 0.1.0 began', () => {
  it('pays a sound application out, funded and contracted in two steps', async () => {
    await start();
    const applicationId = await world.apply({ applicant: goodApplicant });
    await world.sign(applicationId);
    expect((await world.application(applicationId)).status).toBe('Disbursed');
    expect(world.entered).toHaveLength(15);
    expect(world.entered.slice(7, 9)).toEqual(['AllocateFunding', 'PrepareContract']);
    expect(world.payments).toHaveLength(1);
  });

  it('ends a declined application with the news of it', async () => {
    await start();
    const applicationId = await world.apply({ requested: { purpose: 'Securities' } });
    expect((await world.application(applicationId)).status).toBe('Declined');
    expect(world.entered).toEqual(['ScreenApplication', 'RouteScreening', 'NotifyOutcome']);
    expect(await world.execution(applicationId)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('waits for documents, then for an approver', async () => {
    await start();
    const applicationId = await world.apply(large);
    const application = await world.application(applicationId);
    expect(application.status).toBe('AwaitingDocuments');
    await world.applications.replace({
      ...application,
      documents: (['IdentityCardFront', 'IdentityCardBack'] as const).map((kind) =>
        aDocument({ kind, status: 'Verified' }),
      ),
      version: application.version + 1,
    });
    const wait = await world.openTask(applicationId, 'AwaitDocuments');
    await world.tokens.succeed(wait.taskToken ?? '', { taskId: wait.taskId, outcome: 'Uploaded' });
    await world.settle();
    expect((await world.application(applicationId)).status).toBe('AwaitingApproval');
    await world.decide(applicationId, 'ApproveApplication', { outcome: 'Approve' });
    expect((await world.application(applicationId)).status).toBe('AwaitingSignature');
    expect(world.entered).toEqual(expect.arrayContaining(['RouteReview', 'RouteDecision']));
  });

  it('sends doubtful documents to a reviewer before the bureau is asked', async () => {
    await start((outside) => {
      outside.income = () =>
        Promise.resolve({ result: 'NoRecord', verifiedMonthlyIncomeFen: undefined, checkId: 'c' });
    });
    const applicationId = await world.apply({ applicant: goodApplicant });
    expect((await world.application(applicationId)).status).toBe('UnderReview');
    expect(world.entered).not.toContain('CheckCredit');
    await world.decide(applicationId, 'ReviewDocuments', { outcome: 'Approve' });
    expect((await world.application(applicationId)).status).toBe('AwaitingSignature');
  });
});
