import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import { handler as verifyDocument } from '#functions/documents/verify-document.ts';
import { handler as registerDocument } from '#functions/partner-api/register-document.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { invoke } from '#test/support/invoke.ts';
import { anApplication, anEvent, aRequest } from '../../domain/builders.ts';

let world: ApiWorld;
let applications: DynamoApplications;
let tasks: DynamoTasks;

beforeAll(async () => {
  world = await startApiWorld();
  applications = new DynamoApplications(world.documents, 'Applications');
  tasks = new DynamoTasks(world.documents, 'Tasks');
});
afterAll(async () => {
  await world.stop();
});
beforeEach(() => {
  world.stubs.calls.length = 0;
});

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array(50).fill(1)]);
const pdf = new TextEncoder().encode('%PDF-1.7\n%âãÏÓ\n1 0 obj\n');
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let number = 0;

/** An application above ¥50,000, which needs both sides of the identity card, while the workflow waits for them. */
async function waiting(): Promise<Application> {
  number += 1;
  const request = aRequest({
    externalId: `DOC-${number}`,
    requested: { amountFen: 80_000_00 },
  });
  const received = anApplication({ request });
  await applications.create(received);
  const { applicationId, partnerId } = received;
  await tasks.create(
    openTask({
      kind: 'AwaitDocuments',
      applicationId,
      partnerId,
      round: 1,
      content: {},
      taskToken: `token-${applicationId}`,
      at: '2026-11-24T01:00:00.000Z',
    }),
  );
  return received;
}

/** Announces a document and lays bytes where it belongs. */
async function upload(
  { applicationId }: Application,
  kind: string,
  bytes: { readonly announced: Uint8Array; readonly laid?: Uint8Array },
): Promise<string> {
  await send(registerDocument, {
    as: { partnerId: 'demo-partner' },
    parameters: { applicationId },
    body: {
      kind,
      contentType: 'image/png',
      sizeBytes: bytes.announced.length,
      sha256: digestOf(bytes.announced),
    },
  });
  const found = await applications.find(applicationId);
  const objectKey = found?.documents.at(-1)?.objectKey ?? '';
  lay(objectKey, bytes.laid ?? bytes.announced);
  return objectKey;
}

function lay(objectKey: string, bytes: Uint8Array): void {
  world.stubs.answers.set(`GET /documents/${objectKey}?x-id=GetObject`, () => ({ body: bytes }));
}

const created = (key: string) => ({
  id: 'event-1',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'documents' }, object: { key, size: 1 } },
});
const verify = (key: string) => invoke(verifyDocument, created(key));
const statusesOf = async ({ applicationId }: Application) =>
  (await applications.find(applicationId))?.documents.map(
    ({ status, rejectedBecause }) => `${status} ${rejectedBecause ?? ''}`,
  );
const woken = () => world.stubs.callsOf('AWSStepFunctions.SendTaskSuccess');

describe('verifyDocument', () => {
  it('wakes the workflow with the last document that was missing, and not before', async () => {
    const application = await waiting();
    await verify(await upload(application, 'IdentityCardFront', { announced: png }));
    expect(woken()).toEqual([]);
    await verify(await upload(application, 'IdentityCardBack', { announced: png }));
    expect(await statusesOf(application)).toEqual(['Verified ', 'Verified ']);
    expect(woken()).toEqual([
      expect.objectContaining({ taskToken: `token-${application.applicationId}` }),
    ]);
  });

  it.each([
    ['other bytes of the same length', Uint8Array.from(png, (byte, at) => (at > 20 ? 2 : byte))],
    ['more bytes', Uint8Array.from([...png, 0])],
    ['a PDF that says it is a picture', pdf],
    ['text', new TextEncoder().encode('<script>alert(1)</script>'.padEnd(png.length))],
  ])('rejects %s', async (_, laid) => {
    const application = await waiting();
    await verify(await upload(application, 'IdentityCardFront', { announced: png, laid }));
    const [status] = (await statusesOf(application)) ?? [];
    expect(status).toMatch(/^Rejected [A-Z]\w+$/);
    expect(woken()).toEqual([]);
  });

  it('judges an upload once: neither a repeat nor other bytes later change the verdict', async () => {
    const application = await waiting();
    const key = await upload(application, 'IdentityCardFront', { announced: png });
    await verify(key);
    const judged = await applications.find(application.applicationId);
    lay(key, pdf);
    await verify(key);
    expect(await applications.find(application.applicationId)).toEqual(judged);
  });

  it('pays no attention to an object nobody registered, or of an application that ended', async () => {
    const application = await waiting();
    const key = await upload(application, 'IdentityCardFront', { announced: png });
    const found = await applications.find(application.applicationId);
    if (!found) throw new Error('not stored');
    const ended = changeApplication(found, { status: 'Withdrawn', event: anEvent('Withdrawn') });
    await applications.replace(ended);
    await verify(key);
    lay(`${application.applicationId}/unknown`, png);
    await verify(`${application.applicationId}/unknown`);
    expect(await applications.find(application.applicationId)).toEqual(ended);
    expect(woken()).toEqual([]);
  });

  it('judges what is uploaded after the payout, as evidence, and wakes nobody', async () => {
    const application = await waiting();
    const key = await upload(application, 'Other', { announced: png });
    const found = await applications.find(application.applicationId);
    if (!found) throw new Error('not stored');
    const paidOut = { ...found, version: found.version + 1, status: 'Disbursed' as const };
    await applications.replace(paidOut);
    await verify(key);
    const judged = await applications.find(application.applicationId);
    expect(judged?.documents.at(-1)?.status).toBe('Verified');
    expect(woken()).toEqual([]);
  });

  it('fails, to be delivered again, for an object of no application', async () => {
    lay('app_00000000000000000000000000/x', png);
    await expect(verify('app_00000000000000000000000000/x')).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  it('judges both of two documents that arrive at the same moment', async () => {
    const application = await waiting();
    const keys = [
      await upload(application, 'IdentityCardFront', { announced: png }),
      await upload(application, 'IdentityCardBack', { announced: png }),
    ];
    await Promise.all(keys.map(verify));
    expect(await statusesOf(application)).toEqual(['Verified ', 'Verified ']);
    expect(woken().length).toBeGreaterThanOrEqual(1);
  });
});
