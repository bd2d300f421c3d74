import { describe, expect, it } from 'vitest';
import {
  CampaignCriteria,
  selectBorrower,
  type CampaignCandidate,
} from '../../../domain/campaigns/select-borrower.ts';
import { recordSelection, Selection } from '../../../domain/campaigns/selection.ts';
import { estimateValueFen } from '../../../domain/portrait/estimate-value.ts';
import { decideByPolicy } from '../../../domain/underwriting/decide-by-policy.ts';
import { recordOf } from '../../../domain/underwriting/decision-record.ts';
import { germanCase, personSetting } from '../underwriting/german-cases.ts';

const { inputs } = germanCase(2);
const decision = recordOf(inputs, decideByPolicy(inputs, personSetting), 'person');
const { segment = '', grade } = decision.decided;
const valueFen = estimateValueFen(decision) ?? 0;
const date = '2026-11-23';
const agreed = (givenAt: string, purpose = 'Marketing') =>
  ({ purpose, textHash: 'sha256:00', givenAt }) as CampaignCandidate['application']['consents'][0];
const submittedAt = '2026-11-23T09:00:00+08:00';

const choose = (
  change: Partial<Omit<CampaignCandidate, 'application'>> & {
    consents?: CampaignCandidate['application']['consents'];
    restriction?: CampaignCandidate['application']['restriction'];
  } = {},
  criteria: Partial<CampaignCriteria> = {},
) => {
  const { consents = [agreed('2026-11-01T09:00:00+08:00')], restriction, ...rest } = change;
  return selectBorrower(
    {
      decision,
      application: { borrowerKey: 'key-1', consents, submittedAt, restriction },
      product: { consentMaxAgeDays: 180 },
      submittedAt: [submittedAt, '2026-01-01T00:00:00.000Z'],
      isBlocked: false,
      marketingWithdrawnAt: undefined,
      ...rest,
    },
    { creditPolicyId: 'person', ...criteria },
    date,
  );
};

describe('selectBorrower', () => {
  it('names a key, a segment, a grade and a value, and nothing else', () => {
    expect(choose()).toEqual({ borrowerKey: 'key-1', segment, grade, valueFen });
    expect(valueFen).not.toBe(0);
  });

  it.each([
    { name: 'no consent at all', change: { consents: [] } },
    {
      name: 'consent to something else',
      change: { consents: [agreed('2026-11-01T09:00:00+08:00', 'DataSharing')] },
    },
    { name: 'a consent of 181 days', change: { consents: [agreed('2026-05-26T09:00:00+08:00')] } },
    { name: 'a newer application', change: { submittedAt: ['2026-11-23T09:00:00.001+08:00'] } },
    { name: 'an entry on the block list', change: { isBlocked: true } },
    {
      name: 'a consent taken back since',
      change: { marketingWithdrawnAt: '2026-11-23T09:00:00.001+08:00' },
    },
    {
      name: 'a consent taken back in the same moment',
      change: { marketingWithdrawnAt: '2026-11-23T01:00:00Z' },
    },
    {
      name: 'a consent of before the withdrawal in an application of after it',
      change: { marketingWithdrawnAt: '2026-11-01T09:00:00+08:00' },
    },
    {
      name: 'a consent said to be of tomorrow in an application of before the withdrawal',
      change: {
        consents: [agreed('2026-11-24T09:00:00+08:00')],
        marketingWithdrawnAt: '2026-11-23T10:00:00+08:00',
      },
    },
    {
      name: 'data that is restricted',
      change: { restriction: { requestId: `prq_${'0'.repeat(26)}`, since: submittedAt } },
    },
    { name: 'another segment', criteria: { segments: ['Nobility'] } },
    { name: 'another grade', criteria: { grades: ['F'] } },
    { name: 'a value a fen too small', criteria: { valueMinFen: valueFen + 1 } },
  ])('chooses nobody with $name', ({ change, criteria }) => {
    expect(choose(change, criteria)).toBeUndefined();
  });

  it.each([
    { name: 'a consent of 180 days', change: { consents: [agreed('2026-05-27T09:00:00+08:00')] } },
    { name: 'the same instant in another zone', change: { submittedAt: ['2026-11-23T01:00:00Z'] } },
    {
      name: 'a consent given again after a withdrawal',
      change: { marketingWithdrawnAt: '2026-11-01T08:59:59+08:00' },
    },
    { name: 'one of two segments', criteria: { segments: ['Starter', segment] } },
    { name: 'one of two grades', criteria: { grades: [grade, 'F'] } },
    { name: 'exactly the value', criteria: { valueMinFen: valueFen } },
  ])('chooses $name', ({ change, criteria }) => {
    expect(choose(change, criteria)).toMatchObject({ borrowerKey: 'key-1' });
  });

  it('takes nobody whose value is unknown for valuable', () => {
    const declined = { ...decision, decided: { ...decision.decided, offer: undefined } };
    expect(choose({ decision: declined }, { valueMinFen: -1_000_000 })).toBeUndefined();
    expect(choose({ decision: declined })).toEqual({ borrowerKey: 'key-1', segment, grade });
  });

  it('refuses criteria about who somebody is', () => {
    expect(CampaignCriteria.safeParse({ creditPolicyId: 'person', sex: 'F' }).success).toBe(false);
  });
});

describe('recordSelection', () => {
  it('keeps who asked, for whom and how many, never whom', () => {
    const borrower = choose();
    const selection = recordSelection({
      selectionId: 'sel_1',
      campaign: 'autumn',
      criteria: { creditPolicyId: 'person' },
      borrowers: borrower === undefined ? [] : [borrower],
      operatorId: 'supervisor',
      at: submittedAt,
    });
    expect(Selection.parse(selection)).toEqual(selection);
    expect(selection.event).toMatchObject({
      type: 'BorrowersSelected',
      actor: 'operator:supervisor',
      facts: { campaign: 'autumn', selected: 1 },
    });
    expect(JSON.stringify(selection)).not.toContain('key-1');
  });
});
