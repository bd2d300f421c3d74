import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eraseApplication } from '#domain/privacy/erase-application.ts';
import { blockIdOf } from '#domain/shared/ids.ts';
import { handler as decideBlockLift } from '#functions/operator-api/decide-block-lift.ts';
import { handler as enterBlock } from '#functions/operator-api/enter-block.ts';
import { handler as getBlock } from '#functions/operator-api/get-block.ts';
import { handler as listBlocks } from '#functions/operator-api/list-blocks.ts';
import { handler as requestBlockLift } from '#functions/operator-api/request-block-lift.ts';
import { DynamoBlocks } from '#platform/repositories/blocks.ts';
import { DynamoPeople } from '#platform/repositories/people.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { anApplication, aRequest } from '../../domain/builders.ts';

const analyst = { operatorId: 'operator-analyst', roles: 'CreditAnalyst' };
const supervisor = { operatorId: 'operator-supervisor', roles: 'Supervisor' };
const other = { operatorId: 'operator-other', roles: 'Supervisor' };

let world: ApiWorld;
let sent = 0;
let applicationId: string;
let borrowerKey: string;

beforeAll(async () => {
  world = await startApiWorld();
}, 120_000);
afterAll(async () => {
  await world.stop();
});

/** An application of somebody who was never seen before. */
beforeEach(async () => {
  sent += 1;
  borrowerKey = String(sent).padStart(64, '0');
  const Item = anApplication({
    borrowerKey,
    request: aRequest({ externalId: `block-${String(sent)}` }),
  });
  applicationId = Item.applicationId;
  await world.documents.send(new PutCommand({ TableName: 'Applications', Item }));
});

const enter = (body: object = {}, as = analyst, key?: string) =>
  send(enterBlock, {
    as,
    body: { applicationId, reason: 'ForgedDocuments', ...body },
    ...(key === undefined ? {} : { key }),
  });
const on = (blockId: unknown) => ({ parameters: { blockId: String(blockId) } });
const ask = (blockId: unknown, as = analyst, body: object = { reason: 'ReasonGone' }) =>
  send(requestBlockLift, { as, ...on(blockId), body });
const decide = (
  { blockId, version }: Record<string, unknown>,
  as = supervisor,
  outcome = 'Approve',
  key?: string,
) =>
  send(decideBlockLift, {
    as,
    ...on(blockId),
    body: { outcome, version },
    ...(key === undefined ? {} : { key }),
  });
const stored = () => new DynamoBlocks(world.documents, 'Blocks').find(blockIdOf(borrowerKey));

describe('blocking a borrower', () => {
  it('is on record with who, when, why and until when, and never shows the name', async () => {
    const entered = await enter({ note: 'see file 12', blockedUntilOn: '2999-12-31' });
    expect(entered.status).toBe(201);
    expect(entered.body).toMatchObject({
      blockId: blockIdOf(borrowerKey),
      status: 'Blocked',
      isStanding: true,
      applicationId,
      reason: 'ForgedDocuments',
      reasonText: { zh: '提交伪造材料', en: 'Forged documents' },
      note: 'see file 12',
      blockedBy: 'operator-analyst',
      blockedUntilOn: '2999-12-31',
    });
    const shown = await send(getBlock, { as: supervisor, ...on(entered.body['blockId']) });
    expect(shown.body).toEqual(entered.body);
    const listed = await send(listBlocks, { as: supervisor });
    expect(listed.body['items']).toContainEqual(entered.body);
    for (const { text } of [entered, shown, listed]) expect(text).not.toContain(borrowerKey);
  });

  it('goes by a loan as well, whose borrower it is', async () => {
    const { loan } = await storedLoan(world.documents);
    const Item = {
      ...anApplication({ borrowerKey: loan.borrowerKey }),
      applicationId: loan.applicationId,
    };
    await world.documents.send(new PutCommand({ TableName: 'Applications', Item }));
    const entered = await enter({ applicationId: undefined, loanId: loan.loanId });
    expect(entered.body).toMatchObject({
      blockId: blockIdOf(loan.borrowerKey),
      applicationId: loan.applicationId,
      loanId: loan.loanId,
    });
  });

  it('answers a repeat as it answered first, and whose answer was lost with what is done', async () => {
    const first = await enter({}, analyst, 'block-once');
    const again = await enter({}, analyst, 'block-once');
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
    expect((await enter({}, analyst, 'another-key')).body).toEqual(first.body);
    expect((await enter({ reason: 'OwnRequest' }, analyst, 'block-once')).body['code']).toBe(
      'IdempotencyKeyReused',
    );
    expect((await stored())?.version).toBe(1);
  });

  it('lets one of two people who do it at once do it', async () => {
    const answers = await Promise.all([enter(), enter({}, supervisor), enter({}, other)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect((await stored())?.version).toBe(1);
  });

  it.each([
    {
      what: 'an end that is past',
      body: { blockedUntilOn: '2020-01-01' },
      status: 400,
      names: /past/,
    },
    { what: 'a reason of one’s own', body: { reason: 'Rude' }, status: 400, names: /reason/ },
    {
      what: 'a note with a number of a person',
      body: { note: 'it is 11010519491231002X' },
      status: 400,
      names: /"path":"note"/,
    },
    { what: 'a name', body: { borrowerKey: 'x' }, status: 400, names: /borrowerKey/ },
    { what: 'no borrower', body: { applicationId: undefined }, status: 400, names: /one of them/ },
    {
      what: 'two borrowers',
      body: { loanId: `loan_${'0'.repeat(26)}` },
      status: 400,
      names: /one of them/,
    },
    {
      what: 'an application that nobody has',
      body: { applicationId: `app_${'0'.repeat(26)}` },
      status: 404,
      names: /NotFound/,
    },
    {
      what: 'a loan that nobody has',
      body: { applicationId: undefined, loanId: `loan_${'0'.repeat(26)}` },
      status: 404,
      names: /NotFound/,
    },
  ])('refuses $what, says so and blocks nobody', async ({ body, status, names }) => {
    const answer = await enter(body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(names)]);
    expect(answer.text).not.toContain('11010519491231002X');
    expect(await stored()).toBeUndefined();
  });

  it('is refused while there is one, however much nearer its end', async () => {
    await enter({ blockedUntilOn: '2999-01-01' });
    const shorter = await enter({ blockedUntilOn: '2998-01-01' }, supervisor);
    expect([shorter.status, shorter.body['code']]).toEqual([409, 'InvalidTransition']);
    expect((await stored())?.blockedUntilOn).toBe('2999-01-01');
  });

  it('is refused to roles that have no business with it, and of whoever was erased', async () => {
    for (const roles of ['Reviewer', 'Collector', 'Auditor'])
      expect((await enter({}, { operatorId: 'a', roles })).status).toBe(403);
    const erased = eraseApplication(
      anApplication({ request: aRequest({ externalId: `block-${String(sent)}` }) }),
      { at: '2027-01-01T00:00:00.000Z', because: 'RetentionOver' },
    );
    await world.documents.send(new PutCommand({ TableName: 'Applications', Item: erased }));
    const answer = await enter();
    expect([answer.status, answer.body['code']]).toEqual([410, 'ApplicationErased']);
    expect(await stored()).toBeUndefined();
  });
});

describe('lifting a block', () => {
  it('takes a second person; until then it stands', async () => {
    const { blockId } = (await enter()).body;
    const asked = await ask(blockId, supervisor, { reason: 'ObjectionUpheld', note: 'letter' });
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      status: 'LiftRequested',
      isStanding: true,
      lift: { requestedBy: 'operator-supervisor', reasonText: { zh: '异议成立' } },
    });
    const own = await decide(asked.body, supervisor);
    expect([own.status, own.body['code']]).toEqual([403, 'Forbidden']);
    expect((await decide(asked.body, analyst)).status).toBe(403);
    expect((await stored())?.version).toBe(2);

    const lifted = await decide(asked.body, other);
    expect([lifted.status, lifted.body]).toEqual([
      200,
      expect.objectContaining({ status: 'Lifted', isStanding: false, liftedBy: 'operator-other' }),
    ]);
    const { body } = await send(listBlocks, { as: other });
    expect(JSON.stringify(body)).not.toContain(blockId);
    expect((await send(getBlock, { as: other, ...on(blockId) })).body).toEqual(lifted.body);
    expect((await enter({ reason: 'CourtListed' })).body).toMatchObject({
      blockId,
      version: 4,
      status: 'Blocked',
    });
  });

  it('is bound to what was shown, and done once', async () => {
    const { body } = await enter();
    const asked = (await ask(body['blockId'])).body;
    const stale = await decide({ ...asked, version: 1 });
    expect([stale.status, stale.body['code']]).toEqual([409, 'InvalidTransition']);
    const verdicts = await Promise.all([decide(asked), decide(asked, other, 'Refuse')]);
    expect(verdicts.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await stored())?.version).toBe(3);
  });

  it('answers whoever lost the first answer with what is done', async () => {
    const { body } = await enter();
    const asked = await ask(body['blockId']);
    expect((await ask(body['blockId'])).body).toEqual(asked.body);
    const refused = await decide(asked.body, supervisor, 'Refuse', 'refuse-1');
    expect((await decide(asked.body, supervisor, 'Refuse', 'refuse-2')).body).toEqual(refused.body);
    expect(refused.body).toMatchObject({ status: 'Blocked', isStanding: true, version: 3 });
    expect(refused.body['lift']).toBeUndefined();
    const again = (await ask(body['blockId'])).body;
    const lifted = await decide(again, supervisor, 'Approve', 'approve-1');
    expect((await decide(again, supervisor, 'Approve', 'approve-2')).body).toEqual(lifted.body);
    expect((await stored())?.version).toBe(5);
  });

  it('of nobody is unknown', async () => {
    const blockId = `blk_${'0'.repeat(26)}`;
    for (const answer of [
      await ask(blockId),
      await decide({ blockId, version: 1 }),
      await send(getBlock, { as: other, ...on(blockId) }),
    ])
      expect([answer.status, answer.body['code']]).toEqual([404, 'NotFound']);
  });

  it('lets go of whom nothing but the block kept, and of nobody else', async () => {
    const people = new DynamoPeople(world.documents, { people: 'People' });
    const indexes = [{ keyId: 'key', value: 'f'.repeat(64) }];
    await people.keep({ borrowerKey, indexes, isNew: true }, applicationId);
    const lift = async () => {
      const { body } = await enter();
      await decide((await ask(body['blockId'])).body);
    };
    await lift();
    expect(await people.find(indexes)).toBe(borrowerKey);
    await people.forget(borrowerKey, { by: applicationId });
    await lift();
    expect(await people.find(indexes)).toBeUndefined();
  });
});

describe('the list of blocks', () => {
  it('goes on where the page before ended, and shows nobody whose last day is over', async () => {
    await enter({ blockedUntilOn: '2999-01-01' });
    const seen: unknown[] = [];
    let query: Record<string, string> = { limit: '1' };
    for (;;) {
      const { body } = await send(listBlocks, { as: analyst, query });
      seen.push(...(body['items'] as { blockId: string }[]).map(({ blockId }) => blockId));
      if (body['nextCursor'] === undefined) break;
      query = { limit: '1', cursor: String(body['nextCursor']) };
    }
    expect(seen).toContain(blockIdOf(borrowerKey));
    expect(new Set(seen).size).toBe(seen.length);
    const yesterday = {
      blockId: blockIdOf(borrowerKey),
      standingQueue: 'Standing',
      standsUntilOn: '2020-01-01',
    };
    const cursor = Buffer.from(JSON.stringify(yesterday)).toString('base64url');
    const today = await send(listBlocks, { as: analyst, query: { cursor } });
    expect([today.status, today.text]).toEqual([
      200,
      expect.stringContaining(blockIdOf(borrowerKey)),
    ]);
    const odd = await send(listBlocks, { as: analyst, query: { cursor: 'eyJhIjoxfQ' } });
    expect([odd.status, odd.body['code']]).toEqual([400, 'InvalidInput']);
  });
});
