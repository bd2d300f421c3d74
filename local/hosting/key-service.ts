import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { errorAnswer, jsonAnswer, type AwsAnswer } from './aws-request.ts';
import type { Resource } from './template.ts';

type Context = Readonly<Record<string, string>>;
type Body = Readonly<Record<string, unknown>>;

const IV_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/**
 * The part of KMS that sealing and opening need. A ciphertext names its key and the version that made it, as KMS's own
 * does, so that a rotation leaves what was sealed before readable.
 */
export class KeyService {
  readonly #versions = new Map<string, number>();
  readonly #secret: string;

  constructor(keys: readonly Resource[], secret: string) {
    this.#secret = secret;
    for (const key of keys) this.#versions.set(key.attribute('Arn'), 1);
  }

  /** The key that a ciphertext was made with: who decrypts need not name it. */
  keyOf(ciphertext: string): string {
    const bytes = Buffer.from(ciphertext, 'base64');
    return bytes.subarray(3, 3 + (bytes[2] ?? 0)).toString('utf8');
  }

  answer(operation: string, body: Body): AwsAnswer {
    try {
      switch (operation) {
        case 'GenerateDataKey':
          return jsonAnswer(200, this.#generateDataKey(body));
        case 'Decrypt':
          return jsonAnswer(200, this.#decrypt(body));
        case 'ListKeys':
          return jsonAnswer(200, {
            Keys: [...this.#versions.keys()].map((arn) => ({
              KeyArn: arn,
              KeyId: arn.split('/').at(-1),
            })),
          });
        case 'RotateKeyOnDemand':
          return jsonAnswer(200, this.#rotate(body));
        default:
          return errorAnswer(
            400,
            'UnknownOperationException',
            `kms.${operation} is not emulated here`,
          );
      }
    } catch (error) {
      const isUnknown = error instanceof UnknownKey;
      const message = isUnknown ? error.message : '';
      return errorAnswer(
        400,
        isUnknown ? 'NotFoundException' : 'InvalidCiphertextException',
        message,
      );
    }
  }

  #generateDataKey(body: Body): Body {
    const KeyId = String(body['KeyId']);
    const plaintext = randomBytes(Number(body['NumberOfBytes'] ?? 32));
    const version = this.#versionOf(KeyId);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#material(KeyId, version), iv);
    cipher.setAAD(boundTo(body));
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const name = Buffer.from(KeyId);
    const head = Buffer.from([version >> 8, version & 255, name.length]);
    const blob = Buffer.concat([head, name, iv, cipher.getAuthTag(), sealed]);
    return {
      KeyId,
      Plaintext: plaintext.toString('base64'),
      CiphertextBlob: blob.toString('base64'),
    };
  }

  #decrypt(body: Body): Body {
    const blob = String(body['CiphertextBlob']);
    const KeyId = this.keyOf(blob);
    const bytes = Buffer.from(blob, 'base64');
    const version = bytes.readUInt16BE(0);
    if (version > this.#versionOf(KeyId)) throw new UnknownKey(KeyId);
    const at = 3 + Buffer.byteLength(KeyId);
    const iv = bytes.subarray(at, at + IV_BYTES);
    const decipher = createDecipheriv(CIPHER, this.#material(KeyId, version), iv);
    decipher.setAAD(boundTo(body));
    decipher.setAuthTag(bytes.subarray(at + IV_BYTES, at + IV_BYTES + TAG_BYTES));
    const plaintext = Buffer.concat([
      decipher.update(bytes.subarray(at + IV_BYTES + TAG_BYTES)),
      decipher.final(),
    ]);
    return {
      KeyId,
      Plaintext: plaintext.toString('base64'),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  }

  #rotate(body: Body): Body {
    const KeyId = String(body['KeyId']);
    this.#versions.set(KeyId, this.#versionOf(KeyId) + 1);
    return { KeyId };
  }

  #versionOf(keyId: string): number {
    const version = this.#versions.get(keyId);
    if (version === undefined) throw new UnknownKey(keyId);
    return version;
  }

  #material(keyId: string, version: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, '', `${keyId}#${version}`, 32));
  }
}

class UnknownKey extends Error {
  constructor(keyId: string) {
    super(`Key '${keyId}' does not exist`);
  }
}

function boundTo({ EncryptionContext }: Body): Buffer {
  const context = (EncryptionContext ?? {}) as Context;
  return Buffer.from(JSON.stringify(Object.entries(context).toSorted()));
}
