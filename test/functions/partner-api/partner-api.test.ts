import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Application } from '#domain/applications/application.ts';
import { changeApplication } from '#domain/applications/change-application.ts';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import { openTask } from '#domain/tasks/open-task.ts';
import { handler as confirmDisclosure } from '#functions/partner-api/confirm-disclosure.ts';
import { handler as createQuote } from '#functions/partner-api/create-quote.ts';
import { handler as getApplication } from '#functions/partner-api/get-application.ts';
import { handler as getLoan } from '#functions/partner-api/get-loan.ts';
import { handler as getLoanSchedule } from '#functions/partner-api/get-loan-schedule.ts';
import { handler as getProduct } from '#functions/partner-api/get-product.ts';
import { handler as listApplications } from '#functions/partner-api/list-applications.ts';
import { handler as listProducts } from '#functions/partner-api/list-products.ts';
import { handler as registerDocument } from '#functions/partner-api/register-document.ts';
import { handler as requestReview } from '#functions/partner-api/request-review.ts';
import { handler as requestSignature } from '#functions/partner-api/request-signature.ts';
import { handler as submitApplication } from '#functions/partner-api/submit-application.ts';
import { handler as withdrawConsent } from '#functions/partner-api/withdraw-consent.ts';
import { handler as withdrawApplication } from '#functions/partner-api/withdraw-application.ts';
import { quoteText } from '#local/cli/quote.ts';
import { decideTask } from '#domain/tasks/decide-task.ts';
import { personalDataVault } from '#platform/pii.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoDisclosureSheets } from '#platform/repositories/disclosure-sheets.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';
import { send, startApiWorld, type ApiHandler, type ApiWorld } from '#test/support/api-world.ts';
import { aContract, anEvent, aPerson, aRequest, aTask } from '../../domain/builders.ts';
import { pricedSheet } from '../../domain/contracts/priced-sheet.ts';

const demo = { partnerId: 'demo-partner' };
const other = { partnerId: 'other-partner' };

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

let number = 0;

/** A request nobody sent before. */
function freshRequest(overrides: Parameters<typeof aRequest>[0] = {}) {
  number += 1;
  return aRequest({ externalId: `API-${number}`, ...overrides });
}

async function submitted(): Promise<Application> {
  const answer = await send(submitApplication, { as: demo, body: freshRequest() });
  const found = await applications.find(String(answer.body['applicationId']));
  if (found === undefined) throw new Error(`not submitted: ${answer.text}`);
  return found;
}

async function moved(
  application: Application,
  ...statuses: Application['status'][]
): Promise<Application> {
  let current = application;
  for (const status of statuses) {
    current = changeApplication(current, { status, event: anEvent(`Application${status}`) });
    await applications.replace(current);
  }
  return current;
}

/** An application whose contract waits to be read and signed. */
async function withContract(): Promise<Application> {
  const allocated = await moved(
    await submitted(),
    'Screened',
    'DocumentsVerified',
    'CreditChecked',
    'Approved',
    'FundingAllocated',
  );
  const preparedAt = now();
  const awaiting = changeApplication(allocated, {
    status: 'AwaitingSignature',
    patch: {
      contract: {
        contractNumber: 'ZD-1',
        loanId: 'loan_00000000000000000000000000',
        sheetHash: 'a'.repeat(64),
        sheet: { amountFen: 30_000_00 },
        disclosureObjectKey: 'disclosure.pdf',
        contractObjectKey: 'contract.pdf',
        contractSha256: 'b'.repeat(64),
        aprNominal: '0.1200',
        allInCost: '0.1200',
        preparedAt: preparedAt.toISOString(),
        expiresAt: new Date(preparedAt.getTime() + 7 * 86_400_000).toISOString(),
      },
    },
    event: anEvent('ContractPrepared'),
  });
  await applications.replace(awaiting);
  return awaiting;
}

const on = ({ applicationId }: Application) => ({ as: demo, parameters: { applicationId } });
const confirmation = () => ({
  sheetHash: 'a'.repeat(64),
  shownAt: now().toISOString(),
  readSeconds: 30,
});

async function confirmed(): Promise<Application> {
  const application = await withContract();
  await send(confirmDisclosure, { ...on(application), body: confirmation() });
  return application;
}

describe('submitApplication', () => {
  it('takes an application and says where to follow it', async () => {
    const body = freshRequest();
    const answer = await send(submitApplication, { as: demo, body });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ externalId: body.externalId, status: 'Received' });
    expect(answer.headers['location']).toBe(
      `/v1/applications/${String(answer.body['applicationId'])}`,
    );
    expect(answer.headers['idempotency-replayed']).toBeUndefined();
  });

  it('stores nobody in plain text, and gives the sealed person back to whoever may open it', async () => {
    const { applicationId, partnerId, pii } = await submitted();
    const { Item } = await world.documents.send(
      new GetCommand({ TableName: 'Applications', Key: { applicationId } }),
    );
    const text = JSON.stringify(Item);
    const bytes = Buffer.from(pii).toString('latin1');
    for (const secret of [aPerson.name, aPerson.idNumber, aPerson.mobile, '6200000000000005']) {
      expect(text).not.toContain(secret);
      expect(bytes).not.toContain(secret);
    }
    const vault = personalDataVault();
    const opened = await vault.open(pii, sealedSubjectOf({ partnerId, applicationId }));
    expect(opened.applicant).toMatchObject({ name: aPerson.name, idNumber: aPerson.idNumber });
    await expect(
      vault.open(pii, sealedSubjectOf({ partnerId: 'other-partner', applicationId })),
    ).rejects.toThrow('another item');
  });

  it('seals device, address, contacts, guarantors and pledges, and keeps of them only what rules read', async () => {
    const consents = [
      { purpose: 'CreditQuery', textHash: 'sha256:guarantor', givenAt: '2026-11-22T02:00:00Z' },
    ];
    const guarantor = {
      name: '测试乙',
      idNumber: '990000198512310025',
      mobile: '19900000001',
      consents,
    };
    const body = {
      ...freshRequest(),
      device: { fingerprint: 'device-of-a-test', ip: '192.0.2.44' },
      address: '上海市示例路1号',
      contacts: [{ name: '测试丙', mobile: '19900000002', relation: 'Friend' }],
      guarantors: [guarantor],
      pledges: [{ kind: 'Vehicle', valueFen: 8_000_000, description: '沪A00000 示例轿车' }],
    };
    const answer = await send(submitApplication, { as: demo, body });
    expect(answer.status).toBe(202);
    const applicationId = String(answer.body['applicationId']);
    const application = await applications.find(applicationId);
    expect(application?.backing).toEqual({
      guarantorKeys: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      guarantors: [{ guarantorKey: expect.stringMatching(/^[0-9a-f]{64}$/) as string, consents }],
      pledges: [{ kind: 'Vehicle', valueFen: 8_000_000 }],
    });
    const { Item } = await world.documents.send(
      new GetCommand({ TableName: 'Applications', Key: { applicationId } }),
    );
    expect(JSON.stringify(Item)).not.toMatch(
      /device-of-a-test|192\.0\.2\.44|示例路|19900000002|9900001985|沪A00000/,
    );
  });

  it.each([
    {
      name: 'an unknown field of the device',
      part: { device: { fingerprint: 'device-1', imei: '1' } },
    },
    { name: 'an address that is no IP', part: { device: { fingerprint: 'device-1', ip: 'here' } } },
    {
      name: 'a guarantor who is the borrower',
      part: {
        guarantors: [{ name: '测试甲', idNumber: aPerson.idNumber, mobile: aPerson.mobile }],
      },
    },
    {
      name: 'a contact with no real number',
      part: { contacts: [{ name: '测试丙', mobile: '123', relation: 'Friend' }] },
    },
    {
      name: 'a pledge of a kind nobody takes',
      part: { pledges: [{ kind: 'Soul', valueFen: 1, description: 'x' }] },
    },
  ])('refuses $name with 400', async ({ part }) => {
    const answer = await send(submitApplication, {
      as: demo,
      body: { ...freshRequest(), ...part },
    });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });

  it('knows a borrower again by the blind index, whatever the partner and the spelling', async () => {
    const first = await submitted();
    const answer = await send(submitApplication, {
      as: other,
      body: freshRequest({ applicant: { idNumber: ` ${aPerson.idNumber} ` } }),
    });
    const second = await applications.find(String(answer.body['applicationId']));
    expect(second?.borrowerKey).toBe(first.borrowerKey);
    expect(first.borrowerKey).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives the first answer again for the same key and body', async () => {
    const request = { as: demo, body: freshRequest(), key: 'same-key' };
    const first = await send(submitApplication, request);
    const id = String(first.body['applicationId']);
    const stored = await applications.find(id);
    if (stored) await moved(stored, 'Screened');
    const again = await send(submitApplication, request);
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.headers['location']).toBe(first.headers['location']);
  });

  it('refuses the same key with another body, and stores nothing', async () => {
    await send(submitApplication, { as: demo, body: freshRequest(), key: 'reused-key' });
    const body = freshRequest();
    const answer = await send(submitApplication, { as: demo, body, key: 'reused-key' });
    expect([answer.status, answer.body['code']]).toEqual([422, 'IdempotencyKeyReused']);
    const retried = await send(submitApplication, { as: demo, body });
    expect(retried.status).toBe(202);
  });

  it('keeps the keys of partners apart', async () => {
    await send(submitApplication, { as: demo, body: freshRequest(), key: 'shared-key' });
    const answer = await send(submitApplication, {
      as: other,
      body: freshRequest(),
      key: 'shared-key',
    });
    expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([202, undefined]);
  });

  it('stores one application when the same request comes twenty times at once', async () => {
    const request = { as: demo, body: freshRequest(), key: 'twenty-at-once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(submitApplication, request)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    // The instant of submission is part of the answer: one text means one stored application.
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true');
    expect(replayed).toHaveLength(19);
  });

  it('takes one of twenty applications under one number of the partner', async () => {
    const body = freshRequest();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(submitApplication, { as: demo, body })),
    );
    const codes = answers.map(({ status, body: answer }) => `${status} ${String(answer['code'])}`);
    expect(codes.toSorted()).toEqual([
      '202 undefined',
      ...Array<string>(19).fill('409 ExternalIdTaken'),
    ]);
  });

  it.each([
    ['a wrong check digit', { idNumber: '990000199001010008' }, 'applicant.idNumber'],
    [
      'full-width digits',
      { idNumber: '９９００００１９９００１０１０００９' },
      'applicant.idNumber',
    ],
    ['a mobile number that is none', { mobile: '12345' }, 'applicant.mobile'],
    [
      'a card that fails Luhn',
      { bankAccount: { number: '6200000000000006', bankCode: '999000000014' } },
      'applicant.bankAccount.number',
    ],
  ])('says which field has %s, and never what it was', async (_, applicant, path) => {
    const answer = await send(submitApplication, { as: demo, body: freshRequest({ applicant }) });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
    expect(answer.body['errors']).toContainEqual(expect.objectContaining({ path }));
    for (const value of Object.values(applicant))
      if (typeof value === 'string') expect(answer.text).not.toContain(value);
  });

  it('answers a product the partner may not sell as one that does not exist', async () => {
    const refusals = await Promise.all(
      ['no-such-product', 'small-business'].map((productId) =>
        send(submitApplication, { as: other, body: freshRequest({ productId }) }),
      ),
    );
    expect(refusals.map(({ status }) => status)).toEqual([400, 400]);
    expect(refusals[0]?.text).toBe(refusals[1]?.text);
  });
});

describe('another partner', () => {
  const routes: [string, ApiHandler, unknown][] = [
    ['getApplication', getApplication, undefined],
    ['confirmDisclosure', confirmDisclosure, confirmation()],
    ['requestSignature', requestSignature, {}],
    ['withdrawApplication', withdrawApplication, {}],
    ['requestReview', requestReview, { reason: 'please look again' }],
    [
      'registerDocument',
      registerDocument,
      {
        kind: 'IncomeProof',
        contentType: 'image/png',
        sizeBytes: 10,
        sha256: 'c'.repeat(64),
      },
    ],
  ];

  it.each(routes)('finds a foreign application exactly as an unknown one by %s', async (...row) => {
    const [, handler, body] = row;
    const application = await withContract();
    const ask = (applicationId: string) =>
      send(handler, { as: other, parameters: { applicationId }, body });
    const foreign = await ask(application.applicationId);
    const unknown = await ask('app_00000000000000000000000000');
    const malformed = await ask("app_' OR 1=1");
    expect(foreign.status).toBe(404);
    expect({ text: foreign.text, headers: foreign.headers }).toEqual({
      text: unknown.text,
      headers: unknown.headers,
    });
    expect(malformed.text).toBe(unknown.text);
    expect(await applications.find(application.applicationId)).toEqual(application);
  });

  it('sees none of it in its list, and cannot use a cursor of somebody else', async () => {
    for (let count = 0; count < 3; count += 1) await submitted();
    const mine = await send(listApplications, { as: demo, query: { limit: '2' } });
    expect(mine.body['items']).toHaveLength(2);
    const cursor = String(mine.body['nextCursor']);
    const theirs = await send(listApplications, { as: other, query: { limit: '2', cursor } });
    expect([theirs.status, theirs.body['code']]).toEqual([400, 'InvalidInput']);
    const next = await send(listApplications, { as: demo, query: { limit: '2', cursor } });
    expect(next.status).toBe(200);
    const filtered = await send(listApplications, {
      as: demo,
      query: { limit: '2', cursor, status: 'Declined' },
    });
    expect(filtered.status).toBe(400);
  });
});

describe('listApplications', () => {
  it('shows every application once, page by page, and no person', async () => {
    const before = new Set<string>();
    const walk = async (): Promise<string[]> => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const query = { limit: '3', ...(cursor === undefined ? {} : { cursor }) };
        const page = await send(listApplications, { as: demo, query });
        expect(page.text).not.toContain('测试');
        seen.push(
          ...(page.body['items'] as { applicationId: string }[]).map((item) => item.applicationId),
        );
        cursor = page.body['nextCursor'] as string | undefined;
      } while (cursor !== undefined);
      return seen;
    };
    for (const id of await walk()) before.add(id);
    const added = [await submitted(), await submitted(), await submitted(), await submitted()];
    const after = await walk();
    expect(new Set(after).size).toBe(after.length);
    expect(after.filter((id) => !before.has(id)).toSorted()).toEqual(
      added.map(({ applicationId }) => applicationId).toSorted(),
    );
  });

  it.each([
    { status: 'Nope' },
    { limit: '0' },
    { limit: '101' },
    { limit: '1e1000' },
    { limit: 'ten' },
    { cursor: 'abc' },
    { cursor: '' },
    { cursor: 'e30.AAAA' },
    { cursor: '..' },
    { partnerId: 'other-partner' },
  ])('refuses the query %o', async (query) => {
    const answer = await send(listApplications, { as: demo, query: { ...query } });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });
});

describe('getApplication', () => {
  it('shows where it stands, masked, with links to what is to be read', async () => {
    const application = await withContract();
    const answer = await send(getApplication, on(application));
    expect(answer.body).toMatchObject({
      applicationId: application.applicationId,
      status: 'AwaitingSignature',
      version: application.version,
      reasons: [],
      contract: { sheetHash: 'a'.repeat(64), sheet: { amountFen: 30_000_00 } },
    });
    const { disclosureUrl } = answer.body['contract'] as { disclosureUrl: string };
    expect(new URL(disclosureUrl).searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    for (const inner of ['pii', 'borrowerKey', 'applied', 'auditHash', 'rulesTrace', 'ObjectKey'])
      expect(answer.text).not.toContain(`${inner}"`);
    expect(answer.text).not.toContain(aPerson.idNumber);
  });

  it('shows the cost sheet that is kept beside the application', async () => {
    const application = await withContract();
    const { sheet, sheetHash } = pricedSheet();
    await new DynamoDisclosureSheets(world.documents, 'Applications').keep(sheetHash, sheet);
    const { sheet: _, ...contract } = { ...aContract(), ...application.contract, sheetHash };
    await applications.replace(
      changeApplication(application, { patch: { contract }, event: anEvent('ContractPrepared') }),
    );
    const answer = await send(getApplication, on(application));
    expect(answer.body).toMatchObject({ contract: { sheetHash, sheet } });
  });

  it('explains reasons in both languages', async () => {
    const application = await submitted();
    const declined = changeApplication(application, {
      status: 'Declined',
      patch: { reasonCodes: ['WithdrawnByApplicant'] },
      event: anEvent('ApplicationDeclined'),
    });
    await applications.replace(declined);
    const answer = await send(getApplication, on(application));
    const [reason] = answer.body['reasons'] as { code: string; zh: string; en: string }[];
    expect(reason?.zh).toMatch(/[\u4e00-\u9fff]/);
    expect(reason?.en).toMatch(/^[A-Z]/);
  });
});

describe('confirmDisclosure', () => {
  it('is recorded once, whatever is sent again', async () => {
    const application = await withContract();
    const request = { ...on(application), body: confirmation(), key: 'disclosure-1' };
    const first = await send(confirmDisclosure, request);
    const again = await send(confirmDisclosure, request);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    const reused = await send(confirmDisclosure, {
      ...request,
      body: { ...request.body, readSeconds: 31 },
    });
    expect(reused.status).toBe(422);
    const second = await send(confirmDisclosure, { ...request, key: 'disclosure-2' });
    expect([second.status, second.body['code']]).toEqual([409, 'InvalidTransition']);
    const stored = await applications.find(application.applicationId);
    expect(stored?.version).toBe(application.version + 1);
  });

  it.each([
    ['another sheet', { sheetHash: 'f'.repeat(64) }],
    ['too short a reading', { readSeconds: 1 }],
    ['a reading before the sheet existed', { shownAt: '2020-01-01T00:00:00Z' }],
    ['a reading that has not happened yet', { shownAt: '2099-01-01T00:00:00Z' }],
  ])('refuses %s', async (_, change) => {
    const application = await withContract();
    const body = { ...confirmation(), ...change };
    const answer = await send(confirmDisclosure, { ...on(application), body });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
    expect(await applications.find(application.applicationId)).toEqual(application);
  });

  it('refuses before there is a contract', async () => {
    const answer = await send(confirmDisclosure, {
      ...on(await submitted()),
      body: confirmation(),
    });
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
  });
});

describe('requestSignature', () => {
  it('is refused before the sheet is confirmed, and asks nobody', async () => {
    const answer = await send(requestSignature, { ...on(await withContract()), body: {} });
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
    expect(world.stubs.callsOf('POST /signature/requests')).toEqual([]);
  });

  it('asks the provider once, under whatever key it is sent again', async () => {
    const application = await confirmed();
    const first = await send(requestSignature, { ...on(application), body: {}, key: 'sign-1' });
    const again = await send(requestSignature, { ...on(application), body: {}, key: 'sign-1' });
    const other = await send(requestSignature, { ...on(application), body: {}, key: 'sign-2' });
    expect([first.status, again.text, other.text]).toEqual([202, first.text, first.text]);
    const [asked, ...more] = world.stubs.callsOf('POST /signature/requests');
    expect(more).toEqual([]);
    expect(asked).toMatchObject({
      reference: `${application.applicationId}-${'b'.repeat(16)}`,
      documentSha256: 'b'.repeat(64),
      signer: { name: aPerson.name, idNumber: aPerson.idNumber, mobile: aPerson.mobile },
    });
  });

  it('answers 503 and stores nothing while the provider is down', async () => {
    const application = await confirmed();
    const before = await applications.find(application.applicationId);
    const healthy = world.stubs.answers.get('POST /signature/requests');
    world.stubs.answers.set('POST /signature/requests', () => ({ status: 502, body: {} }));
    const answer = await send(requestSignature, { ...on(application), body: {} });
    if (healthy) world.stubs.answers.set('POST /signature/requests', healthy);
    expect([answer.status, answer.body['code']]).toEqual([503, 'Unavailable']);
    expect(await applications.find(application.applicationId)).toEqual(before);
  });
});

describe('withdrawApplication', () => {
  it('ends the application, its open tasks and its wait, and lets the borrower apply again', async () => {
    const received = await submitted();
    const held = changeApplication(received, { status: 'Screened', event: anEvent('Screened') });
    await applications.replaceHoldingBorrower(held);
    const wait = openTask({
      kind: 'AwaitDocuments',
      applicationId: held.applicationId,
      partnerId: 'demo-partner',
      round: 1,
      content: {},
      taskToken: `token-of-${held.applicationId}`,
      at: now().toISOString(),
    });
    await tasks.create(wait);
    const request = { ...on(held), body: { reason: 'found another loan' }, key: 'withdraw-1' };
    const first = await send(withdrawApplication, request);
    expect([first.status, first.body['status']]).toEqual([200, 'Withdrawn']);
    expect((await tasks.find(wait.taskId))?.status).toBe('Closed');
    expect(world.stubs.callsOf('AWSStepFunctions.SendTaskFailure')).toEqual([
      expect.objectContaining({
        taskToken: `token-of-${held.applicationId}`,
        error: 'ApplicationClosed',
      }),
    ]);
    const again = await send(withdrawApplication, request);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    const next = await submitted();
    const nextHeld = changeApplication(next, { status: 'Screened', event: anEvent('Screened') });
    expect(await applications.replaceHoldingBorrower(nextHeld)).toBe('Stored');
    await applications.replaceReleasingBorrower(
      changeApplication(nextHeld, { status: 'Withdrawn', event: anEvent('Withdrawn') }),
    );
  });

  it.each(['Disbursing', 'Disbursed', 'Declined'] as const)(
    'is refused once it is %s',
    async (to) => {
      const path = {
        Disbursing: ['Signed', 'Disbursing'],
        Disbursed: ['Signed', 'Disbursing', 'Disbursed'],
        Declined: ['Declined'],
      } as const;
      const application = await moved(await withContract(), ...path[to]);
      const answer = await send(withdrawApplication, { ...on(application), body: {} });
      expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
      expect((await applications.find(application.applicationId))?.status).toBe(to);
    },
  );
});

describe('requestReview', () => {
  it('opens one task for a person, however often it is asked for', async () => {
    const application = await moved(await submitted(), 'Declined');
    const request = { ...on(application), body: { reason: 'my income rose' }, key: 'review-1' };
    const first = await send(requestReview, request);
    const again = await send(requestReview, request);
    const other = await send(requestReview, { ...request, key: 'review-2' });
    expect([first.status, again.text, other.text]).toEqual([202, first.text, first.text]);
    const shown = await send(getApplication, on(application));
    expect(shown.body['declineReview']).toEqual({ outcome: 'Open', dueAt: first.body['dueAt'] });
    // Three days at the latest; before that it is reminded of, after it a supervisor is told.
    const dueInMs = Date.parse(String(first.body['dueAt'])) - now().getTime();
    expect(Math.round(dueInMs / 3_600_000)).toBe(72);
    const task = await tasks.find(String(first.body['taskId']));
    expect(task).toMatchObject({ kind: 'ReviewDecision', queue: 'DecisionReview', status: 'Open' });
    // What the borrower wrote may say who the borrower is: it stays out of tasks and events.
    expect(JSON.stringify(task)).not.toContain('my income rose');
  });

  it.each([
    { declined: 'by screening', path: [] },
    { declined: 'by the rules', path: ['Screened', 'DocumentsVerified', 'CreditChecked'] },
    {
      declined: 'for want of a funder',
      path: ['Screened', 'DocumentsVerified', 'CreditChecked', 'Approved'],
    },
    {
      declined: 'for its cost, with the contract',
      path: ['Screened', 'DocumentsVerified', 'CreditChecked', 'Approved', 'FundingAllocated'],
    },
  ] as const)('is open to whoever was declined $declined', async ({ path }) => {
    const application = await moved(await submitted(), ...path, 'Declined');
    const answer = await send(requestReview, { ...on(application), body: { reason: 'why' } });
    expect(answer.status).toBe(202);
  });

  it('gives the second look to somebody who had no part in the first', async () => {
    const application = await moved(
      await submitted(),
      'Screened',
      'DocumentsVerified',
      'CreditChecked',
      'AwaitingApproval',
      'Declined',
    );
    const { applicationId } = application;
    const asked = aTask({ kind: 'ApproveApplication', applicationId });
    await tasks.create(asked);
    const rejected = decideTask(asked, {
      operator: { operatorId: 'operator-who-declined', roles: ['Approver'] },
      answer: { outcome: 'Reject', contentHash: asked.contentHash },
      at: now().toISOString(),
    });
    await tasks.replace(rejected);
    const answer = await send(requestReview, { ...on(application), body: { reason: 'again' } });
    const review = await tasks.find(String(answer.body['taskId']));
    expect(review?.excludedOperators).toEqual(['operator-who-declined']);
    if (review === undefined) throw new Error('no review');
    expect(() =>
      decideTask(review, {
        operator: { operatorId: 'operator-who-declined', roles: ['Approver'] },
        answer: { outcome: 'Uphold', contentHash: review.contentHash },
        at: now().toISOString(),
      }),
    ).toThrow();
  });

  it('is refused while there is nothing to review', async () => {
    const body = { reason: 'too slow' };
    const answer = await send(requestReview, { ...on(await submitted()), body });
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
  });
});

describe('withdrawConsent', () => {
  const body = { purpose: 'Marketing' };

  it('is noted once in the chain of the application, and counts for the borrower at once', async () => {
    const application = await submitted();
    const { applicationId, borrowerKey } = application;
    const request = { ...on(application), body, key: 'consent-1' };
    const first = await send(withdrawConsent, request);
    const again = await send(withdrawConsent, request);
    expect([first.status, again.text]).toEqual([200, first.text]);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    const { withdrawnAt } = first.body;
    expect(await applications.marketingWithdrawnAt(borrowerKey)).toBe(withdrawnAt);
    const stored = await applications.find(applicationId);
    expect(stored).toMatchObject({
      status: application.status,
      version: application.version + 1,
      consents: application.consents,
      consentWithdrawals: [{ purpose: 'Marketing', withdrawnAt }],
      event: {
        type: 'ConsentWithdrawn',
        actor: 'partner:demo-partner',
        facts: { purpose: 'Marketing' },
      },
    });
    const reused = await send(withdrawConsent, {
      ...request,
      body: { purpose: 'Marketing', x: 1 },
    });
    expect(reused.status).toBe(400);
  });

  it('is taken of an application that has ended too, and again', async () => {
    const application = await moved(await submitted(), 'Declined');
    const first = await send(withdrawConsent, { ...on(application), body, key: 'ended-1' });
    const second = await send(withdrawConsent, { ...on(application), body, key: 'ended-2' });
    expect([first.status, second.status]).toEqual([200, 200]);
    const stored = await applications.find(application.applicationId);
    expect(stored?.consentWithdrawals).toHaveLength(2);
    expect(stored?.status).toBe('Declined');
  });

  it('is refused of a consent that the loan rests on, and of another partner’s application', async () => {
    const application = await submitted();
    const other = { ...on(application), body: { purpose: 'CreditQuery' } };
    expect((await send(withdrawConsent, other)).status).toBe(400);
    const foreign = { ...on(application), body, as: { partnerId: 'other-partner' } };
    expect((await send(withdrawConsent, foreign as never)).status).toBe(404);
  });
});

describe('registerDocument', () => {
  const body = {
    kind: 'IncomeProof',
    contentType: 'image/png',
    sizeBytes: 1234,
    sha256: 'c'.repeat(64),
  };

  it('signs with the time of the platform, also when its clock was moved', async () => {
    const clock = Symbol.for('zhudai.clock');
    const movedMs = now().getTime() + 30 * 86_400_000;
    const application = await submitted();
    Reflect.set(globalThis, clock, { now: () => movedMs });
    const answer = await send(registerDocument, { ...on(application), body, key: 'moved' });
    Reflect.deleteProperty(globalThis, clock);
    const { url, expiresAt } = answer.body['upload'] as { url: string; expiresAt: string };
    const { searchParams } = new URL(url);
    const [, date = '', time = ''] =
      /^(\d{8})T(\d{6})Z$/.exec(searchParams.get('X-Amz-Date') ?? '') ?? [];
    const signed = `${date}T${time}`.replace(
      /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/,
      '$1-$2-$3T$4:$5:$6Z',
    );
    const endsMs = Date.parse(signed) + Number(searchParams.get('X-Amz-Expires')) * 1000;
    expect(Math.abs(endsMs - Date.parse(expiresAt))).toBeLessThan(1000);
    expect(endsMs).toBeGreaterThan(movedMs);
  });

  it('signs the type, the length and the digest of what may be uploaded', async () => {
    const application = await submitted();
    const request = { ...on(application), body, key: 'document-1' };
    const answer = await send(registerDocument, request);
    expect(answer.status).toBe(201);
    const { url, headers } = answer.body['upload'] as {
      url: string;
      headers: Record<string, string>;
    };
    const signed = new URL(url).searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? [];
    expect(signed).toEqual(
      expect.arrayContaining(['content-length', 'content-type', 'host', 'x-amz-checksum-sha256']),
    );
    expect(headers['x-amz-checksum-sha256']).toBe(
      Buffer.from('c'.repeat(64), 'hex').toString('base64'),
    );
    const again = await send(registerDocument, request);
    expect(again.body['documentId']).toBe(answer.body['documentId']);
    expect((await applications.find(application.applicationId))?.documents).toHaveLength(1);
  });

  it.each([
    ['an executable', { contentType: 'application/x-msdownload' }],
    ['nothing', { sizeBytes: 0 }],
    ['ten megabytes and a byte', { sizeBytes: 10 * 1024 * 1024 + 1 }],
    ['a digest in capitals', { sha256: 'C'.repeat(64) }],
    ['a key of its own', { objectKey: '../secrets' }],
  ])('refuses %s', async (_, change) => {
    const application = await submitted();
    const answer = await send(registerDocument, {
      ...on(application),
      body: { ...body, ...change },
    });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });

  it('takes twenty documents at once and no more', async () => {
    const application = await submitted();
    const answers: number[] = [];
    for (let batch = 0; batch < 6; batch += 1)
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 4 }, () => send(registerDocument, { ...on(application), body })),
        ).then((all) => all.map(({ status }) => status))),
      );
    const stored = await applications.find(application.applicationId);
    expect(stored?.documents).toHaveLength(20);
    expect(answers.filter((status) => status === 201)).toHaveLength(20);
    expect(answers.filter((status) => status === 409)).toHaveLength(4);
    expect(new Set(stored?.documents.map(({ objectKey }) => objectKey)).size).toBe(20);
  });

  it('is refused once the application has ended', async () => {
    const application = await moved(await submitted(), 'Declined');
    const answer = await send(registerDocument, { ...on(application), body });
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
  });
});

describe('products and quotes', () => {
  it('shows a partner what it may sell and nothing of how we decide', async () => {
    const mine = await send(listProducts, { as: other });
    const ids = (mine.body['items'] as { productId: string }[]).map(({ productId }) => productId);
    expect(ids).toEqual(['consumer-installment']);
    for (const inner of ['scorecardId', 'creditPolicyId', 'approval', 'existingDebt'])
      expect(mine.text).not.toContain(inner);
    const one = (productId: string) => send(getProduct, { as: other, parameters: { productId } });
    expect((await one('consumer-installment')).status).toBe(200);
    expect((await one('small-business')).text).toBe((await one('no-such-product')).text);
  });

  it.each([
    { terms: { principalFen: 1e21 }, detail: 'principalFen' },
    { terms: { principalFen: '3000000' }, detail: 'principalFen' },
    { terms: { principalFen: -1 }, detail: 'principalFen' },
    { terms: { annualRate: '1e-3' }, detail: 'annualRate' },
    { terms: { annualRate: '-0.1' }, detail: 'annualRate' },
    { terms: { annualRate: 0.12 }, detail: 'annualRate' },
    { terms: { installments: 0 }, detail: 'installments' },
    { terms: { principalGraceInstallments: 12 }, detail: 'principalGraceInstallments' },
    { terms: { downPaymentFen: 30_000_00 }, detail: 'downPaymentFen' },
    { terms: { disbursedOn: '2026-02-30' }, detail: 'disbursedOn' },
    { terms: { disbursedOn: '1899-12-31' }, detail: 'date' },
    { terms: { disbursedOn: '2299-06-30' }, detail: 'a date outside 1900-2299' },
    { terms: { firstDueOn: '2026-11-23' }, detail: 'firstDueOn' },
    { terms: { colour: 'red' }, detail: 'colour' },
    {
      terms: { fees: [{ code: 'A', payeeRole: 'Lender', timing: 'UpFront', amountFen: 3e6 }] },
      detail: 'nothing is left to pay out',
    },
    {
      terms: { principalFen: 1e13, annualRate: '99', installments: 1200 },
      detail: 'exact to the fen',
    },
  ])('refuses to price $terms and says why', async ({ terms, detail }) => {
    const body = {
      principalFen: 30_000_00,
      annualRate: '0.1200',
      disbursedOn: '2026-11-23',
      installments: 12,
      method: 'EqualInstallment',
      ...terms,
    };
    const answer = await send(createQuote, { as: demo, body });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(detail);
  });

  it('prices a loan so that the principal comes back to the fen', async () => {
    const body = {
      principalFen: 30_000_00,
      annualRate: '0.1200',
      disbursedOn: '2026-11-23',
      installments: 12,
      method: 'EqualInstallment',
    };
    const answer = await send(createQuote, { as: demo, body });
    const schedule = answer.body['schedule'] as { principalFen: number; dueOn: string }[];
    expect(schedule.reduce((sum, row) => sum + row.principalFen, 0)).toBe(30_000_00);
    expect(schedule[0]?.dueOn).toBe('2026-12-23');
    expect(answer.body['apr']).toMatchObject({ nominal: '0.1200' });
  });

  it('answers what zhudai quote answers, to the letter', async () => {
    const body = {
      id: 'echoed',
      principalFen: 12_000_00,
      annualRate: '0.1200',
      disbursedOn: '2026-01-31',
      installments: 12,
      method: 'EqualInstallment',
      fees: [
        { code: 'Guarantee', payeeRole: 'Guarantor', timing: 'EachInstallment', amountFen: 5000 },
      ],
    };
    const { status, body: answer } = await send(createQuote, { as: demo, body });
    expect(status).toBe(200);
    expect(answer).toEqual(JSON.parse(quoteText(JSON.stringify(body))));
  });

  it('names the field that a quote does not know', async () => {
    const answer = await send(createQuote, { as: demo, body: { colour: 'red' } });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('colour');
  });

  it('gives the first quote again and refuses its key for another', async () => {
    const body = {
      principalFen: 30_000_00,
      annualRate: '0.1200',
      disbursedOn: '2026-11-23',
      installments: 12,
      method: 'EqualInstallment',
    };
    const first = await send(createQuote, { as: demo, body, key: 'quote-1' });
    const again = await send(createQuote, { as: demo, body, key: 'quote-1' });
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    const changed = { ...body, installments: 6 };
    const reused = await send(createQuote, { as: demo, body: changed, key: 'quote-1' });
    expect([reused.status, reused.body['code']]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it.each([
    ['a loan of nothing', { principalFen: 0 }],
    ['a due date before the payout', { firstDueOn: '2026-11-01' }],
    ['a day that does not exist', { disbursedOn: '2026-02-30' }],
    ['a rate with an exponent', { annualRate: '1e-1' }],
    ['more grace than installments', { principalGraceInstallments: 12 }],
  ])('refuses %s', async (_, change) => {
    const body = {
      principalFen: 30_000_00,
      annualRate: '0.1200',
      disbursedOn: '2026-11-23',
      installments: 12,
      method: 'EqualInstallment',
      ...change,
    };
    const answer = await send(createQuote, { as: demo, body });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });
});

describe('loans', () => {
  it.each([
    ['getLoan', getLoan],
    ['getLoanSchedule', getLoanSchedule],
  ] as [string, ApiHandler][])('knows nothing of an unknown loan by %s', async (_, handler) => {
    const answer = await send(handler, {
      as: demo,
      parameters: { loanId: 'loan_00000000000000000000000000' },
    });
    expect([answer.status, answer.body['code']]).toEqual([404, 'NotFound']);
  });
});
