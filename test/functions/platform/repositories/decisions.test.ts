import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applicationIdOf } from '#domain/shared/ids.ts';
import type { Decisions } from '#domain/underwriting/decision-ports.ts';
import {
  ReplayCase,
  ShadowCase,
  type DecisionRecord,
} from '#domain/underwriting/decision-record.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { startTestDatabase, type TestDatabase } from '#test/support/dynamodb-local.ts';
import { InMemoryDecisions } from '#test/support/in-memory-decisions.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

const kinds: readonly [string, () => Decisions][] = [
  ['DynamoDecisions', () => new DynamoDecisions(database.documents, 'Decisions')],
  ['InMemoryDecisions', () => new InMemoryDecisions()],
];

function record(number: number, patch: Partial<DecisionRecord> = {}): DecisionRecord {
  const applicationId = applicationIdOf('demo-partner', `decisions-${String(number)}`);
  const decidedAt = `2026-11-23T02:0${String(number)}:00.000Z`;
  return {
    applicationId,
    record: 'decision',
    creditPolicyId: 'person',
    creditPolicy: 'person#0001',
    decidedAt,
    inputs: {
      applicationId,
      decidedAt,
      date: '2026-11-23',
      submittedOn: '2026-11-23',
      product: 'consumer-installment#0001',
      scorecard: 'person#0001',
      policyPack: 'cn#0001',
      lenderType: 'OnlineMicroloan',
      requested: {
        amountFen: 1_000_00,
        termMonths: 12,
        repaymentMethod: 'EqualInstallment',
        purpose: 'Other',
      },
      isHumanReviewRequested: false,
      hasCreditReport: true,
      facts: { openLoans: 1, hasDevice: false, housing: 'Own' },
      pledges: [],
    },
    decided: {
      outcome: 'Referred',
      reasonCodes: ['DataMissing'],
      score: 600,
      grade: 'C',
      approversRequired: 1,
      expectedLossFen: 1,
    },
    trace: [{ ruleId: 'Example', family: 'KnockOut', result: 'NotEvaluated', read: { x: null } }],
    ...patch,
  };
}

function shadowOf(number: number, challenged = 'person'): DecisionRecord {
  const { creditPolicyId: _, ...rest } = record(number);
  return {
    ...rest,
    record: 'shadow#person#0002',
    creditPolicy: 'person#0002',
    shadowOf: challenged,
    beside: { creditPolicy: 'person#0001', decided: rest.decided, isChampion: true },
  };
}

describe.each(kinds)('%s', (_name, make) => {
  it('keeps a decision and its shadow together, and a repeat in its place', async () => {
    const decisions = make();
    await decisions.save(record(1));
    await decisions.save(shadowOf(1));
    await decisions.save(record(1));
    expect(await decisions.listByApplication(record(1).applicationId)).toEqual([
      record(1),
      shadowOf(1),
    ]);
  });

  it('pages through the decisions of a policy, the oldest first and without shadows', async () => {
    const decisions = make();
    const creditPolicyId = `paged-${_name.toLowerCase()}`;
    for (const number of [5, 4, 3, 2]) await decisions.save(record(number, { creditPolicyId }));
    await decisions.save(shadowOf(3));
    const times: string[] = [];
    let after: Readonly<Record<string, string | number>> | undefined;
    do {
      const page = await decisions.listByPolicy(
        { creditPolicyId, from: '2026-11-23T02:03', to: '2026-11-23T02:05:00.000Z' },
        { limit: 2, ...(after === undefined ? {} : { after }) },
      );
      for (const item of page.items) {
        expect(Object.keys(item).toSorted()).toEqual(Object.keys(ReplayCase.shape).toSorted());
        times.push(item.decidedAt.slice(15, 16));
      }
      after = page.next;
    } while (after !== undefined);
    expect(times).toEqual(['3', '4', '5']);
  });

  it('pages through the shadows of a policy, the oldest first, with what counted beside each', async () => {
    const decisions = make();
    const challenged = `shadowed-${_name.toLowerCase()}`;
    for (const number of [9, 8, 7, 6]) await decisions.save(shadowOf(number, challenged));
    await decisions.save(shadowOf(5, 'another'));
    await decisions.save(record(4, { creditPolicyId: challenged }));
    const found: unknown[] = [];
    let after: Readonly<Record<string, string | number>> | undefined;
    do {
      const page = await decisions.listShadows(
        // The first of them is inside, the last is not.
        {
          creditPolicyId: challenged,
          from: '2026-11-23T02:06:00.000Z',
          before: '2026-11-23T02:09:00.000Z',
        },
        { limit: 2, ...(after === undefined ? {} : { after }) },
      );
      found.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    expect(found).toEqual([6, 7, 8].map((number) => ShadowCase.parse(shadowOf(number))));
    const all = await decisions.listShadows({ creditPolicyId: challenged }, { limit: 10 });
    expect(all.items).toHaveLength(4);
  });
});
