import { createHash } from 'node:crypto';

/** Digest of a text (as UTF-8) or of bytes, in lower-case hex. The one place where the domain touches node:crypto. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Digest of a text (as UTF-8) or of bytes, as 32 bytes. */
export function sha256Bytes(content: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(content).digest();
}
