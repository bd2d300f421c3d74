import type { ApplicationDocument, DocumentKind, Review } from '../applications/application.ts';
import type { Product } from '../catalog/product.ts';
import { missingDocuments } from './required-documents.ts';

/** What the providers said. An absent answer means that the provider could not be asked. */
export interface ReviewChecks {
  readonly identity?: 'Match' | 'Mismatch' | 'NotFound' | undefined;
  /** Persons only: what a firm earns is read from its papers, by a person. */
  readonly income?:
    | {
        readonly result: 'Confirmed' | 'Lower' | 'NoRecord';
        readonly verifiedMonthlyIncomeFen?: number | undefined;
      }
    | undefined;
  readonly recognitions: readonly {
    readonly kind: DocumentKind;
    readonly result: 'Genuine' | 'Doubtful' | 'Unreadable';
  }[];
}

export interface ReviewCase {
  readonly application: {
    readonly requested: { readonly amountFen: number };
    readonly documents: readonly ApplicationDocument[];
    readonly documentsRequested: readonly DocumentKind[];
  };
  readonly product: Pick<Product, 'documents' | 'applicantKind'>;
  readonly declaredMonthlyIncomeFen?: number | undefined;
  readonly checks: ReviewChecks;
  readonly round: number;
}

/**
 * Decides whether what was handed in is complete and believable. Incomplete goes back to the partner; anything that is not
 * plainly right goes to a reviewer; nothing is declined here.
 */
export function reviewDocuments(review: ReviewCase): Review {
  const { checks, product, round } = review;
  const missing = missingDocuments(review.application, product);
  const unreadable = checks.recognitions
    .filter(({ result }) => result === 'Unreadable')
    .map(({ kind }) => kind);
  const doubts = [...identityDoubts(checks), ...incomeDoubts(review), ...documentDoubts(checks)];
  const gaps = [
    ...(missing.length > 0 ? ['DocumentMissing'] : []),
    ...(unreadable.length > 0 ? ['DocumentUnreadable'] : []),
  ];
  const verifiedIncomeFen = verifiedIncomeOf(review);
  return {
    outcome: outcomeOf(gaps, doubts),
    reasonCodes: [...gaps, ...doubts, ...notes(checks)],
    missing: [...new Set([...missing, ...unreadable])],
    identity: checks.identity ?? 'NotChecked',
    ...(verifiedIncomeFen === undefined ? {} : { verifiedIncomeFen }),
    reviewedBy: 'workflow',
    round,
  };
}

function outcomeOf(gaps: readonly string[], doubts: readonly string[]): Review['outcome'] {
  if (gaps.length > 0) return 'Incomplete';
  return doubts.length > 0 ? 'Doubtful' : 'Verified';
}

function identityDoubts({ identity }: ReviewChecks): string[] {
  switch (identity) {
    case 'Match':
      return [];
    case 'Mismatch':
      return ['IdentityMismatch'];
    case 'NotFound':
      return ['IdentityNotFound'];
    case undefined:
      return ['IdentityNotChecked'];
  }
}

function incomeDoubts({ product, checks }: ReviewCase): string[] {
  if (product.applicantKind === 'Company') return [];
  if (checks.income === undefined) return ['IncomeNotChecked'];
  return checks.income.result === 'NoRecord' ? ['IncomeNoRecord'] : [];
}

function documentDoubts({ recognitions }: ReviewChecks): string[] {
  return recognitions.some(({ result }) => result === 'Doubtful') ? ['DocumentDoubtful'] : [];
}

/** A lower income is no doubt: the lower figure is what the decision uses. It is worth saying all the same. */
function notes({ income }: ReviewChecks): string[] {
  return income?.result === 'Lower' ? ['IncomeLower'] : [];
}

function verifiedIncomeOf({ checks, declaredMonthlyIncomeFen }: ReviewCase): number | undefined {
  const { income } = checks;
  if (income === undefined || income.result === 'NoRecord') return undefined;
  if (income.result === 'Lower') return income.verifiedMonthlyIncomeFen;
  return income.verifiedMonthlyIncomeFen ?? declaredMonthlyIncomeFen;
}
