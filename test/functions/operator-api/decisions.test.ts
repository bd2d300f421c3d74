import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as getDecisions } from '#functions/operator-api/get-decisions.ts';
import { handler as listDecisions } from '#functions/operator-api/list-decisions.ts';
import { handler as listShadows } from '#functions/operator-api/list-shadow-decisions.ts';
import { decideByPolicy } from '#domain/underwriting/decide-by-policy.ts';
import { recordOf, shadowRecordOf } from '#domain/underwriting/decision-record.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { send, startApiWorld, type ApiWorld } from '#test/support/api-world.ts';
import { germanCase, personSetting } from '../../domain/underwriting/german-cases.ts';

const analyst = { operatorId: 'operator-c', roles: 'CreditAnalyst' };

let world: ApiWorld;
beforeAll(async () => {
  world = await startApiWorld();
  const decisions = new DynamoDecisions(world.documents, 'Decisions');
  for (const position of [0, 1, 2]) {
    const { inputs } = germanCase(position);
    const decided = decideByPolicy(inputs, personSetting);
    await decisions.save(recordOf(inputs, decided, 'person'));
    if (position === 1)
      await decisions.save(
        shadowRecordOf(inputs, decided, {
          creditPolicyId: 'person',
          counted: decided,
          isChampion: true,
        }),
      );
  }
});
afterAll(async () => {
  await world.stop();
});

describe('getDecisions', () => {
  it('shows inputs, outcome and the whole trace in both languages, shadows beside it', async () => {
    const { inputs } = germanCase(1);
    const { applicationId } = inputs;
    const answer = await send(getDecisions, { as: analyst, parameters: { applicationId } });
    expect(answer.status).toBe(200);
    const decisions = answer.body['decisions'] as {
      record: string;
      inputs: unknown;
      trace: { ruleId: string; text: { zh: string; en: string } }[];
    }[];
    expect(decisions.map(({ record }) => record)).toEqual(['decision', 'shadow#person#0001']);
    expect(decisions[0]?.inputs).toEqual(JSON.parse(JSON.stringify(inputs)));
    const rules = personSetting.policy.rules.map(({ ruleId }) => ruleId);
    expect(decisions[0]?.trace.map(({ ruleId }) => ruleId).slice(0, rules.length)).toEqual(rules);
    for (const { ruleId, text } of decisions[0]?.trace ?? [])
      expect([text.zh === ruleId, text.en === ruleId]).toEqual([false, false]);
  });

  it('does not know the decision of an application that has none', async () => {
    const parameters = { applicationId: 'app_00000000000000000000000000' };
    expect((await send(getDecisions, { as: analyst, parameters })).status).toBe(404);
  });
});

describe('listDecisions', () => {
  it('pages through what a replay needs, without shadows and without traces', async () => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const answer = await send(listDecisions, {
        as: analyst,
        query: {
          creditPolicyId: 'person',
          limit: '2',
          ...(cursor === undefined ? {} : { cursor }),
        },
      });
      expect(answer.text).not.toContain('trace');
      found.push(
        ...(answer.body['items'] as { applicationId: string }[]).map((item) => item.applicationId),
      );
      cursor = answer.body['nextCursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(new Set(found)).toEqual(
      new Set([0, 1, 2].map((at) => germanCase(at).inputs.applicationId)),
    );
    expect(found).toHaveLength(3);
  });

  it('refuses a cursor of another list', async () => {
    const cursor = Buffer.from('{"applicationId":"x"}').toString('base64url');
    const answer = await send(listDecisions, {
      as: analyst,
      query: { creditPolicyId: 'person', cursor },
    });
    expect([answer.status, answer.body['code']]).toEqual([400, 'InvalidInput']);
  });
});

describe('listShadowDecisions', () => {
  const ask = (query: Record<string, string>) =>
    send(listShadows, { as: analyst, query: { creditPolicyId: 'person', ...query } });

  it('shows what both said of an application, by business date in Shanghai, without inputs', async () => {
    const { inputs } = germanCase(1);
    const answer = await ask({});
    expect(answer.status).toBe(200);
    expect(answer.body['items']).toMatchObject([
      {
        applicationId: inputs.applicationId,
        creditPolicy: 'person#0001',
        beside: { creditPolicy: 'person#0001', isChampion: true },
      },
    ]);
    expect(answer.text).not.toMatch(/"facts"|"trace"/);
    // Decided at 02:00Z on the 23rd: that is the 23rd from 00:00 in Shanghai, 16:00Z of the 22nd.
    expect((await ask({ from: '2026-11-23', to: '2026-11-23' })).body['items']).toHaveLength(1);
    expect((await ask({ to: '2026-11-22' })).body['items']).toEqual([]);
    expect((await ask({ from: '2026-11-24' })).body['items']).toEqual([]);
    expect((await ask({ creditPolicyId: 'company' })).body['items']).toEqual([]);
  });

  it.each([
    { name: 'no date', query: { from: '2026-11-31' } },
    { name: 'a cursor of another list', query: { cursor: 'eyJhIjoxfQ' } },
    { name: 'a policy that can be none', query: { creditPolicyId: 'Person#1' } },
  ])('refuses $name', async ({ query }) => {
    expect((await ask(query as never)).status).toBe(400);
  });

  it('is not for everybody', async () => {
    const answer = await send(listShadows, {
      as: { operatorId: 'operator-d', roles: 'Reviewer' },
      query: { creditPolicyId: 'person' },
    });
    expect(answer.status).toBe(403);
  });
});
