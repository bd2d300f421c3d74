import type { ApplicationDocument } from '../applications/application.ts';
import { detectContentType } from './detect-content-type.ts';

/** The greatest file a partner may upload. */
export const documentSizeMaxBytes = 10 * 1024 * 1024;

/** How many documents one application may carry, replaced ones included. */
export const documentCountMax = 20;

/** What lies in the bucket, measured there. */
export interface UploadedObject {
  readonly firstBytes: Uint8Array;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Compares an upload with what was announced. A document is judged once: the same event may come again, and a copy that a
 * reviewer has turned down must not come back by it.
 */
export function verifyDocument(
  document: ApplicationDocument,
  uploaded: UploadedObject,
): ApplicationDocument {
  if (document.status !== 'Registered') return document;
  const because = faultOf(document, uploaded);
  if (because === undefined) return { ...document, status: 'Verified' };
  return { ...document, status: 'Rejected', rejectedBecause: because };
}

function faultOf(document: ApplicationDocument, uploaded: UploadedObject): string | undefined {
  const contentType = detectContentType(uploaded.firstBytes);
  if (uploaded.sizeBytes > documentSizeMaxBytes) return 'TooLarge';
  if (uploaded.sizeBytes !== document.sizeBytes) return 'SizeMismatch';
  if (contentType === undefined) return 'UnknownType';
  if (contentType !== document.contentType) return 'TypeMismatch';
  if (uploaded.sha256 !== document.sha256) return 'DigestMismatch';
  return undefined;
}
