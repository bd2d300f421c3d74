import { describe, expect, it } from 'vitest';
import type { Application } from '#domain/applications/application.ts';
import type { CreditPolicy } from '#domain/catalog/credit-policy.ts';
import { runDecideApplication } from '#functions/origination/decide-application.ts';
import { inMemoryCatalog } from '#test/support/in-memory-catalog.ts';
import { InMemoryApplications } from '#test/support/in-memory-applications.ts';
import { InMemoryDecisions } from '#test/support/in-memory-decisions.ts';
import { InMemoryVault } from '#test/support/in-memory-vault.ts';
import { aPerson, anApplication } from '../../domain/builders.ts';
import { personPolicy } from '../../domain/catalog-files.ts';

const at = '2026-11-24T02:00:00.000Z';
const vault = new InMemoryVault();

/** A policy that refers everybody: whatever the champion says, it says something else. */
const strict: CreditPolicy = {
  ...personPolicy,
  creditPolicyId: 'strict',
  rules: [
    {
      ruleId: 'Everybody',
      family: 'Eligibility',
      description: { zh: '全部转人工', en: 'Everybody goes to a person' },
      when: [{ fact: 'termMonths', is: 'AtLeast', value: 1 }],
      outcome: 'Refer',
      reasonCode: 'DataMissing',
    },
  ],
};

async function decided(
  challenger: CreditPolicy['challenger'],
  versions: readonly CreditPolicy[] = [],
) {
  const catalog = inMemoryCatalog();
  const publish = (policy: CreditPolicy) => {
    const idVersion = `${policy.creditPolicyId}#${String(policy.version).padStart(4, '0')}`;
    catalog.put('credit-policy', { ...policy, idVersion });
  };
  publish(strict);
  publish({ ...personPolicy, ...(challenger === undefined ? {} : { challenger }) });
  for (const version of versions) publish(version);
  const decisions = new InMemoryDecisions();
  const applications = new InMemoryApplications();
  const application: Application = anApplication({
    status: 'CreditChecked',
    signals: {
      hasDevice: false,
      hasAddress: false,
      hasContacts: false,
      applicationsByPartner1Day: 1,
      applicationsByPhone7Days: 0,
      borrowersByPhone30Days: 0,
      borrowersByCard30Days: 0,
    },
    review: {
      outcome: 'Verified',
      reasonCodes: [],
      missing: [],
      identity: 'Match',
      verifiedIncomeFen: 12_000_00,
      reviewedBy: 'workflow',
      round: 1,
    },
    credit: {
      reportId: 'rep_1',
      obtainedAt: at,
      isReused: false,
      score: 720,
      openLoans: 1,
      outstandingFen: 12_000_00,
      overdueCount24Months: 0,
      currentOverdueFen: 0,
      queries3Months: 1,
    },
  });
  const { applicationId, partnerId } = application;
  const pii = await vault.seal(
    { applicant: aPerson },
    { partnerId, entity: 'application', id: applicationId },
  );
  await applications.create({ ...application, pii });
  const { outcome } = await runDecideApplication(
    { applicationId },
    { applications, catalog, decisions, vault, now: () => new Date(at) },
  );
  const records = await decisions.listByApplication(applicationId);
  const stored = await applications.find(applicationId);
  return {
    outcome,
    creditPolicy: stored?.decision?.creditPolicy,
    records: records.map((record) => [record.record, record.creditPolicy, record.decided.outcome]),
    inputs: JSON.stringify(records.map(({ inputs }) => inputs)),
    beside: records.at(-1)?.beside,
    shadowOf: records.at(-1)?.shadowOf,
  };
}

const against = (mode: 'Shadow' | 'Live', shareBasisPoints = 10_000) => ({
  creditPolicyId: 'strict',
  version: 1,
  mode,
  shareBasisPoints,
});

describe('decideApplication', () => {
  it('keeps the decision with its inputs, and nobody in them', async () => {
    const { inputs, beside: _, shadowOf: __, ...kept } = await decided(undefined);
    expect(kept).toEqual({
      outcome: 'Approved',
      creditPolicy: 'person#0001',
      records: [['decision', 'person#0001', 'Approved']],
    });
    expect(inputs).not.toMatch(/测试|990000|19900000000|6200000000000005|borrower-1/);
  });

  it('notes what a challenger in the shadow would have said, and does what the champion says', async () => {
    expect(await decided(against('Shadow'))).toMatchObject({
      outcome: 'Approved',
      creditPolicy: 'person#0001',
      records: [
        ['decision', 'person#0001', 'Approved'],
        ['shadow#strict#0001', 'strict#0001', 'Referred'],
      ],
      shadowOf: 'person',
      beside: {
        creditPolicy: 'person#0001',
        decided: { outcome: 'Approved' },
        isChampion: true,
      },
    });
  });

  it('lets a live challenger decide its share, and notes what the champion would have said', async () => {
    expect(await decided(against('Live'))).toMatchObject({
      outcome: 'Referred',
      creditPolicy: 'strict#0001',
      records: [
        ['decision', 'strict#0001', 'Referred'],
        ['shadow#person#0001', 'person#0001', 'Approved'],
      ],
      shadowOf: 'person',
      beside: {
        creditPolicy: 'strict#0001',
        decided: { outcome: 'Referred' },
        isChampion: false,
      },
    });
    expect((await decided(against('Live', 0))).records).toHaveLength(1);
  });

  it('decides by the version in force when the application came, not by one that begins later', async () => {
    const tomorrow = {
      ...strict,
      creditPolicyId: 'person',
      version: 2,
      effectiveFrom: '2026-11-24',
    };
    expect(await decided(undefined, [tomorrow])).toMatchObject({
      outcome: 'Approved',
      creditPolicy: 'person#0001',
    });
    const today = { ...tomorrow, effectiveFrom: '2026-11-23' };
    expect(await decided(undefined, [today])).toMatchObject({
      outcome: 'Referred',
      creditPolicy: 'person#0002',
    });
  });
});
