import type { KeysInUse } from '#domain/privacy/key-rotation.ts';
import { InvalidTransition } from '#domain/shared/errors.ts';
import { keyIdOf } from '#platform/pii.ts';
import { freshProviderSecret } from '#platform/secrets.ts';

export interface IndexKeys extends KeysInUse {
  /** Announced, not yet the present one. */
  readonly nextKeyId?: string | undefined;
  /** The former key is found by no more: it is left out of the secret, or among the retired ones. */
  readonly isFormerRetired: boolean;
}

/** The names of the keys as the secret has them now, not a quarter of an hour ago. */
export async function indexKeys(): Promise<IndexKeys> {
  const secret = await freshProviderSecret();
  const { blindIndexKey, blindIndexKeyNext, blindIndexKeyBefore } = secret;
  const former = blindIndexKeyBefore ?? secret.blindIndexKeysRetired?.at(-1);
  return {
    keyId: keyIdOf(blindIndexKey),
    ...(blindIndexKeyNext === undefined ? {} : { nextKeyId: keyIdOf(blindIndexKeyNext) }),
    ...(former === undefined ? {} : { formerKeyId: keyIdOf(former) }),
    isFormerRetired: blindIndexKeyBefore === undefined,
  };
}

/** Throws InvalidTransition while a key is announced: what is swept now would have to be swept again. */
export function assertSwitched({ nextKeyId }: IndexKeys): void {
  if (nextKeyId !== undefined)
    throw new InvalidTransition('a key is announced: make it the present one first');
}
