import { createHmac } from 'node:crypto';
import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  NodeCachingMaterialsManager,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import { PersonalData } from '#domain/applications/personal-data.ts';
import type { BlindIndex } from '#domain/applications/people.ts';
import type { PersonalDataVault, SealedSubject } from '#domain/applications/ports.ts';
import { indexingKeys, providerSecret, type ProviderSecret } from './secrets.ts';

const { encrypt, decrypt } = buildClient({
  commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  maxEncryptedDataKeys: 2,
});

// Committed but not signed: who may decrypt may also encrypt here, and a signature would cost 3 ms of CPU per message.
const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;

/** 128 bits: no two traits of a country's borrowers meet. */
const TRAIT_DIGITS = 32;
const KEY_ID_DIGITS = 12;

type Keys = RawAesKeyringNode | NodeCachingMaterialsManager;

/** Seals and opens personal data, each blob bound to the partner and the item it belongs to. */
export class EnvelopeVault implements PersonalDataVault {
  readonly #secret: () => Promise<ProviderSecret>;
  readonly #kmsKeyArn: string | undefined;
  #keys: Keys | undefined;

  constructor(secret: () => Promise<ProviderSecret>, kmsKeyArn?: string) {
    this.#secret = secret;
    this.#kmsKeyArn = kmsKeyArn;
  }

  async seal(data: PersonalData, subject: SealedSubject): Promise<Uint8Array<ArrayBuffer>> {
    const plaintext = Buffer.from(JSON.stringify(data));
    const { result } = await encrypt(await this.#materials(), plaintext, {
      suiteId,
      encryptionContext: contextOf(subject),
      plaintextLength: plaintext.length,
    });
    return new Uint8Array(result);
  }

  async open(sealed: Uint8Array, subject: SealedSubject): Promise<PersonalData> {
    const { plaintext, messageHeader } = await decrypt(await this.#materials(), sealed);
    // The context is authenticated, but only the caller knows which one it must be: a blob copied from another item,
    // or from another partner's, opens with a valid key and must be refused here.
    for (const [name, value] of Object.entries(contextOf(subject)))
      if (messageHeader.encryptionContext[name] !== value)
        throw new Error('the sealed personal data belongs to another item');
    return PersonalData.parse(JSON.parse(plaintext.toString('utf8')));
  }

  /** HMACs, since identity numbers are few enough to try them all against a hash. */
  async blindIndexes(identityNumber: string): Promise<readonly BlindIndex[]> {
    const secret = await this.#secret();
    return indexingKeys(secret).map((key) => ({
      keyId: keyIdOf(key),
      value: numberUnder(key, identityNumber),
      isNeverName: secret.areNamesDrawn === true,
    }));
  }

  async fingerprints(number: string): Promise<readonly [string, ...string[]]> {
    const secret = await this.#secret();
    const [present, ...others] = indexingKeys(secret);
    const former = [...others, ...(secret.blindIndexKeysRetired ?? [])];
    return [numberUnder(present, number), ...former.map((key) => numberUnder(key, number))];
  }

  /** Of a kind of its own each: a phone and a device that look alike have nothing to do with each other. */
  async traitKeys(kind: string, value: string): Promise<readonly string[]> {
    const trait = `trait:${kind}\n${value.normalize('NFKC').trim()}`;
    return indexingKeys(await this.#secret()).map((key) => hmac(key, trait).slice(0, TRAIT_DIGITS));
  }

  async #materials(): Promise<Keys> {
    if (this.#keys) return this.#keys;
    if (this.#kmsKeyArn !== undefined) {
      // The cache saves a call to KMS for every further step of the same application; the raw keyring needs none.
      this.#keys = new NodeCachingMaterialsManager({
        backingMaterials: new KmsKeyringNode({ generatorKeyId: this.#kmsKeyArn }),
        cache: getLocalCryptographicMaterialsCache(1_000),
        maxAge: 5 * 60 * 1000,
      });
      return this.#keys;
    }
    const { piiWrappingKey } = await this.#secret();
    if (piiWrappingKey === undefined)
      throw new Error('neither PII_KEY_ARN nor piiWrappingKey of the secret is set');
    // The wrapping key must own its memory: a pooled Buffer shares it, and the keyring refuses that.
    const unencryptedMasterKey = new Uint8Array(Buffer.from(piiWrappingKey, 'base64'));
    this.#keys = new RawAesKeyringNode({
      keyName: 'personal-data',
      keyNamespace: 'zhudai',
      unencryptedMasterKey,
      wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    });
    return this.#keys;
  }
}

/** The name of a key, which says nothing of it: what lies under which key is known by it. */
export function keyIdOf(key: string): string {
  return hmac(key, 'the name of this key').slice(0, KEY_ID_DIGITS);
}

function numberUnder(key: string, number: string): string {
  return hmac(key, `borrower\n${number.normalize('NFKC').trim().toUpperCase()}`);
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function contextOf({ partnerId, entity, id }: SealedSubject): Record<string, string> {
  return { partnerId, entity, id };
}

/** The vault of this process, as its environment says. */
export function personalDataVault(): EnvelopeVault {
  return new EnvelopeVault(providerSecret, process.env['PII_KEY_ARN']);
}
