import type { ApplicationDocument } from '../applications/application.ts';
import { InvalidInput } from '../shared/errors.ts';

/**
 * Holds what a request of the debtor names as evidence against the documents of the applications its loans came from: one
 * that is not there, or was never uploaded as announced, proves nothing. Throws `InvalidInput` for the first of them.
 */
export function assertEvidence(
  evidence: readonly string[],
  documents: readonly Pick<ApplicationDocument, 'documentId' | 'status'>[],
): void {
  for (const id of evidence) {
    const document = documents.find(({ documentId }) => documentId === id);
    if (document === undefined)
      throw new InvalidInput(`evidence ${id} is no document of the case: register and upload it`);
    if (document.status !== 'Verified')
      throw new InvalidInput(`evidence ${id} is ${document.status}, not uploaded as announced`);
  }
}
