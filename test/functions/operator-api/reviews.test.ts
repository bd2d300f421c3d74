import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeApplication } from '#domain/applications/advance-application.ts';
import { handler as openReview } from '#functions/operator-api/open-review.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { anApplication, aRequest } from '../../domain/builders.ts';

const reviewer = { operatorId: 'operator-a', roles: 'Reviewer' };
const body = { reason: 'the borrower called' };
let world: ApiWorld;
let applications: DynamoApplications;
let tasks: DynamoTasks;

beforeAll(async () => {
  world = await startApiWorld();
  applications = new DynamoApplications(world.documents, 'Applications');
  tasks = new DynamoTasks(world.documents, 'Tasks');
});
afterAll(() => world.stop());

async function declined(externalId: string): Promise<string> {
  const application = anApplication({ request: aRequest({ externalId }) });
  await applications.create(application);
  await applications.replace(
    closeApplication(application, {
      status: 'Declined',
      reasonCodes: ['ScoreTooLow'],
      at: new Date().toISOString(),
      actor: 'workflow',
    }),
  );
  return application.applicationId;
}

describe('openReview', () => {
  it('opens the same task as the partner would, once, with a deadline, and notes who asked', async () => {
    const applicationId = await declined('review-1');
    const request = { as: reviewer, parameters: { applicationId }, body, key: 'review-1' };
    const first = await send(openReview, request);
    const again = await send(openReview, request);
    const other = await send(openReview, { ...request, key: 'review-2' });
    expect([first.status, again.text, other.text]).toEqual([202, first.text, first.text]);
    const task = await tasks.find(String(first.body['taskId']));
    expect(task).toMatchObject({
      kind: 'ReviewDecision',
      status: 'Open',
      dueAt: first.body['dueAt'],
      content: { reasonCodes: ['ScoreTooLow'] },
    });
    expect(JSON.stringify(task)).not.toContain(body.reason);
    expect(await applications.find(applicationId)).toMatchObject({
      status: 'Declined',
      event: { type: 'ReviewRequested', actor: 'operator:operator-a' },
    });
  });

  it('is refused while nothing is declined, to others, and for what is not there', async () => {
    const open = anApplication({ request: aRequest({ externalId: 'review-2' }) });
    await applications.create(open);
    const { applicationId } = open;
    const request = { as: reviewer, parameters: { applicationId }, body };
    expect((await send(openReview, request)).status).toBe(409);
    const auditor = { operatorId: 'operator-z', roles: 'Auditor' };
    expect((await send(openReview, { ...request, as: auditor })).status).toBe(403);
    const parameters = { applicationId: 'app_00000000000000000000000000' };
    expect((await send(openReview, { ...request, parameters })).status).toBe(404);
  });
});
