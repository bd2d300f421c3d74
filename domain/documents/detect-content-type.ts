import type { ApplicationDocument } from '../applications/application.ts';

export type DocumentContentType = ApplicationDocument['contentType'];

const signatures: readonly (readonly [DocumentContentType, readonly number[]])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** What a file is by its first bytes, whatever its name or its sender says. */
export function detectContentType(firstBytes: Uint8Array): DocumentContentType | undefined {
  const match = signatures.find(([, signature]) =>
    signature.every((byte, at) => firstBytes[at] === byte),
  );
  return match?.[0];
}
