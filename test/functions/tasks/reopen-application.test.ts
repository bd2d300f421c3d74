import { describe, expect, it } from 'vitest';
import { changeApplication } from '#domain/applications/change-application.ts';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { applicationIdOf } from '#domain/shared/ids.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import { runReopenApplication } from '#functions/tasks/reopen-application.ts';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { InMemoryTasks } from '#test/support/in-memory-tasks.ts';
import { InMemoryVault } from '#test/support/in-memory-vault.ts';
import { anApplication, anEvent, aPerson, aRequest } from '../../domain/builders.ts';

const at = '2026-11-24T10:00:00.000Z';

async function overturned() {
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
      answer: { outcome: 'Overturn', contentHash: task.contentHash },
      at,
    }),
  );
  const event = {
    subjectId: task.taskId,
    applicationId,
    kind: 'ReviewDecision',
    outcome: 'Overturn',
  } as const;
  const successorId = applicationIdOf('demo-partner', 'P-7.review');
  const ports = { applications, tasks, vault, now: () => new Date(at) };
  return { ports, event, successorId, declined, taskId: task.taskId };
}

describe('runReopenApplication', () => {
  it('opens an application of the same person for the same loan, which a person will decide', async () => {
    const { ports, event, successorId, declined } = await overturned();
    await runReopenApplication(event, ports);
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
    const { ports, event, successorId, declined } = await overturned();
    await runReopenApplication(event, ports);
    expect(await ports.applications.find(declined.applicationId)).toMatchObject({
      status: 'Declined',
      version: declined.version + 1,
      event: {
        type: 'ApplicationReopened',
        actor: 'operator:operator-b',
        facts: { successorId },
      },
    });
  });

  it('does everything once when the event comes again, also after a crash in between', async () => {
    const { ports, event, successorId, declined, taskId } = await overturned();
    const failing = {
      ...ports,
      tasks: {
        find: ports.tasks.find.bind(ports.tasks),
        replace: () => Promise.reject(new Error('killed before the task was closed')),
      } as unknown as InMemoryTasks,
    };
    await expect(runReopenApplication(event, failing)).rejects.toThrow('killed');
    await runReopenApplication(event, ports);
    await runReopenApplication(event, ports);
    expect((await ports.applications.find(successorId))?.version).toBe(1);
    expect((await ports.applications.find(declined.applicationId))?.version).toBe(
      declined.version + 1,
    );
    expect((await ports.tasks.find(taskId))?.status).toBe('Closed');
  });
});
