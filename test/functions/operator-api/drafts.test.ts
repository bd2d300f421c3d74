import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreditPolicy } from '#domain/catalog/credit-policy.ts';
import { policyInForce } from '#domain/catalog/policy-in-force.ts';
import { handler as decideDraft } from '#functions/operator-api/decide-draft.ts';
import { handler as draftItem } from '#functions/operator-api/draft-catalog-item.ts';
import { handler as getDraft } from '#functions/operator-api/get-draft.ts';
import { handler as listDrafts } from '#functions/operator-api/list-drafts.ts';
import { handler as submitDraft } from '#functions/operator-api/submit-draft.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { companyPolicy, consumerProduct, personPolicy } from '../../domain/catalog-files.ts';

const maker = { operatorId: 'operator-maker', roles: 'CreditAnalyst,Supervisor' };
const checker = { operatorId: 'operator-checker', roles: 'Supervisor' };
const later = '2999-01-01';

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(async () => {
  await world.stop();
});

const draft = (content: object, as = maker, key?: string) =>
  send(draftItem, {
    as,
    body: { kind: 'credit-policy', content },
    ...(key === undefined ? {} : { key }),
  });
const on = (draftId: unknown) => ({ parameters: { draftId: String(draftId) } });

async function submitted(content: object) {
  const { body } = await draft(content);
  await send(submitDraft, { as: maker, ...on(body['draftId']) });
  return { draftId: String(body['draftId']), contentHash: String(body['contentHash']) };
}

const decide = (
  { draftId, contentHash }: { draftId: string; contentHash: string },
  as = checker,
  outcome = 'Approve',
) => send(decideDraft, { as, ...on(draftId), body: { outcome, contentHash } });

describe('a draft of a credit policy', () => {
  it('is published by a second person, for days to come, with every step in its audit chain', async () => {
    const next = { ...personPolicy, version: 3, effectiveFrom: later };
    const drafted = await draft(next);
    expect([drafted.status, drafted.body['status'], drafted.body['itemKey']]).toEqual([
      201,
      'Drafted',
      'person#0003',
    ]);
    const one = await submitted(next);
    expect(one.draftId).toBe(drafted.body['draftId']);
    const waiting = await send(listDrafts, { as: checker });
    expect(waiting.body['items']).toMatchObject([{ draftId: one.draftId, status: 'Submitted' }]);
    expect(waiting.text).not.toContain('"content"');
    const shown = await send(getDraft, { as: checker, ...on(one.draftId) });
    expect(shown.body['content']).toMatchObject({ creditPolicyId: 'person', version: 3 });
    const approved = await decide(one);
    expect(approved.body).toMatchObject({ status: 'Approved', decidedBy: 'operator-checker' });

    const catalog = new DynamoCatalog(world.documents, 'Catalog');
    const versions = await catalog.versions({ kind: 'credit-policy', id: 'person' }, CreditPolicy);
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(policyInForce(versions, '2998-12-31')?.version).toBe(2);
    expect(policyInForce(versions, later)?.version).toBe(3);
    const { Item } = await world.documents.send(
      new GetCommand({ TableName: 'CatalogDrafts', Key: { draftId: one.draftId } }),
    );
    expect(Item).toMatchObject({
      version: 3,
      event: {
        type: 'CatalogPublished',
        actor: 'operator:operator-checker',
        facts: { itemKey: 'person#0003', contentHash: one.contentHash },
      },
    });
    const again = await decide(one);
    expect([again.status, again.body['status']]).toEqual([200, 'Approved']);
  });

  it('is not approved by who wrote it or handed it in', async () => {
    const one = await submitted({ ...companyPolicy, version: 2, effectiveFrom: '2999-01-02' });
    const answer = await decide(one, maker);
    expect([answer.status, answer.body['code']]).toEqual([403, 'Forbidden']);
  });

  it('is not approved by the hash of something else', async () => {
    const one = await submitted({ ...companyPolicy, version: 2, effectiveFrom: '2999-01-03' });
    const answer = await decide({ ...one, contentHash: 'a'.repeat(64) });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });

  it('is not decided before it is handed in, nor twice', async () => {
    const { body } = await draft({ ...companyPolicy, version: 2, effectiveFrom: '2999-01-04' });
    const one = { draftId: String(body['draftId']), contentHash: String(body['contentHash']) };
    expect((await decide(one)).status).toBe(409);
    await send(submitDraft, { as: maker, ...on(one.draftId) });
    expect((await decide(one, checker, 'Reject')).body['status']).toBe('Rejected');
    expect((await decide(one)).status).toBe(409);
  });

  it('does not publish a version that does not follow the one in the catalog, and stays as it was', async () => {
    const one = await submitted({ ...companyPolicy, version: 7, effectiveFrom: '2999-01-05' });
    const answer = await decide(one);
    expect([answer.status, answer.body['code']]).toEqual([409, 'InvalidTransition']);
    const shown = await send(getDraft, { as: checker, ...on(one.draftId) });
    expect(shown.body['status']).toBe('Submitted');
    const { Item } = await world.documents.send(
      new GetCommand({
        TableName: 'Catalog',
        Key: { kind: 'credit-policy', idVersion: 'company#0007' },
      }),
    );
    expect(Item).toBeUndefined();
  });

  it('of a product is refused outside the policy pack, with every reason, and taken within it', async () => {
    const body = (patch: object) => ({
      kind: 'product',
      content: { ...consumerProduct, version: 2, ...patch },
    });
    const refused = await send(draftItem, {
      as: maker,
      body: body({
        minReadSeconds: 3,
        penalty: { ...consumerProduct.penalty, overdueUplift: '0.60' },
      }),
    });
    expect([refused.status, refused.body['code']]).toEqual([400, 'InvalidInput']);
    expect(refused.body['detail']).toBe(
      'overdueUplift is between 0.30 and 0.50, not 0.60; the cost sheet is read for 10 seconds at least',
    );
    expect((await send(draftItem, { as: maker, body: body({}) })).status).toBe(201);
  });

  it.each([
    {
      name: 'a hole in a table, with its row named',
      content: {
        ...personPolicy,
        version: 3,
        effectiveFrom: later,
        authority: {
          ...personPolicy.authority,
          rows: personPolicy.authority.rows.filter(({ rowId }) => rowId !== 'medium'),
        },
      },
      detail: /no row takes grade A, offeredFen from 5000001 below 15000001; the nearest is/,
    },
    {
      name: 'a field nobody knows',
      content: { ...personPolicy, version: 3, effectiveFrom: later, mood: 'good' },
      detail: /no field mood/,
    },
    {
      name: 'a beginning in the past',
      content: { ...personPolicy, version: 3 },
      detail: /would begin on 2026-08-01/,
    },
  ])('is refused with $name', async ({ content, detail }) => {
    const answer = await draft(content);
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
    expect(String(answer.body['detail'])).toMatch(detail);
  });

  it('is one draft, however often the same content is sent, and no other under the same key', async () => {
    const content = { ...companyPolicy, version: 2, effectiveFrom: '2999-02-01' };
    const first = await draft(content, maker, 'draft-once');
    const replayed = await draft(content, maker, 'draft-once');
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(replayed.body).toEqual(first.body);
    expect((await draft(content)).body['draftId']).toBe(first.body['draftId']);
    const other = await draft({ ...content, effectiveFrom: '2999-02-02' }, maker, 'draft-once');
    expect(other.status).toBe(422);
  });
});
