import { describe, expect, it } from 'vitest';
import {
  closeApplication,
  completeApplication,
  recordAfterwards,
  recordAllocation,
  recordCredit,
  recordCreditPartly,
  recordDecision,
  recordReview,
  recordScreening,
  sendToReview,
} from '../../../domain/applications/advance-application.ts';
import type { Review } from '../../../domain/applications/application.ts';
import { applyAnswer } from '../../../domain/applications/apply-answer.ts';
import { ApplicationClosed, InvalidTransition } from '../../../domain/shared/errors.ts';
import type { Task, TaskDecision, TaskKind } from '../../../domain/tasks/task.ts';
import { aDecision, aDocument, anApplication, aTask } from '../builders.ts';

const at = '2026-11-23T11:00:00+08:00';
const review: Review = {
  outcome: 'Verified',
  reasonCodes: [],
  missing: [],
  identity: 'Match',
  verifiedIncomeFen: 12_000_00,
  reviewedBy: 'workflow',
  round: 1,
};

describe('recordScreening', () => {
  it('lets an application pass', () => {
    const screened = recordScreening(anApplication(), { outcome: 'Passed', reasonCodes: [] }, at);
    expect(screened).toMatchObject({ status: 'Screened', event: { type: 'ApplicationScreened' } });
  });

  it('declines with every reason', () => {
    const result = {
      outcome: 'Declined',
      reasonCodes: ['AgeOutOfRange', 'ConsentMissing'],
    } as const;
    expect(recordScreening(anApplication(), result, at)).toMatchObject({
      status: 'Declined',
      reasonCodes: ['AgeOutOfRange', 'ConsentMissing'],
      closedAt: at,
      event: { type: 'ApplicationDeclined', actor: 'workflow' },
    });
  });
});

describe('recordReview', () => {
  const screened = anApplication({ status: 'Screened' });

  it.each([
    { outcome: 'Verified', status: 'DocumentsVerified' },
    { outcome: 'Incomplete', status: 'AwaitingDocuments' },
    { outcome: 'Doubtful', status: 'UnderReview' },
  ] as const)('moves to $status when the review is $outcome', ({ outcome, status }) => {
    const reviewed = recordReview(screened, { ...review, outcome }, at);
    expect(reviewed).toMatchObject({ status, review: { outcome } });
  });

  it('asks again for a copy that could not be read, so that it does not answer its own request', () => {
    const application = {
      ...screened,
      documents: [aDocument()],
      documentsRequested: ['Other' as const],
    };
    const unreadable: Review = { ...review, outcome: 'Incomplete', missing: ['IdentityCardFront'] };
    const reviewed = recordReview(application, unreadable, at);
    expect(reviewed.documents[0]).toMatchObject({
      status: 'Rejected',
      rejectedBecause: 'ReplacementRequested',
    });
    expect(reviewed.documentsRequested).toEqual(['Other', 'IdentityCardFront']);
  });

  it('goes to a person when a provider is silent', () => {
    expect(sendToReview(screened, at).status).toBe('UnderReview');
  });
});

describe('recordCredit', () => {
  it('keeps the consent the query was made under', () => {
    const credit = {
      reportId: 'rep_1',
      obtainedAt: at,
      isReused: false,
      openLoans: 0,
      outstandingFen: 0,
      overdueCount24Months: 0,
      currentOverdueFen: 0,
      queries3Months: 0,
    };
    const application = anApplication({ status: 'DocumentsVerified' });
    const found = {
      credit,
      consentTextHash: 'sha256:00',
      at,
      guarantors: [],
      guarantorQueries: [],
    };
    const checked = recordCredit(application, found);
    expect(checked).toMatchObject({
      status: 'CreditChecked',
      credit,
      event: { facts: { consentTextHash: 'sha256:00', purpose: 'PreLoan' } },
    });
    expect(checked).not.toHaveProperty('backing');
    expect(checked.event.facts).not.toHaveProperty('guarantorsUnchecked');
  });
});

describe('recordCreditPartly', () => {
  const credit = {
    reportId: 'rep_1',
    obtainedAt: at,
    isReused: false,
    openLoans: 0,
    outstandingFen: 0,
    overdueCount24Months: 0,
    currentOverdueFen: 0,
    queries3Months: 0,
  };
  const consents = [{ purpose: 'CreditQuery' as const, textHash: 'sha256:11', givenAt: at }];
  const waiting = anApplication({
    status: 'DocumentsVerified',
    backing: {
      guarantorKeys: ['g', 'h'],
      guarantors: [
        { guarantorKey: 'g', consents },
        { guarantorKey: 'h', consents },
      ],
      pledges: [],
    },
  });
  const query = {
    guarantorKey: 'g',
    reportId: 'rep_2',
    isReused: false,
    consentTextHash: 'sha256:11',
    purpose: 'PreLoan' as const,
  };
  const found = {
    credit,
    consentTextHash: 'sha256:00',
    at,
    guarantors: [
      { guarantorKey: 'g', consents, credit: { ...credit, reportId: 'rep_2' } },
      { guarantorKey: 'h', consents },
    ],
    guarantorQueries: [query],
  };

  it('keeps what was found about whom and under which consent, without going on', () => {
    expect(recordCreditPartly(waiting, found)).toMatchObject({
      status: 'DocumentsVerified',
      credit,
      backing: { guarantors: found.guarantors },
      event: {
        type: 'CreditPartlyChecked',
        facts: { guarantorQueries: [query], guarantorsUnchecked: 1 },
      },
    });
  });

  it('writes nothing when nothing is new', () => {
    expect(
      recordCreditPartly({ ...waiting, credit }, { ...found, guarantorQueries: [] }),
    ).toBeUndefined();
    expect(recordCreditPartly({ ...waiting, credit }, found)?.backing).toMatchObject({
      guarantors: found.guarantors,
    });
    expect(recordCreditPartly(waiting, { ...found, guarantorQueries: [] })?.credit).toEqual(credit);
    const identified = [
      { guarantorKey: 'g', consents, identity: 'Match' as const },
      { guarantorKey: 'h', consents },
    ];
    const news = { ...found, guarantors: identified, guarantorQueries: [] };
    expect(recordCreditPartly({ ...waiting, credit }, news)).toMatchObject({
      backing: { guarantors: identified },
      event: {
        facts: { guarantorIdentities: [{ guarantorKey: 'g', identity: 'Match' }] },
      },
    });
  });
});

describe('recordDecision', () => {
  it.each([
    { outcome: 'Approved', status: 'Approved', type: 'ApplicationApproved' },
    { outcome: 'Referred', status: 'AwaitingApproval', type: 'ApplicationReferred' },
    { outcome: 'Declined', status: 'Declined', type: 'ApplicationDeclined' },
  ] as const)('moves to $status when $outcome', ({ outcome, status, type }) => {
    const decision = aDecision({ outcome, reasonCodes: ['ScoreTooLow'] });
    const decided = recordDecision(anApplication({ status: 'CreditChecked' }), decision);
    expect(decided).toMatchObject({
      status,
      decision,
      reasonCodes: ['ScoreTooLow'],
      event: { type },
    });
  });
});

describe('recordAllocation and completeApplication', () => {
  const approved = anApplication({ status: 'Approved', decision: aDecision() });

  it('keep the shares, or end because nobody may fund it today', () => {
    const participations = [
      {
        funderId: 'zhudai-lending',
        role: 'Lead' as const,
        shareFen: 30_000_00,
        annualRate: '0.0960',
      },
    ];
    expect(recordAllocation(approved, { outcome: 'Allocated', participations }, at)).toMatchObject({
      status: 'FundingAllocated',
      participations,
    });
    const none = { outcome: 'Declined', reasonCodes: ['PartnerNotListed'] } as const;
    expect(recordAllocation(approved, none, at)).toMatchObject({
      status: 'Declined',
      reasonCodes: ['PartnerNotListed'],
    });
  });

  it('end when the money is with the borrower', () => {
    const disbursing = anApplication({ status: 'Disbursing' });
    expect(completeApplication(disbursing, { disbursedOn: '2026-11-24', at })).toMatchObject({
      status: 'Disbursed',
      closedAt: at,
    });
  });
});

describe('closeApplication', () => {
  const close = { reasonCodes: ['NotSigned'], at, actor: 'workflow' };

  it('ends once', () => {
    const expired = closeApplication(anApplication(), { ...close, status: 'Expired' });
    expect(expired).toMatchObject({ status: 'Expired', event: { type: 'ApplicationExpired' } });
    expect(() => closeApplication(expired, { ...close, status: 'Withdrawn' })).toThrow(
      ApplicationClosed,
    );
  });

  it('lets something worth knowing be said afterwards', () => {
    const expired = closeApplication(anApplication(), { ...close, status: 'Expired' });
    const note = { type: 'NotificationParked', at, actor: 'workflow' };
    expect(recordAfterwards(expired, note)).toMatchObject({
      status: 'Expired',
      version: 3,
      event: note,
    });
  });
});

function decided(kind: TaskKind, decision: Partial<TaskDecision>, count = 1): Task {
  const task = aTask({ kind });
  const answer: TaskDecision = {
    outcome: 'Approve',
    operatorId: 'op-1',
    at,
    reasonCodes: [],
    documentsRequested: [],
    contentHash: task.contentHash,
    ...decision,
  };
  const decisions = Array.from({ length: count }, (_, index) => ({
    ...answer,
    operatorId: `op-${index + 1}`,
  }));
  return { ...task, status: 'Decided', decisions };
}

describe('applyAnswer', () => {
  const underReview = anApplication({ status: 'UnderReview', documents: [aDocument()] });
  const doubtful: Review = {
    ...review,
    outcome: 'Doubtful',
    reasonCodes: ['IdentityMismatch'],
    identity: 'Mismatch',
  };

  it('takes no effect before the task is decided', () => {
    expect(() => applyAnswer(underReview, aTask(), at)).toThrow(InvalidTransition);
    expect(() => applyAnswer(underReview, { ...aTask(), status: 'Closed' }, at)).toThrow(
      InvalidTransition,
    );
    const halfway: Task = { ...decided('ApproveApplication', {}), status: 'Open' };
    expect(() => applyAnswer(underReview, halfway, at)).toThrow(InvalidTransition);
  });

  it('lets a reviewer confirm what the providers doubted, and keeps what they said', () => {
    const application = { ...underReview, review: doubtful };
    expect(applyAnswer(application, decided('ReviewDocuments', {}), at)).toMatchObject({
      status: 'DocumentsVerified',
      review: {
        outcome: 'Verified',
        identity: 'Mismatch',
        reviewedBy: 'operator:op-1',
        verifiedIncomeFen: 12_000_00,
      },
      event: { actor: 'operator:op-1' },
    });
    expect(applyAnswer(underReview, decided('ReviewDocuments', {}), at)?.review).toMatchObject({
      identity: 'NotChecked',
      round: 1,
    });
  });

  it('lets a reviewer ask for more, and turns the copies at hand down', () => {
    const task = decided('ReviewDocuments', {
      outcome: 'RequestMore',
      documentsRequested: ['IdentityCardFront'],
    });
    expect(applyAnswer(underReview, task, at)).toMatchObject({
      status: 'AwaitingDocuments',
      documentsRequested: ['IdentityCardFront'],
      documents: [{ status: 'Rejected' }],
    });
    const waiting = anApplication({ status: 'AwaitingDocuments' });
    expect(applyAnswer(waiting, task, at)).toBeUndefined();
  });

  it.each([
    { kind: 'ReviewDocuments', status: 'UnderReview', code: 'ReviewRejected' },
    { kind: 'CheckCreditManually', status: 'DocumentsVerified', code: 'CreditCheckRejected' },
    { kind: 'ApproveApplication', status: 'AwaitingApproval', code: 'ApprovalRejected' },
  ] as const)(
    'declines with $code, or with the codes the person gave, when a $kind task is rejected',
    ({ kind, status, code }) => {
      const application = anApplication({ status });
      expect(applyAnswer(application, decided(kind, { outcome: 'Reject' }), at)).toMatchObject({
        status: 'Declined',
        reasonCodes: [code],
      });
      const withCodes = decided(kind, { outcome: 'Reject', reasonCodes: ['IncomeTooLow'] });
      expect(applyAnswer(application, withCodes, at)?.reasonCodes).toEqual(['IncomeTooLow']);
    },
  );

  it('lets a credit analyst go on without a report, or try again', () => {
    const waiting = anApplication({ status: 'DocumentsVerified' });
    expect(applyAnswer(waiting, decided('CheckCreditManually', {}), at)).toMatchObject({
      status: 'CreditChecked',
      event: { type: 'CreditCheckWaived' },
    });
    expect(
      applyAnswer(waiting, decided('CheckCreditManually', { outcome: 'Retry' }), at),
    ).toBeUndefined();
  });

  it('records every approver of an approved offer', () => {
    const referred = anApplication({
      status: 'AwaitingApproval',
      decision: aDecision({ outcome: 'Referred' }),
      reasonCodes: ['AmountNeedsApproval'],
    });
    expect(applyAnswer(referred, decided('ApproveApplication', {}, 2), at)).toMatchObject({
      status: 'Approved',
      reasonCodes: [],
      approvals: [{ operatorId: 'op-1' }, { operatorId: 'op-2' }],
      decision: { outcome: 'Approved', decidedBy: 'operator:op-2' },
    });
    const bare = anApplication({ status: 'AwaitingApproval' });
    expect(applyAnswer(bare, decided('ApproveApplication', {}), at)).not.toHaveProperty('decision');
  });

  it.each(['ReviewDocuments', 'CheckCreditManually', 'ApproveApplication'] as const)(
    'takes effect once: %s on an application that has moved on',
    (kind) => {
      expect(
        applyAnswer(anApplication({ status: 'Approved' }), decided(kind, {}), at),
      ).toBeUndefined();
    },
  );

  it.each([
    'ResolvePayout',
    'ConfirmPayout',
    'ReviewDecision',
    'AwaitDocuments',
    'AwaitSignature',
  ] as const)('leaves the application to others when the task is %s', (kind) => {
    expect(applyAnswer(underReview, decided(kind, { outcome: 'Retry' }), at)).toBeUndefined();
  });
});
