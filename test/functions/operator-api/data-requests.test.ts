import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeApplication } from '#domain/applications/advance-application.ts';
import type { Application } from '#domain/applications/application.ts';
import { eraseApplication } from '#domain/privacy/erase-application.ts';
import { handler as enterDataRequest } from '#functions/operator-api/enter-data-request.ts';
import { handler as getApplication } from '#functions/partner-api/get-application.ts';
import { handler as registerDocument } from '#functions/partner-api/register-document.ts';
import { handler as listErasures } from '#functions/operator-api/list-erasures.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoRetention } from '#platform/repositories/retention.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { anApplication, aRequest } from '../../domain/builders.ts';

const supervisor = { operatorId: 'supervisor', roles: 'Supervisor' };
const at = '2026-03-01T10:00:00+08:00';
const asked = { kind: 'Deletion', verification: 'InPerson', receivedOn: '2026-03-02' };

let world: ApiWorld;
let applications: DynamoApplications;
let retention: DynamoRetention;
let declined: Application;
let open: Application;
let other: Application;

beforeAll(async () => {
  world = await startApiWorld();
  applications = new DynamoApplications(world.documents, 'Applications');
  retention = new DynamoRetention(world.documents, {
    applications: 'Applications',
    erasures: 'Erasures',
  });
  declined = await stored('P-1', 'borrower-a', true);
  open = await stored('P-2', 'borrower-a', false);
  other = await stored('P-3', 'borrower-b', true);
});
afterAll(() => world.stop());

async function stored(
  externalId: string,
  borrowerKey: string,
  isDeclined: boolean,
): Promise<Application> {
  const first = anApplication({ request: aRequest({ externalId }), borrowerKey });
  await applications.create(first);
  if (!isDeclined) return first;
  const next = closeApplication(first, {
    status: 'Declined',
    reasonCodes: ['ScoreTooLow'],
    at,
    actor: 'workflow',
  });
  await applications.replace(next);
  return next;
}

function enter(body: object, key?: string, as = supervisor) {
  return send(enterDataRequest, { as, body, ...(key === undefined ? {} : { key }) });
}

describe('enterPersonalDataRequest', () => {
  it('decides every application of the borrower, whichever was named, and nobody else', async () => {
    const { status, body } = await enter({ ...asked, applicationId: open.applicationId });
    expect(status).toBe(202);
    const decisions = body['decisions'] as Record<string, string>[];
    const decided = new Map(decisions.map((each) => [each['applicationId'], each]));
    expect([...decided.keys()].toSorted()).toEqual(
      [declined.applicationId, open.applicationId].toSorted(),
    );
    expect(decided.get(declined.applicationId)).toMatchObject({ outcome: 'Erase' });
    expect(decided.get(open.applicationId)).toMatchObject({
      outcome: 'Keep',
      because: 'InProgress',
    });
    expect(JSON.stringify(body)).not.toMatch(/borrower-a|测/);
  });

  it('repeats an erasure of the register for the one application it names', async () => {
    const again = { kind: 'RepeatedErasure', verification: 'ErasureRegister' };
    const { body } = await enter({ ...asked, ...again, applicationId: declined.applicationId });
    expect(body['decisions']).toMatchObject([{ applicationId: declined.applicationId }]);
  });

  it('gives a repeat the first answer, and refuses another request under its key', async () => {
    const body = { ...asked, applicationId: other.applicationId };
    const first = await enter(body, 'once');
    expect((await enter(body, 'once')).body).toEqual(first.body);
    const changed = await enter({ ...body, verification: 'IdentityCheck' }, 'once');
    expect([changed.status, changed.body['code']]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it.each([
    { what: 'a register that stands for a person', change: { verification: 'ErasureRegister' } },
    { what: 'a day that has not come', change: { receivedOn: '2199-01-01' } },
    { what: 'words about the person', change: { note: '测试甲 called' } },
    { what: 'another kind', change: { kind: 'Correction' } },
  ])('refuses $what', async ({ change }) => {
    const answer = await enter({ ...asked, applicationId: other.applicationId, ...change });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });

  it('is for supervisors', async () => {
    const reviewer = { operatorId: 'operator-a', roles: 'Reviewer' };
    const body = { ...asked, applicationId: other.applicationId };
    expect((await enter(body, undefined, reviewer)).status).toBe(403);
  });
});

describe('an application that was erased', () => {
  it('is gone for whose it was, was never there for others, and stands in the register', async () => {
    const { applicationId } = other;
    await retention.erase(eraseApplication(other, { at, because: 'NoLoanCameOfIt' }));
    const read = (partnerId: string) =>
      send(getApplication, { as: { partnerId }, parameters: { applicationId } });
    expect((await read(other.partnerId)).body).toMatchObject({
      status: 410,
      code: 'ApplicationErased',
    });
    const foreign = await read('other-partner');
    const unknown = await send(getApplication, {
      as: { partnerId: 'other-partner' },
      parameters: { applicationId: `app_${'0'.repeat(26)}` },
    });
    expect(foreign).toEqual(unknown);
    const document = await send(registerDocument, {
      as: { partnerId: 'other-partner' },
      parameters: { applicationId },
      body: {
        kind: 'IncomeProof',
        contentType: 'image/png',
        sizeBytes: 10,
        sha256: 'a'.repeat(64),
      },
    });
    expect(document.status).toBe(404);
    const register = await send(listErasures, { as: supervisor, query: { year: '2026' } });
    expect(register.body['items']).toEqual([
      { applicationId, erasedAt: at, because: 'NoLoanCameOfIt' },
    ]);
    expect((await enter({ ...asked, applicationId })).status).toBe(410);
  });

  it('is erased once: a second erasure, made from what was read before, changes nothing', async () => {
    const late = eraseApplication(other, { at, because: 'NoLoanCameOfIt' });
    await expect(retention.erase(late)).rejects.toMatchObject({ name: 'ConcurrentChange' });
    expect((await retention.listErasures('2026', { limit: 10 })).items).toHaveLength(1);
  });
});
