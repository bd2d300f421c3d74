import { describe, expect, it } from 'vitest';
import { ApplicationStatus, type Review } from '../../../domain/applications/application.ts';
import {
  assertApproved,
  assertDocumentsVerified,
} from '../../../domain/applications/assert-ready.ts';
import { anApplication } from '../builders.ts';

const verified: Review = {
  outcome: 'Verified',
  reasonCodes: [],
  missing: [],
  identity: 'Match',
  reviewedBy: 'workflow',
  round: 1,
};

describe('assertDocumentsVerified', () => {
  it('refuses by name what is incomplete or in doubt, and nothing else', () => {
    const refused = ApplicationStatus.options.flatMap((status) => {
      const name = refusalOf(() => {
        assertDocumentsVerified(anApplication({ status }));
      });
      return name === undefined ? [] : [[status, name]];
    });
    expect(refused).toEqual([
      ['AwaitingDocuments', 'DocumentsMissing'],
      ['UnderReview', 'DocumentsDoubtful'],
    ]);
  });
});

describe('assertApproved', () => {
  it.each([
    { status: 'AwaitingDocuments', refusal: 'DocumentsMissing' },
    { status: 'UnderReview', refusal: 'DocumentsDoubtful' },
    { status: 'AwaitingApproval', refusal: 'ApprovalMissing' },
    { status: 'Approved', refusal: undefined },
    { status: 'AwaitingSignature', refusal: undefined },
  ] as const)('answers $refusal when $status', ({ status, refusal }) => {
    expect(
      refusalOf(() => {
        assertApproved(anApplication({ status, review: verified }));
      }),
    ).toBe(refusal);
  });

  it.each([{}, { review: { ...verified, outcome: 'Doubtful' as const } }])(
    'offers nothing on documents that nobody found in order: %j',
    (reviewed) => {
      const application = { ...anApplication({ status: 'Approved' }), ...reviewed };
      expect(
        refusalOf(() => {
          assertApproved(application);
        }),
      ).toBe('InvalidTransition');
    },
  );
});

function refusalOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : 'no error';
  }
}
