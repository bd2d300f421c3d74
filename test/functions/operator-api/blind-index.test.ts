import { randomBytes } from 'node:crypto';
import { DeleteCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as getBlindIndex } from '#functions/operator-api/get-blind-index.ts';
import { handler as retireBlindIndex } from '#functions/operator-api/retire-blind-index.ts';
import { handler as sweepBlindIndex } from '#functions/operator-api/sweep-blind-index.ts';
import { handler as submitApplication } from '#functions/partner-api/submit-application.ts';
import { syntheticApplication } from '#local/bench/synthetic-applications.ts';
import { announced, retired, switched } from '#local/cli/blind-index.ts';
import { keyIdOf, personalDataVault } from '#platform/pii.ts';
import { freshProviderSecret } from '#platform/secrets.ts';
import { DynamoSightings } from '#platform/repositories/sightings.ts';
import { send, startApiWorld, type Answered, type ApiWorld } from '#test/support/api-world.ts';

type Secret = Parameters<typeof announced>[0];

const partners = ['demo-partner', 'other-partner'];
const administrator = { operatorId: 'administrator', roles: 'Administrator' };
/** More than two pages of one partner, and some of another. */
const CROWD = 90;

let world: ApiWorld;
let secret: Secret;
let sent = 0;

beforeAll(async () => {
  world = await startApiWorld();
  secret = { ...(await freshProviderSecret()) };
  for (let person = 0; person < CROWD; person += 1)
    await submitted(person, person % 9 === 0 ? 1 : 0);
}, 120_000);
afterAll(async () => {
  await world.stop();
});

/** What a function knows from now on. */
async function know(next: Secret): Promise<void> {
  world.stubs.answers.set('secretsmanager.GetSecretValue', () => ({
    body: { SecretString: JSON.stringify(next) },
  }));
  await freshProviderSecret();
}

async function change(step: (keys: Secret) => Secret): Promise<void> {
  secret = step(secret);
  await know(secret);
}

/** The name under which an application of a person is stored. */
async function submitted(person: number, partner = 0): Promise<string> {
  const as = { partnerId: partners[partner] ?? '' };
  sent += 1;
  const body = {
    ...syntheticApplication('rotation', 40_000 + person),
    externalId: `R-${String(sent)}`,
  };
  const answer = await send(submitApplication, { as, body });
  const { Items = [] } = await world.documents.send(
    new QueryCommand({
      TableName: 'Applications',
      KeyConditionExpression: 'applicationId = :id',
      ExpressionAttributeValues: { ':id': answer.body['applicationId'] ?? answer.text },
    }),
  );
  return String(Items[0]?.['borrowerKey']);
}

const sweep = (): Promise<Answered> => send(sweepBlindIndex, { as: administrator, body: {} });

async function underKey(key: string): Promise<number> {
  const { Items = [] } = await world.documents.send(new ScanCommand({ TableName: 'People' }));
  return Items.filter(({ keyShard }) => String(keyShard).startsWith(`${keyIdOf(key)}#`)).length;
}

async function status(): Promise<Record<string, unknown>> {
  let after: string | undefined;
  const sums = { underFormer: 0, underFormerAlone: 0 };
  for (;;) {
    const query = after === undefined ? {} : { after };
    const { body } = await send(getBlindIndex, { as: administrator, query });
    sums.underFormer += Number(body['underFormer']);
    sums.underFormerAlone += Number(body['underFormerAlone']);
    after = body['next'] as string | undefined;
    if (after === undefined) return { ...body, ...sums };
  }
}

async function sightingsOf(trait: string): Promise<number> {
  const sightings = new DynamoSightings(world.documents, 'Sightings');
  return (await sightings.listSince(trait, '2020-01-01', 10)).length;
}

describe('a change of the key that people are found by', () => {
  let first: string;
  let firstKey: string;

  it('finds a person again from the announcement on, and gives a new one the same name everywhere', async () => {
    first = await submitted(1);
    firstKey = secret.blindIndexKey;
    const before = secret;
    await change(announced);
    expect(await submitted(1)).toBe(first);
    expect(await submitted(1, 1)).toBe(first);
    // A function that has not heard of it yet names somebody first, and one that has finds them.
    await know(before);
    const newcomer = await submitted(CROWD + 1);
    await know(secret);
    expect(await submitted(CROWD + 1)).toBe(newcomer);
    // And the other way round.
    const another = await submitted(CROWD + 2);
    await know(before);
    expect(await submitted(CROWD + 2)).toBe(another);
    await know(secret);
  });

  it('sweeps nothing before the announced key is the present one', async () => {
    const answer = await sweep();
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
  });

  it('draws names that no key and no number lead to', async () => {
    const [index] = await personalDataVault().blindIndexes(
      String(
        (syntheticApplication('rotation', 40_001)['applicant'] as Record<string, unknown>)[
          'idNumber'
        ],
      ),
    );
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(first).not.toBe(index?.value);
  });

  it('counts who would be lost, until everybody is swept: in pages, by two at once, cut off and begun again', async () => {
    await change(switched);
    expect(await submitted(1)).toBe(first);
    expect(await status()).toMatchObject({ status: 'NotStarted', isFormerRetired: false });
    expect(Number((await status())['underFormerAlone'])).toBeGreaterThan(CROWD / 2);
    const answers = [await sweep(), ...(await Promise.all([sweep(), sweep()]))];
    for (let page = 0; answers.at(-1)?.body['status'] !== 'Swept'; page += 1) {
      expect(page, JSON.stringify(answers.at(-1)?.body)).toBeLessThan(10);
      answers.push(await sweep());
    }
    for (const { body } of answers) expect(body['conflicts'] ?? []).toEqual([]);
    expect(answers.at(-1)?.body['applications']).toBe(sent);
    expect(await status()).toMatchObject({ status: 'Swept', underFormerAlone: 0 });
    expect(await underKey(secret.blindIndexKey)).toBe(await underKey(firstKey));
    expect((await sweep()).body).toMatchObject({ status: 'Swept', applications: sent });
  }, 120_000);

  it('takes nothing away while people are found by the former key', async () => {
    const answer = await send(retireBlindIndex, { as: administrator, body: {} });
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
    expect(await underKey(firstKey)).toBeGreaterThan(CROWD);
  });

  it('leaves nothing under the former key, and everybody is still found', async () => {
    await change(retired);
    expect(await submitted(1)).toBe(first);
    const answer = await send(retireBlindIndex, { as: administrator, body: {} });
    expect(answer.body).toMatchObject({ status: 'Retired', left: 0, isEnd: true });
    expect(await underKey(firstKey)).toBe(0);
    expect(await submitted(1)).toBe(first);
    expect(await submitted(CROWD - 1)).toBe(await submitted(CROWD - 1, 1));
    const again = await send(retireBlindIndex, { as: administrator, body: {} });
    expect(again.body).toMatchObject({ status: 'Retired', removed: 0 });
  });

  it('is on record: who swept, how many, and when the key was retired', async () => {
    const { Items = [] } = await world.documents.send(
      new ScanCommand({ TableName: 'KeyRotations' }),
    );
    const rotation = Items.find((item) => item['event'] !== undefined);
    expect(rotation).toMatchObject({
      version: 3,
      status: 'Retired',
      event: { type: 'BlindIndexKeyRetired', actor: 'operator:administrator' },
    });
    expect(JSON.stringify(Items)).not.toContain(firstKey);
  });
});

describe('a second change', () => {
  it('leaves whom only the former key finds where they are, unless it is told otherwise', async () => {
    const name = await submitted(2);
    const formerKey = secret.blindIndexKey;
    await change(announced);
    await change(switched);
    while ((await sweep()).body['status'] === 'Sweeping');
    // As with somebody who is blocked and otherwise erased: no application says their number any more.
    const { Items = [] } = await world.documents.send(new ScanCommand({ TableName: 'People' }));
    const present = Items.find(
      ({ borrowerKey, keyShard }) =>
        borrowerKey === name && String(keyShard).startsWith(keyIdOf(secret.blindIndexKey)),
    );
    await world.documents.send(
      new DeleteCommand({ TableName: 'People', Key: { blindIndex: present?.['blindIndex'] } }),
    );
    expect(await status()).toMatchObject({ underFormerAlone: 1 });
    await change(retired);
    const kept = await send(retireBlindIndex, { as: administrator, body: {} });
    expect(kept.body).toMatchObject({ status: 'Swept', left: 1, isEnd: true });
    expect(await underKey(formerKey)).toBe(1);
    const body = { isEverything: true };
    const lost = await send(retireBlindIndex, { as: administrator, body });
    expect(lost.body).toMatchObject({ status: 'Retired', removed: 1, left: 0 });
  }, 120_000);

  it('is refused to everybody but administrators', async () => {
    const as = { operatorId: 'supervisor', roles: 'Supervisor' };
    for (const handler of [sweepBlindIndex, retireBlindIndex])
      expect((await send(handler, { as, body: {} })).status).toBe(403);
    expect((await send(getBlindIndex, { as })).status).toBe(403);
  });
});

describe('what applications have in common', () => {
  it('is found under the new key as well once they are swept, and no more than it was', async () => {
    const vault = personalDataVault();
    const device = `device-${randomBytes(4).toString('hex')}`;
    const [old = ''] = await vault.traitKeys('device', device);
    const sightings = new DynamoSightings(world.documents, 'Sightings');
    const seen = { applicationId: 'app_shown', seenAt: new Date().toISOString(), borrower: 'b' };
    const shown = { ...seen, traits: [`device#${old}`] };
    await sightings.note([{ ...seen, trait: `device#${old}` }]);
    await sightings.countForPartner('demo-partner', '2026-11-26', shown);
    await change(announced);
    const [, fresh = ''] = await vault.traitKeys('device', device);
    const traits = [`device#${old}`, `device#${fresh}`];
    await sightings.noteAlso({ ...seen, traits });
    await sightings.noteAlso({ ...seen, traits });
    await sightings.noteAlso({ ...seen, applicationId: 'app_forgotten', traits });
    for (const trait of traits) expect(await sightingsOf(trait)).toBe(1);
  });
});
