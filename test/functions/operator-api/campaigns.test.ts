import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideByPolicy } from '#domain/underwriting/decide-by-policy.ts';
import { recordOf } from '#domain/underwriting/decision-record.ts';
import { handler as selectBorrowers } from '#functions/operator-api/select-borrowers.ts';
import { handler as withdrawConsent } from '#functions/operator-api/withdraw-consent.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { anApplication } from '../../domain/builders.ts';
import { germanCase, personSetting } from '../../domain/underwriting/german-cases.ts';

const supervisor = { operatorId: 'supervisor', roles: 'Supervisor' };
const PEOPLE = 60;
let world: ApiWorld;

/** Sixty decided applications; every third borrower agreed to marketing. */
beforeAll(async () => {
  world = await startApiWorld();
  const decisions = new DynamoDecisions(world.documents, 'Decisions');
  const applications = new DynamoApplications(world.documents, 'Applications');
  const at = new Date().toISOString();
  for (let position = 0; position < PEOPLE; position += 1) {
    const { inputs } = germanCase(position);
    const { applicationId } = inputs;
    await decisions.save(recordOf(inputs, decideByPolicy(inputs, personSetting), 'person'));
    const application = anApplication({ applicationId, borrowerKey: `key-${String(position)}` });
    const marketing = { purpose: 'Marketing' as const, textHash: 'sha256:02', givenAt: at };
    const consents =
      position % 3 === 0 ? [...application.consents, marketing] : application.consents;
    await applications.create({ ...application, consents });
  }
});
afterAll(() => world.stop());

interface Page {
  selectionId: string;
  looked: number;
  items: { borrowerKey: string }[];
  nextCursor?: string;
}

async function select(body: object, key: string, as = supervisor) {
  const parameters = { campaign: 'autumn-2026' };
  return send(selectBorrowers, {
    as,
    parameters,
    body: { creditPolicyId: 'person', ...body },
    key,
  });
}

describe('selectBorrowers', () => {
  it('gives the keys of those who agreed, page after page, and keeps a record of each page', async () => {
    const keys: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      pages += 1;
      const answer = await select({ ...(cursor === undefined ? {} : { cursor }) }, `page-${pages}`);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/测试|nameMasked|mobile|idNumber|applicationId/);
      const { items, nextCursor, selectionId } = answer.body as unknown as Page;
      keys.push(...items.map(({ borrowerKey }) => borrowerKey));
      cursor = nextCursor;
      const { Item } = await world.documents.send(
        new GetCommand({ TableName: 'Selections', Key: { selectionId } }),
      );
      expect(Item).toMatchObject({ campaign: 'autumn-2026', selected: items.length });
      expect(JSON.stringify(Item)).not.toContain('key-');
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(1);
    const agreed = Array.from({ length: PEOPLE / 3 }, (_, at) => `key-${String(at * 3)}`);
    expect(keys.toSorted()).toEqual(agreed.toSorted());
  });

  it('gives nobody who has taken the consent back, from that moment on and whoever took it down', async () => {
    const { applicationId } = germanCase(0).inputs;
    const reviewer = { operatorId: 'operator-a', roles: 'Reviewer' };
    const keysOf = async (key: string) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const body = cursor === undefined ? {} : { cursor };
        const page = (await select(body, `${key}-${found.length}`)).body as unknown as Page;
        found.push(...page.items.map(({ borrowerKey }) => borrowerKey));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return found;
    };
    expect(await keysOf('before')).toContain('key-0');
    const request = {
      as: reviewer,
      parameters: { applicationId },
      body: { purpose: 'Marketing' },
      key: 'by-phone',
    };
    const withdrawn = await send(withdrawConsent, request);
    expect(withdrawn.status).toBe(200);
    expect((await send(withdrawConsent, request)).text).toBe(withdrawn.text);
    expect(await keysOf('after')).not.toContain('key-0');
    const auditor = { operatorId: 'operator-z', roles: 'Auditor' };
    expect((await send(withdrawConsent, { ...request, as: auditor })).status).toBe(403);
    const unknown = { applicationId: 'app_00000000000000000000000000' };
    expect((await send(withdrawConsent, { ...request, parameters: unknown })).status).toBe(404);
  });

  it('answers a repeat the same, and is for supervisors only', async () => {
    const first = await select({ grades: ['A'] }, 'again');
    const second = await select({ grades: ['A'] }, 'again');
    expect(second.body).toEqual(first.body);
    const analyst = { operatorId: 'operator-c', roles: 'CreditAnalyst' };
    expect((await select({}, 'analyst', analyst)).status).toBe(403);
    expect((await select({ sex: 'F' }, 'sex')).status).toBe(400);
    expect((await select({ cursor: 'bm90aGluZw' }, 'cursor')).status).toBe(400);
  });
});
