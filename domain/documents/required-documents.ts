import type { ApplicationDocument, DocumentKind } from '../applications/application.ts';
import type { Product } from '../catalog/product.ts';

/** What the product asks for at this amount. */
export function requiredDocuments(
  product: Pick<Product, 'documents'>,
  amountFen: number,
): DocumentKind[] {
  const kinds = product.documents.flatMap((rule) => (amountFen > rule.aboveFen ? rule.kinds : []));
  return unique(kinds);
}

/** What is still to come: kinds asked for by the product or by a reviewer that no verified document answers. */
export function missingDocuments(
  application: {
    readonly requested: { readonly amountFen: number };
    readonly documents: readonly ApplicationDocument[];
    readonly documentsRequested: readonly DocumentKind[];
  },
  product: Pick<Product, 'documents'>,
): DocumentKind[] {
  const wanted = unique([
    ...requiredDocuments(product, application.requested.amountFen),
    ...application.documentsRequested,
  ]);
  return wanted.filter(
    (kind) => !application.documents.some((it) => it.kind === kind && it.status === 'Verified'),
  );
}

/** Asks again for kinds already delivered: the copies at hand no longer answer the request. */
export function askAgain(
  documents: readonly ApplicationDocument[],
  kinds: readonly DocumentKind[],
): ApplicationDocument[] {
  return documents.map((document) =>
    document.status === 'Verified' && kinds.includes(document.kind)
      ? { ...document, status: 'Rejected', rejectedBecause: 'ReplacementRequested' }
      : document,
  );
}

function unique(kinds: readonly DocumentKind[]): DocumentKind[] {
  return [...new Set(kinds)];
}
