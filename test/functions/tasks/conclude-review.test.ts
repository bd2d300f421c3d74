import { describe, expect, it } from 'vitest';
import { changeApplication } from '#domain/applications/change-application.ts';
import { withdrawMarketingConsent } from '#domain/applications/withdraw-consent.ts';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { applicationIdOf } from '#domain/shared/ids.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import { runConcludeReview } from '#functions/tasks/conclude-review.ts';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';
import { InMemoryVault } from '#test/support/in-memory-vault.ts';
import { anApplication, anEvent, aPerson, aRequest } from '../../domain/builders.ts';

const at = '2026-11-24T10:00:00.000Z';

async function reviewed(outcome: 'Overturn' | 'Uphold' = 'Overturn') {
  const applications = new InMemoryApplications();
  const tasks = new InMemoryTasks();
  const vault = new InMemoryVault();
  const request = aRequest({ externalId: 'P-7' });
  const received = anApplication({ request });
  const pii = await vault.seal({ applicant: request.applicant }, sealedSubjectOf(received));
  await applications.create({ ...received, pii });
  const declined = changeApplication(
    { ...received, pii },
    { status: 'Declined', event: anEvent('ApplicationDeclined') },
  );
  await applications.replace(declined);
  const { applicationId, partnerId } = declined;
  const task = openTask({
    kind: 'ReviewDecision',
    applicationId,
    partnerId,
    round: 1,
    content: {},
    at,
  });
  await tasks.create(task);
  await tasks.replace(
    decideTask(task, {
      operator: { operatorId: 'operator-b', roles: ['Approver'] },
      answer: { outcome, contentHash: task.contentHash },
      at,
    }),
  );
  const event = {
    subjectId: task.taskId,
    applicationId,
    kind: 'ReviewDecision',
    outcome,
  } as const;
  const successorId = applicationIdOf('demo-partner', 'P-7.review');
  const ports = { applications, tasks, vault, now: () => new Date(at) };
  return { ports, event, successorId, declined, taskId: task.taskId };
}

describe('runConcludeReview', () => {
  it('opens an application of the same person for the same loan, which a person will decide', async () => {
    const { ports, event, successorId, declined } = await reviewed();
    await runConcludeReview(event, ports);
    const successor = await ports.applications.find(successorId);
    expect(successor).toMatchObject({
      status: 'Received',
      version: 1,
      externalId: 'P-7.review',
      humanReviewRequested: true,
      borrowerKey: declined.borrowerKey,
      requested: declined.requested,
      productVersion: declined.productVersion,
      event: { type: 'ApplicationSubmitted' },
    });
    if (!successor) throw new Error('no successor');
    const { applicant } = await ports.vault.open(successor.pii, sealedSubjectOf(successor));
    expect(applicant).toMatchObject(aPerson);
    await expect(ports.vault.open(declined.pii, sealedSubjectOf(successor))).rejects.toThrow();
  });

  it('leaves the decline as it ended, with a note of what followed', async () => {
    const { ports, event, successorId, declined } = await reviewed();
    await runConcludeReview(event, ports);
    expect(await ports.applications.find(declined.applicationId)).toMatchObject({
      status: 'Declined',
      version: declined.version + 1,
      event: {
        type: 'ApplicationReopened',
        actor: 'operator:operator-b',
        facts: { successorId },
      },
      declineReview: { outcome: 'Overturned', concludedAt: at, successorId },
    });
  });

  it('says of an upheld decline that a person has looked, and opens nothing', async () => {
    const { ports, event, successorId, declined, taskId } = await reviewed('Uphold');
    await runConcludeReview(event, ports);
    await runConcludeReview(event, ports);
    const stored = await ports.applications.find(declined.applicationId);
    expect(stored).toMatchObject({
      status: 'Declined',
      version: declined.version + 1,
      event: { type: 'DeclineUpheld', actor: 'operator:operator-b' },
      declineReview: { taskId, outcome: 'Upheld', concludedAt: at },
    });
    expect(await ports.applications.find(successorId)).toBeUndefined();
    expect((await ports.tasks.find(taskId))?.status).toBe('Closed');
  });

  it('is noted once, whatever else is written into the application before the event comes again', async () => {
    const { ports, event, declined, taskId } = await reviewed();
    const { applications, tasks } = ports;
    await runConcludeReview(event, ports);
    const noted = await applications.find(declined.applicationId);
    if (noted === undefined) throw new Error('gone');
    const withdrawal = { at, actor: 'partner:demo-partner', applied: {} };
    await applications.replaceWithdrawingMarketing(withdrawMarketingConsent(noted, withdrawal), at);
    const task = await tasks.find(taskId);
    if (task === undefined) throw new Error('gone');
    const again = {
      ...ports,
      tasks: {
        find: () => Promise.resolve({ ...task, status: 'Decided' as const }),
        replace: () => Promise.resolve(),
      } as unknown as InMemoryTasks,
    };
    await runConcludeReview(event, again);
    expect((await applications.find(declined.applicationId))?.version).toBe(noted.version + 1);
  });

  it('does everything once when the event comes again, also after a crash in between', async () => {
    const { ports, event, successorId, declined, taskId } = await reviewed();
    const failing = {
      ...ports,
      tasks: {
        find: ports.tasks.find.bind(ports.tasks),
        replace: () => Promise.reject(new Error('killed before the task was closed')),
      } as unknown as InMemoryTasks,
    };
    await expect(runConcludeReview(event, failing)).rejects.toThrow('killed');
    await runConcludeReview(event, ports);
    await runConcludeReview(event, ports);
    expect((await ports.applications.find(successorId))?.version).toBe(1);
    expect((await ports.applications.find(declined.applicationId))?.version).toBe(
      declined.version + 1,
    );
    expect((await ports.tasks.find(taskId))?.status).toBe('Closed');
  });
});
