import type { CollectionCase } from '#domain/collections/case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { replayedHeader, type Idempotency } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { ApiProblem } from '#platform/problem.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';

export interface CaseRequest {
  readonly caseId: string;
  readonly idempotency: Pick<Idempotency, 'mark' | 'bodyHash'>;
}

export interface ChangedCase {
  readonly before: CollectionCase;
  readonly after: CollectionCase;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a case, changes it, stores it with the mark of the request; the same request again finds it done. */
export function changeCaseOnce(
  { caseId, idempotency }: CaseRequest,
  change: (found: CollectionCase) => CollectionCase | undefined,
  { cases }: { readonly cases: Cases },
): Promise<ChangedCase> {
  const { mark, bodyHash } = idempotency;
  return retryOnConflict(async () => {
    const found = existing(await cases.findById(caseId), 'such case');
    const known = found.applied[mark];
    if (known !== undefined && known !== bodyHash)
      throw new ApiProblem('IdempotencyKeyReused', 'the key was used for another request');
    if (known !== undefined) return { before: found, after: found, headers: replayedHeader };
    const next = change(found);
    if (next === undefined) return { before: found, after: found, headers: {} };
    const marked = { ...next, applied: { ...next.applied, [mark]: bodyHash } };
    await cases.replace(marked);
    return { before: found, after: marked, headers: {} };
  });
}
