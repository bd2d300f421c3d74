import * as z from 'zod';
import type { ApplicationDocument } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { assertEvidence, assertSpokenWith } from '#domain/collections/case-evidence.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { ContactId, DocumentId } from '#domain/shared/primitives.ts';

/** That the debtor said something: a document of the case, or a contact in which they said it, by its id. */
export const SaidEvidence = z.union([DocumentId, ContactId]);

/** Holds such evidence against the documents of the case and the contact log. Throws `InvalidInput` for what proves nothing. */
export async function assertSaid(
  evidence: z.infer<typeof SaidEvidence>,
  found: CollectionCase,
  ports: {
    readonly applications: Pick<Applications, 'find'>;
    readonly cases: Pick<Cases, 'findContact'>;
  },
): Promise<void> {
  if (ContactId.safeParse(evidence).success)
    assertSpokenWith(evidence, await ports.cases.findContact(found.borrowerKey, evidence));
  else assertEvidence([evidence], await documentsOfCase(found, [evidence], ports));
}

/** The documents of every application the case has a loan of; none are read when none are named. */
export async function documentsOfCase(
  { loans }: CollectionCase,
  evidence: readonly string[],
  { applications }: { readonly applications: Pick<Applications, 'find'> },
): Promise<readonly ApplicationDocument[]> {
  if (evidence.length === 0) return [];
  const ids = [...new Set(loans.map(({ applicationId }) => applicationId))];
  const found = await Promise.all(ids.map((applicationId) => applications.find(applicationId)));
  return found.flatMap((application) => application?.documents ?? []);
}
