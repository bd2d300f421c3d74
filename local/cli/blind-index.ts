import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { callAws } from '../aws-call.ts';
import type { PlatformClient } from '../sandbox/platform-client.ts';

export interface SecretPlace {
  readonly region: string;
  /** AWS itself when undefined or empty. */
  readonly endpoint: string | undefined;
  /** Output ProviderSecretArn; found by itself where there is one secret only. */
  readonly secret: string | undefined;
}

const Keys = z.looseObject({
  blindIndexKey: z.string(),
  blindIndexKeyNext: z.string().optional(),
  blindIndexKeyBefore: z.string().optional(),
  blindIndexKeysRetired: z.array(z.string()).optional(),
});
type Keys = z.infer<typeof Keys>;

const KEY_BYTES = 32;

/** A fresh key beside the one in use. It is seen nowhere but in the secret. */
export function announced(keys: Keys): Keys {
  if (keys.blindIndexKeyBefore !== undefined)
    throw new Error('a change is under way: finish it with `blind-index retire` first');
  if (keys.blindIndexKeyNext !== undefined) return keys;
  return { ...keys, blindIndexKeyNext: randomBytes(KEY_BYTES).toString('base64') };
}

/** The announced key becomes the present one, and the present one the former. */
export function switched(keys: Keys): Keys {
  const { blindIndexKeyNext: next, ...others } = keys;
  if (next === undefined) {
    if (keys.blindIndexKeyBefore !== undefined) return keys;
    throw new Error('no key is announced: begin with `blind-index announce`');
  }
  return { ...others, blindIndexKey: next, blindIndexKeyBefore: keys.blindIndexKey };
}

/** Nothing is found by the former key any more; what was bound to a number under it is still recognised. */
export function retired(keys: Keys): Keys {
  const { blindIndexKeyBefore: before, ...others } = keys;
  if (before === undefined) return keys;
  return { ...others, blindIndexKeysRetired: [...(keys.blindIndexKeysRetired ?? []), before] };
}

/** Reads the secret, changes its keys, and puts it back where anything has changed. */
export async function changeKeys(
  place: SecretPlace,
  change: (keys: Keys) => Keys,
): Promise<'Changed' | 'AsItWas'> {
  const SecretId = place.secret ?? (await onlySecret(place));
  const Value = z.object({ SecretString: z.string() });
  const { SecretString } = Value.parse(await ask(place, 'GetSecretValue', { SecretId }));
  const keys = Keys.parse(JSON.parse(SecretString));
  const next = change(keys);
  if (next === keys) return 'AsItWas';
  const ClientRequestToken = crypto.randomUUID();
  const changed = { SecretId, SecretString: JSON.stringify(next), ClientRequestToken };
  await ask(place, 'PutSecretValue', changed);
  return 'Changed';
}

async function onlySecret(place: SecretPlace): Promise<string> {
  const Listed = z.object({ SecretList: z.array(z.object({ ARN: z.string() })) });
  const { SecretList } = Listed.parse(await ask(place, 'ListSecrets', {}));
  const [found] = SecretList;
  if (found === undefined || SecretList.length > 1)
    throw new Error('name the secret with --secret (output ProviderSecretArn)');
  return found.ARN;
}

async function ask(
  { region, endpoint }: SecretPlace,
  operation: string,
  input: object,
): Promise<unknown> {
  const { text } = await callAws(region, {
    service: 'secretsmanager',
    method: 'POST',
    path: '/',
    target: `secretsmanager.${operation}`,
    contentType: 'application/x-amz-json-1.1',
    body: JSON.stringify(input),
    endpoint: endpoint === '' ? undefined : endpoint,
  });
  return JSON.parse(text);
}

const Status = z.object({
  keyId: z.string(),
  nextKeyId: z.string().optional(),
  formerKeyId: z.string().optional(),
  isFormerRetired: z.boolean(),
  status: z.string(),
  underFormer: z.int(),
  underFormerAlone: z.int(),
  next: z.string().optional(),
});
export type IndexStatus = Omit<z.infer<typeof Status>, 'next'>;

/** How far a change is, with everything that is under the former key counted. */
export async function readStatus(operator: PlatformClient): Promise<IndexStatus> {
  let [underFormer, underFormerAlone] = [0, 0];
  let after = '';
  for (;;) {
    const { next, ...page } = Status.parse(await operator.get(`/ops/blind-index${after}`));
    underFormer += page.underFormer;
    underFormerAlone += page.underFormerAlone;
    if (next === undefined) return { ...page, underFormer, underFormerAlone };
    after = `?after=${next}`;
  }
}

const Swept = z.object({
  rotationId: z.string(),
  status: z.string(),
  applications: z.int(),
  conflicts: z.array(z.string()),
});
export type SweepResult = z.infer<typeof Swept>;

/** Page after page until everybody is indexed; begun again after it was cut off, it goes on where it was. */
export async function sweep(operator: PlatformClient): Promise<SweepResult> {
  const conflicts: string[] = [];
  for (;;) {
    const page = Swept.parse((await operator.post('/ops/blind-index/sweeps', {})).body);
    conflicts.push(...page.conflicts);
    if (page.status !== 'Sweeping') return { ...page, conflicts };
  }
}

const Removed = z.object({
  rotationId: z.string(),
  status: z.string(),
  removed: z.int(),
  left: z.int(),
  isEnd: z.boolean(),
});

/** Takes away what is under the former key, page after page. */
export async function removeFormer(
  operator: PlatformClient,
  isEverything: boolean,
): Promise<z.infer<typeof Removed>> {
  let removed = 0;
  for (;;) {
    const { body } = await operator.post('/ops/blind-index/retirements', { isEverything });
    const page = Removed.parse(body);
    removed += page.removed;
    if (page.isEnd) return { ...page, removed };
  }
}

/** How a change stands, as lines for a person. */
export function describeStatus(status: IndexStatus): string[] {
  const { keyId, nextKeyId, formerKeyId, isFormerRetired } = status;
  return [
    `present key ${keyId}`,
    ...(nextKeyId === undefined ? [] : [`announced   ${nextKeyId}`]),
    ...(formerKeyId === undefined
      ? []
      : [`former key  ${formerKeyId}${isFormerRetired ? ', nothing is found by it' : ''}`]),
    `sweep: ${status.status}; under the former key: ${String(status.underFormer)}, found by it alone: ${String(status.underFormerAlone)}`,
  ];
}
