import { canonicalJson } from './canonical-json.ts';
import { sha256Hex } from './digest.ts';

/** The fingerprint of what somebody was shown: the SHA-256 of its canonical JSON. */
export function contentHashOf(content: unknown): string {
  return sha256Hex(canonicalJson(content));
}
