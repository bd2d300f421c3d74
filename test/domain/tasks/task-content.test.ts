import { describe, expect, it } from 'vitest';
import { type AskedKind, taskContent } from '../../../domain/tasks/task-content.ts';
import { aDecision, aDocument, anApplication, aPayout } from '../builders.ts';

const application = anApplication({ documents: [aDocument()], decision: aDecision() });
const kinds: AskedKind[] = [
  'ReviewDocuments',
  'CheckCreditManually',
  'ApproveApplication',
  'ResolvePayout',
  'ConfirmPayout',
];

describe('taskContent', () => {
  it.each(kinds)('shows no name, number or account: %s', (kind) => {
    const text = JSON.stringify(taskContent(kind, { application, payout: aPayout(), round: 1 }));
    expect(text).toContain(application.applicationId);
    expect(text).not.toMatch(/测试甲|990000199001010009|19900000000|6200000000000005|borrower-1/);
  });

  it('shows a reviewer the documents without where they lie', () => {
    const content = taskContent('ReviewDocuments', { application, round: 2 });
    expect(content).toMatchObject({
      round: 2,
      documents: [{ kind: 'IdentityCardFront', status: 'Verified' }],
    });
    expect(JSON.stringify(content)).not.toContain('objectKey');
  });

  it('shows an approver the decision', () => {
    expect(taskContent('ApproveApplication', { application, round: 1 })).toMatchObject({
      decision: { grade: 'C' },
    });
  });

  it('shows a supervisor the payout in question, when there is one', () => {
    const subject = { application, payout: aPayout(), round: 1 };
    expect(taskContent('ConfirmPayout', subject)).toMatchObject({
      state: 'Intent',
      amountFen: 30_000_00,
    });
    expect(taskContent('ResolvePayout', { application, round: 1 })).not.toHaveProperty('payoutRef');
  });
});
