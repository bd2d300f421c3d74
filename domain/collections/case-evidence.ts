import type { ApplicationDocument } from '../applications/application.ts';
import { InvalidInput } from '../shared/errors.ts';
import type { Contact } from './contact.ts';

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

/**
 * Holds a contact that is named as evidence of what the debtor said against the log: its recording is kept under its id for
 * as long as the contact is (rules 5.14). Throws `InvalidInput` unless the debtor was spoken to in it.
 */
export function assertSpokenWith(contactId: string, contact: Contact | undefined): void {
  if (contact === undefined)
    throw new InvalidInput(`evidence ${contactId} is no contact of the debtor`);
  const { audience, channel, result } = contact;
  const isSpoken = channel === 'Call' || channel === 'Visit';
  if (audience !== 'Debtor' || !isSpoken || (result !== 'Connected' && result !== 'Effective'))
    throw new InvalidInput(`evidence ${contactId} is no contact in which the debtor was spoken to`);
}
