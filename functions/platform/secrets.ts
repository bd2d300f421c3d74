import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { Unavailable } from '#domain/shared/errors.ts';
import { requireEnvironment, secretsClient } from './clients.ts';

const Provider = z.object({ url: z.url(), apiKey: z.string() });

/** Where the providers are and how to prove who we are; one secret, so that one read serves a process. */
export const ProviderSecret = z.object({
  bank: Provider.extend({
    /** Set while a restore is put right: nothing is paid or debited before the bank was asked by its reference. */
    asksFirst: z.boolean().optional(),
  }),
  bureau: Provider,
  /** Only where loans are guaranteed. */
  guarantor: Provider.optional(),
  identity: Provider,
  income: Provider,
  recognition: Provider,
  signature: Provider,
  sms: Provider,
  callbackSecret: z.string(),
  /** While a secret changes: providers that still sign with the one before are heard. */
  callbackSecretBefore: z.string().optional(),
  webhookSecretKey: z.string(),
  /** While the key changes: webhooks carry a signature by the one before as well. */
  webhookSecretKeyBefore: z.string().optional(),
  /** Base64 of 32 bytes; only where no KMS key is configured. */
  piiWrappingKey: z.base64().optional(),
  /** Keys the blind index of identity numbers: apart from the data key on purpose. */
  blindIndexKey: z.string().min(16),
  /** Set where release 0.1.0 never took an application: nobody goes by a blind index, and nobody is looked for by one. */
  areNamesDrawn: z.boolean().optional(),
  /** Announced: found and kept under as well, so that every function knows it before it becomes the present one. */
  blindIndexKeyNext: z.string().min(16).optional(),
  /** While everything is indexed anew: found and kept under as well. */
  blindIndexKeyBefore: z.string().min(16).optional(),
  /** Keys that nothing is found by any more; what was bound to a number under one is still recognised. */
  blindIndexKeysRetired: z.array(z.string().min(16)).optional(),
});
export type ProviderSecret = z.infer<typeof ProviderSecret>;

/** Where claims on guarantors go; nobody is asked while that is not set up. */
export async function guarantorEndpoint(): Promise<z.infer<typeof Provider>> {
  const { guarantor } = await providerSecret();
  if (guarantor === undefined) throw new Unavailable('no guarantor is set up');
  return guarantor;
}

const REFRESH_AFTER_MS = 15 * 60 * 1000;
let cached: { readonly secret: Promise<ProviderSecret>; readonly readAtMs: number } | undefined;

/** The secret, read once a quarter of an hour: often enough for a rotation with two valid keys. */
export function providerSecret(): Promise<ProviderSecret> {
  if (cached && Date.now() - cached.readAtMs < REFRESH_AFTER_MS) return cached.secret;
  const secret = readSecret(secretsClient(), requireEnvironment('PROVIDER_SECRET_ARN'));
  cached = { secret, readAtMs: Date.now() };
  // A failed read is not an answer to keep.
  secret.catch(() => {
    cached = undefined;
  });
  return secret;
}

/** The secret as it is now, for whoever changes it; the process goes on with it. */
export function freshProviderSecret(): Promise<ProviderSecret> {
  cached = undefined;
  return providerSecret();
}

async function readSecret(
  client: SecretsManagerClient,
  secretArn: string,
): Promise<ProviderSecret> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  // The parse error names paths only, never the values.
  return ProviderSecret.parse(JSON.parse(SecretString ?? 'null'));
}

/** Every secret that a callback may be signed with at the moment, the present one first. */
export async function callbackSecrets(): Promise<readonly string[]> {
  const { callbackSecret, callbackSecretBefore } = await providerSecret();
  return present(callbackSecret, callbackSecretBefore);
}

/** Every key that partners may check webhooks with at the moment, the present one first. */
export async function webhookSecretKeys(): Promise<readonly string[]> {
  const { webhookSecretKey, webhookSecretKeyBefore } = await providerSecret();
  return present(webhookSecretKey, webhookSecretKeyBefore);
}

/** The keys that things are found by, the present one first: two while one replaces the other. */
export function indexingKeys(secret: ProviderSecret): readonly [string, ...string[]] {
  const { blindIndexKey, blindIndexKeyNext, blindIndexKeyBefore } = secret;
  return [blindIndexKey, ...present(blindIndexKeyNext, blindIndexKeyBefore)];
}

function present(...secrets: readonly (string | undefined)[]): readonly string[] {
  return secrets.flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
}
