import { describe, expect, it } from 'vitest';
import { runApplyRegistration } from '#functions/collateral/apply-registration.ts';
import { runApplyRelease } from '#functions/collateral/apply-release.ts';
import { runAwaitRegistration } from '#functions/collateral/await-registration.ts';
import { runFollowEnding } from '#functions/collateral/follow-ending.ts';
import { runReserveShares } from '#functions/disbursement/reserve-shares.ts';
import { CollateralUnregistered } from '#domain/shared/errors.ts';
import { watchTask } from '#domain/tasks/watch-task.ts';
import { at, collateralWorld, evidence } from './collateral-world.ts';

type World = Awaited<ReturnType<typeof collateralWorld>>;

async function waiting(): Promise<World> {
  const world = await collateralWorld();
  const { applicationId, dependencies } = world;
  await runAwaitRegistration({ applicationId, taskToken: 'token-1' }, dependencies);
  return world;
}

async function registered(): Promise<World> {
  const world = await waiting();
  const { applicationId, dependencies } = world;
  const { taskId } = await world.decide(await world.taskOf('RegisterCollateral'), 'Complete');
  await runApplyRegistration({ applicationId, taskId }, dependencies);
  return world;
}

async function settled(): Promise<World & { loanId: string }> {
  const world = await registered();
  const loanId = world.putLoan('Settled');
  await runFollowEnding({ loanId }, world.dependencies);
  return { ...world, loanId };
}

describe('before the payout', () => {
  it('records what is pledged and asks one person who did not approve the loan', async () => {
    const world = await waiting();
    expect(await world.statuses()).toEqual(['Pledged', 'Pledged']);
    const task = await world.taskOf('RegisterCollateral');
    expect(task).toMatchObject({
      queue: 'Collateral',
      status: 'Open',
      excludedOperators: ['operator-b'],
      dueAt: '2026-11-28T10:00:00.000Z',
    });
    expect(JSON.stringify(task.content)).not.toContain('description');
  });

  it('opens nothing twice when the step is repeated, and keeps the last token', async () => {
    const world = await waiting();
    const { applicationId, dependencies } = world;
    await runAwaitRegistration({ applicationId, taskToken: 'token-2' }, dependencies);
    expect(await world.statuses()).toHaveLength(2);
    expect(await world.taskOf('RegisterCollateral')).toMatchObject({ taskToken: 'token-2' });
    await expect(world.taskOf('RegisterCollateral', 2)).rejects.toThrow();
  });

  it('goes to the supervisors when it is late', async () => {
    const task = await (await waiting()).taskOf('RegisterCollateral');
    expect(watchTask(task, '2026-11-28T09:59:59.999Z')).toMatchObject({
      remindedAt: expect.any(String) as string,
    });
    expect(watchTask(task, '2026-11-28T10:00:00.000Z')).toMatchObject({ queue: 'Supervisor' });
  });

  it('answers a question that was answered while nobody waited', async () => {
    const world = await waiting();
    const { applicationId, dependencies } = world;
    await world.decide(await world.taskOf('RegisterCollateral'), 'Complete');
    await runAwaitRegistration({ applicationId, taskToken: 'token-2' }, dependencies);
    expect(world.succeeded).toEqual(['token-2']);
  });

  it('registers everything that was proven, once', async () => {
    const world = await registered();
    const { applicationId, dependencies } = world;
    expect(await world.statuses()).toEqual(['Registered', 'Registered']);
    const [record] = await dependencies.collaterals.list(applicationId);
    expect(record).toMatchObject({
      version: 2,
      registration: { evidenceHash: evidence, operatorId: 'operator-a', at },
    });
    const { taskId } = await world.taskOf('RegisterCollateral');
    await runApplyRegistration({ applicationId, taskId }, dependencies);
    expect((await dependencies.collaterals.list(applicationId))[0]?.version).toBe(2);
  });

  it('takes no task that is open or about something else for an answer', async () => {
    const world = await waiting();
    const { applicationId, dependencies } = world;
    const { taskId } = await world.taskOf('RegisterCollateral');
    await expect(runApplyRegistration({ applicationId, taskId }, dependencies)).rejects.toThrow(
      'is not decided',
    );
    await expect(
      runApplyRegistration(
        { applicationId: 'app_00000000000000000000000000', taskId },
        dependencies,
      ),
    ).rejects.toThrow('something else');
    expect(await world.statuses()).toEqual(['Pledged', 'Pledged']);
  });

  it('ends the application when the register refuses, and gives up what was pledged', async () => {
    const world = await waiting();
    const { applicationId, dependencies } = world;
    const { taskId } = await world.decide(await world.taskOf('RegisterCollateral'), 'Reject');
    expect(await runApplyRegistration({ applicationId, taskId }, dependencies)).toEqual({
      outcome: 'Refused',
    });
    const ended = await world.application();
    expect(ended).toMatchObject({ status: 'Declined', reasonCodes: ['CollateralNotRegistered'] });
    expect(ended.event.facts).toMatchObject({ isPledged: true });
    await runFollowEnding({ applicationId, isPledged: true }, dependencies);
    expect(await world.statuses()).toEqual(['Abandoned', 'Abandoned']);
    await expect(world.taskOf('ReleaseCollateral')).rejects.toThrow();
  });

  it('reserves nothing before everything is registered, whatever brought the step there', async () => {
    const reserve = (world: World) =>
      runReserveShares({ applicationId: world.applicationId, payoutNumber: 1 }, {
        ...world.dependencies,
        money: { findPayout: () => Promise.resolve(undefined) },
        vault: {
          open: () => {
            throw new Error('past the gate');
          },
        },
      } as unknown as Parameters<typeof runReserveShares>[1]);
    await expect(reserve(await collateralWorld())).rejects.toThrow(CollateralUnregistered);
    const asked = await waiting();
    await expect(reserve(asked)).rejects.toThrow(CollateralUnregistered);
    // Decided, and the token already said so: the record decides, not the answer.
    await asked.decide(await asked.taskOf('RegisterCollateral'), 'Complete');
    await expect(reserve(asked)).rejects.toThrow(CollateralUnregistered);
    await expect(reserve(await settled())).rejects.toThrow(CollateralUnregistered);
    await expect(reserve(await registered())).rejects.not.toThrow(CollateralUnregistered);
  });
});

describe('after the loan', () => {
  it('opens the work of cancelling the registrations, with a deadline', async () => {
    const world = await settled();
    expect(await world.statuses()).toEqual(['ReleaseDue', 'ReleaseDue']);
    expect(await world.taskOf('ReleaseCollateral')).toMatchObject({
      queue: 'Collateral',
      dueAt: '2026-12-03T10:00:00.000Z',
    });
  });

  it('opens it once, however often the event comes', async () => {
    const world = await settled();
    const { dependencies, loanId } = world;
    await runFollowEnding({ loanId }, dependencies);
    await expect(world.taskOf('ReleaseCollateral', 2)).rejects.toThrow();
    const { taskId } = await world.decide(await world.taskOf('ReleaseCollateral'), 'Complete');
    await runApplyRelease({ subjectId: taskId, kind: 'ReleaseCollateral' }, dependencies);
    await runApplyRelease({ subjectId: taskId, kind: 'ReleaseCollateral' }, dependencies);
    await runFollowEnding({ loanId }, dependencies);
    expect(await world.statuses()).toEqual(['Released', 'Released']);
    expect(await world.taskOf('ReleaseCollateral')).toMatchObject({ status: 'Closed' });
    await expect(world.taskOf('ReleaseCollateral', 2)).rejects.toThrow();
  });

  it.each(['Active', 'Paying', 'WrittenOff', 'PayFailed'] as const)(
    'releases nothing of a loan that is %s, whatever the event said',
    async (status) => {
      const world = await registered();
      await runFollowEnding({ loanId: world.putLoan(status) }, world.dependencies);
      expect(await world.statuses()).toEqual(['Registered', 'Registered']);
    },
  );

  it('takes the release back when the last payment is, and opens it again later', async () => {
    const world = await settled();
    const { dependencies, loanId } = world;
    const stale = await world.taskOf('ReleaseCollateral');
    world.putLoan('Active');
    await runFollowEnding({ loanId }, dependencies);
    expect(await world.statuses()).toEqual(['Registered', 'Registered']);
    await expect(world.decide(stale, 'Complete')).rejects.toThrow('changed since');
    world.putLoan('Settled');
    await runFollowEnding({ loanId }, dependencies);
    expect(await world.statuses()).toEqual(['ReleaseDue', 'ReleaseDue']);
    expect(await world.taskOf('ReleaseCollateral', 2)).toMatchObject({ status: 'Open' });
  });

  it('leaves a release that a person has proven, although the loan runs again', async () => {
    const world = await settled();
    const { dependencies, loanId } = world;
    const { taskId } = await world.decide(await world.taskOf('ReleaseCollateral'), 'Complete');
    world.putLoan('Active');
    await runFollowEnding({ loanId }, dependencies);
    await runApplyRelease({ subjectId: taskId, kind: 'ReleaseCollateral' }, dependencies);
    expect(await world.statuses()).toEqual(['Released', 'Released']);
  });

  it('has nothing to do for a loan without pledges, or one it does not know', async () => {
    const world = await collateralWorld();
    const loanId = world.putLoan('Settled');
    expect(await runFollowEnding({ loanId }, world.dependencies)).toEqual({
      standing: 'NothingPledged',
    });
    expect(
      await runFollowEnding({ loanId: 'loan_00000000000000000000000000' }, world.dependencies),
    ).toEqual({ standing: 'NothingPledged' });
  });
});

describe('when the application ends before it is a loan', () => {
  it('releases what was registered already', async () => {
    const world = await registered();
    const { applicationId, dependencies } = world;
    await world.end('Withdrawn');
    await runFollowEnding({ applicationId, isPledged: true }, dependencies);
    expect(await world.statuses()).toEqual(['ReleaseDue', 'ReleaseDue']);
    expect(await world.taskOf('ReleaseCollateral')).toMatchObject({ status: 'Open' });
  });

  it('closes the open question and gives up what was pledged', async () => {
    const world = await waiting();
    const { applicationId, dependencies } = world;
    await world.end('Expired');
    await runFollowEnding({ applicationId, isPledged: true }, dependencies);
    expect(await world.statuses()).toEqual(['Abandoned', 'Abandoned']);
    expect(await world.taskOf('RegisterCollateral')).toMatchObject({ status: 'Closed' });
    await expect(
      runAwaitRegistration({ applicationId, taskToken: 'late' }, dependencies),
    ).rejects.toThrow('is Expired');
  });

  it('releases what was proven at the last moment', async () => {
    const world = await waiting();
    const { applicationId, dependencies } = world;
    const { taskId } = await world.decide(await world.taskOf('RegisterCollateral'), 'Complete');
    await world.end('Withdrawn');
    await runFollowEnding({ applicationId, isPledged: true }, dependencies);
    await runApplyRegistration({ applicationId, taskId }, dependencies);
    expect(await world.statuses()).toEqual(['ReleaseDue', 'ReleaseDue']);
    expect(await world.taskOf('ReleaseCollateral')).toMatchObject({ status: 'Open' });
  });
});
