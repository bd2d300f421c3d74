import { describe, expect, it } from 'vitest';
import { type ReviewCase, reviewDocuments } from '../../../domain/documents/review-documents.ts';
import { aDocument } from '../builders.ts';
import { businessProduct, consumerProduct } from '../catalog-files.ts';

const confirmed = { result: 'Confirmed', verifiedMonthlyIncomeFen: 11_000_00 } as const;

function aCase(overrides: Partial<ReviewCase> = {}): ReviewCase {
  return {
    application: { requested: { amountFen: 30_000_00 }, documents: [], documentsRequested: [] },
    product: consumerProduct,
    declaredMonthlyIncomeFen: 12_000_00,
    checks: { identity: 'Match', income: confirmed, recognitions: [] },
    round: 1,
    ...overrides,
  };
}

describe('reviewDocuments', () => {
  it('verifies who is who they say and earns what they say', () => {
    expect(reviewDocuments(aCase())).toEqual({
      outcome: 'Verified',
      reasonCodes: [],
      missing: [],
      identity: 'Match',
      verifiedIncomeFen: 11_000_00,
      reviewedBy: 'workflow',
      round: 1,
    });
  });

  it.each([
    { identity: 'Mismatch', code: 'IdentityMismatch', known: 'Mismatch' },
    { identity: 'NotFound', code: 'IdentityNotFound', known: 'NotFound' },
    { identity: undefined, code: 'IdentityNotChecked', known: 'NotChecked' },
  ] as const)('doubts an identity that is $known', ({ identity, code, known }) => {
    const review = reviewDocuments(
      aCase({ checks: { identity, income: confirmed, recognitions: [] } }),
    );
    expect(review).toMatchObject({ outcome: 'Doubtful', reasonCodes: [code], identity: known });
  });

  it.each([
    {
      name: 'confirmed without a figure',
      income: { result: 'Confirmed' as const },
      outcome: 'Verified',
      codes: [],
      fen: 12_000_00,
    },
    {
      name: 'lower',
      income: { result: 'Lower' as const, verifiedMonthlyIncomeFen: 8_000_00 },
      outcome: 'Verified',
      codes: ['IncomeLower'],
      fen: 8_000_00,
    },
    {
      name: 'lower without a figure',
      income: { result: 'Lower' as const },
      outcome: 'Verified',
      codes: ['IncomeLower'],
      fen: undefined,
    },
    {
      name: 'not on record',
      income: { result: 'NoRecord' as const },
      outcome: 'Doubtful',
      codes: ['IncomeNoRecord'],
      fen: undefined,
    },
    {
      name: 'not checked',
      income: undefined,
      outcome: 'Doubtful',
      codes: ['IncomeNotChecked'],
      fen: undefined,
    },
  ])('is $outcome with an income of $fen when it is $name', ({ income, outcome, codes, fen }) => {
    const review = reviewDocuments(
      aCase({ checks: { identity: 'Match', income, recognitions: [] } }),
    );
    expect(review).toMatchObject({ outcome, reasonCodes: codes });
    expect(review.verifiedIncomeFen).toBe(fen);
  });

  it('asks no income of a firm', () => {
    const review = reviewDocuments(
      aCase({
        product: businessProduct,
        application: {
          requested: { amountFen: 30_000_00 },
          documents: [aDocument({ kind: 'BusinessLicence' })],
          documentsRequested: [],
        },
        checks: {
          identity: 'Match',
          recognitions: [{ kind: 'BusinessLicence', result: 'Genuine' }],
        },
      }),
    );
    expect(review).toMatchObject({ outcome: 'Verified', reasonCodes: [] });
  });

  it.each([
    { result: 'Genuine', outcome: 'Verified', codes: [], missing: [] },
    { result: 'Doubtful', outcome: 'Doubtful', codes: ['DocumentDoubtful'], missing: [] },
    {
      result: 'Unreadable',
      outcome: 'Incomplete',
      codes: ['DocumentUnreadable'],
      missing: ['IdentityCardFront'],
    },
  ] as const)('is $outcome when a document is $result', ({ result, outcome, codes, missing }) => {
    const recognitions = [{ kind: 'IdentityCardFront' as const, result }];
    const review = reviewDocuments(
      aCase({ checks: { identity: 'Match', income: confirmed, recognitions } }),
    );
    expect(review).toMatchObject({ outcome, reasonCodes: codes, missing });
  });

  it('asks for what is missing before it doubts what is there', () => {
    const review = reviewDocuments(
      aCase({
        application: {
          requested: { amountFen: 60_000_00 },
          documents: [aDocument()],
          documentsRequested: [],
        },
        checks: { identity: 'Mismatch', income: confirmed, recognitions: [] },
        round: 2,
      }),
    );
    expect(review).toMatchObject({
      outcome: 'Incomplete',
      reasonCodes: ['DocumentMissing', 'IdentityMismatch'],
      missing: ['IdentityCardBack'],
      round: 2,
    });
  });

  it('never declines', () => {
    const worst = reviewDocuments(
      aCase({
        checks: { identity: 'Mismatch', recognitions: [{ kind: 'Other', result: 'Doubtful' }] },
      }),
    );
    expect(worst.outcome).toBe('Doubtful');
  });
});
