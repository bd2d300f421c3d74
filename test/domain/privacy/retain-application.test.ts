import { describe, expect, it } from 'vitest';
import { closeApplication } from '#domain/applications/advance-application.ts';
import { eraseApplication, ErasedApplication } from '#domain/privacy/erase-application.ts';
import { completeRequest, startRequest } from '#domain/privacy/personal-data-request.ts';
import { restrictApplication, scheduleRetention } from '#domain/privacy/retain-application.ts';
import { endedQueueOf, queuesOf } from '#domain/privacy/retention-queue.ts';
import { assertUnrestricted } from '#domain/privacy/restricted.ts';
import { retentionPolicyOf } from '#domain/privacy/retention-policy.ts';
import { verifyChain } from '#domain/shared/audit.ts';
import { Forbidden } from '#domain/shared/errors.ts';
import { anApplication } from '../builders.ts';
import { policyPack } from '../catalog-files.ts';

const at = '2026-12-01T03:30:00+08:00';
const requestId = `prq_${'0'.repeat(26)}`;
const declined = closeApplication(anApplication(), {
  status: 'Declined',
  reasonCodes: ['ScoreTooLow'],
  at,
  actor: 'workflow',
});

describe('closing an application', () => {
  it('puts it under the date it ended, in the queue of its kind', () => {
    expect(declined).toMatchObject({ retentionOn: '2026-12-01' });
    expect(queuesOf('NoLoan')).toContain(declined.retentionQueue);
    expect(declined.retentionQueue).toBe(endedQueueOf(declined.applicationId, 'NoLoan'));
  });
});

describe('restrictApplication', () => {
  it('restricts once, until the date that is known, and leaves the queue of what merely ended', () => {
    const restricted = restrictApplication(declined, { requestId, at, until: '2036-12-01' });
    expect(restricted).toMatchObject({
      version: declined.version + 1,
      status: 'Declined',
      restriction: { requestId, since: at, until: '2036-12-01' },
      retentionOn: '2036-12-01',
      event: { type: 'ApplicationRestricted' },
    });
    expect(queuesOf('Due')).toContain(restricted?.retentionQueue);
    if (restricted === undefined) throw new Error('not restricted');
    expect(restrictApplication(restricted, { requestId, at, until: undefined })).toBeUndefined();
    expect(() => {
      assertUnrestricted(restricted);
    }).toThrow(Forbidden);
    expect(() => {
      assertUnrestricted(declined);
    }).not.toThrow();
  });

  it('leaves an application without a date where the sweep finds it anyway', () => {
    const restricted = restrictApplication(declined, { requestId, at, until: undefined });
    expect(restricted?.retentionQueue).toBe(declined.retentionQueue);
    expect(restricted?.restriction).toEqual({ requestId, since: at });
  });
});

describe('scheduleRetention', () => {
  it('writes nothing when it stands there already', () => {
    const next = scheduleRetention(declined, { at, on: '2027-12-01', because: 'LoanRunning' });
    expect(next).toMatchObject({ retentionOn: '2027-12-01' });
    if (next === undefined) throw new Error('not scheduled');
    expect(
      scheduleRetention(next, { at, on: '2027-12-01', because: 'LoanRunning' }),
    ).toBeUndefined();
  });
});

describe('eraseApplication', () => {
  it('keeps nothing but ids, and a chain that still verifies', () => {
    const erased = ErasedApplication.strict().parse(
      eraseApplication(declined, { at, because: 'NoLoanCameOfIt' }),
    );
    const { applicant, externalId } = declined;
    const text = JSON.stringify(erased);
    for (const trace of [
      applicant.borrowerKey,
      applicant.nameMasked,
      applicant.cardLast4,
      externalId,
    ])
      expect(text).not.toContain(trace);
    const links = [anApplication(), declined, erased].map((each) => ({
      subjectId: each.applicationId,
      sequence: each.version,
      previousHash: each.previousAuditHash,
      hash: each.auditHash,
      event: each.event,
    }));
    expect(verifyChain(declined.applicationId, links)).toMatchObject({ isIntact: true, length: 3 });
  });
});

describe('a request', () => {
  const policy = retentionPolicyOf(policyPack, '2026-12-01');

  it('is answered within the days of the policy pack, and told to the bus without ids of applications', () => {
    expect(policy).toEqual({ rejectedApplicationDays: 180, loanYears: 10, answerDays: 15 });
    const request = startRequest({
      requestId,
      kind: 'Deletion',
      receivedOn: '2026-11-30',
      verification: 'InPerson',
      operatorId: 'supervisor',
      policyPack: 'cn#0001',
      bodyHash: 'a'.repeat(64),
      decisions: [
        { applicationId: declined.applicationId, outcome: 'Erase', because: 'NoLoanCameOfIt' },
      ],
      policy,
      at,
    });
    expect(request).toMatchObject({ answerBy: '2026-12-15', status: 'Decided' });
    expect(JSON.stringify(request.event)).not.toContain(declined.applicationId);
    const done = completeRequest(request, at);
    expect(done).toMatchObject({ version: 2, status: 'Done', doneAt: at });
    if (done === undefined) throw new Error('not done');
    expect(completeRequest(done, at)).toBeUndefined();
  });

  it('is decided by periods that must be there', () => {
    const without = { ...policyPack, leaves: policyPack.leaves.slice(0, 1) };
    expect(() => retentionPolicyOf(without, '2026-12-01')).toThrow(/no retention/);
  });
});
