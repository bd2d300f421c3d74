import { catalogKeyOf } from '#domain/catalog/catalog-key.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { PersonalDataRequest } from '#domain/privacy/personal-data-request.ts';
import type { PersonalDataRequests } from '#domain/privacy/ports.ts';
import { retentionPolicyOf } from '#domain/privacy/retention-policy.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { personalDataRequestIdOf } from '#domain/shared/ids.ts';
import { replayedHeader } from '#platform/api-route.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { ApiProblem } from '#platform/problem.ts';

interface Asked {
  readonly caller: { readonly operatorId: string };
  readonly idempotency: { readonly mark: string; readonly bodyHash: string };
  readonly body: { readonly receivedOn: string };
}

interface EnterDependencies {
  readonly requests: PersonalDataRequests;
  readonly catalog: Catalog;
  readonly now: () => Date;
}

/** What every request about personal data says of who entered it, when, and by which periods it is decided. */
async function entryOf({ caller, idempotency, body }: Asked, { catalog, now }: EnterDependencies) {
  const { operatorId } = caller;
  const { mark, bodyHash } = idempotency;
  const at = now();
  const date = businessDateOf(at.getTime());
  if (body.receivedOn > date) throw new InvalidInput(`nothing was received on ${date} yet`);
  const pack = await policyInForce(catalog);
  return {
    date,
    facts: {
      requestId: personalDataRequestIdOf(operatorId, mark),
      operatorId,
      bodyHash,
      policyPack: catalogKeyOf(pack.packId, pack.version),
      policy: retentionPolicyOf(pack, date),
      at: at.toISOString(),
    },
  };
}
export type Entry = Awaited<ReturnType<typeof entryOf>>;

/**
 * Enters a request about personal data once: under a key that was used the request of then is answered, with the header
 * that says so. Throws `InvalidInput` for one received in the future, `IdempotencyKeyReused` for another body.
 */
export async function enterRequest(
  asked: Asked,
  dependencies: EnterDependencies,
  make: (entry: Entry) => Promise<PersonalDataRequest>,
): Promise<{ request: PersonalDataRequest; headers: Readonly<Record<string, string>> }> {
  const { requests } = dependencies;
  const { mark, bodyHash } = asked.idempotency;
  const known = await requests.find(personalDataRequestIdOf(asked.caller.operatorId, mark));
  if (known !== undefined) {
    if (known.bodyHash !== bodyHash)
      throw new ApiProblem('IdempotencyKeyReused', 'use a new key for a new request');
    return { request: known, headers: replayedHeader };
  }
  const request = await make(await entryOf(asked, dependencies));
  await requests.replace(request);
  return { request, headers: {} };
}
