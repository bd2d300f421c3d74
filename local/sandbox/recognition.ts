import * as z from 'zod';
import { magicDocumentDigests } from '../samples/sample-documents.ts';
import { malformed, noSuchRoute, outOfService } from './provider.ts';
import type { SandboxAnswer, SandboxProvider, SandboxRequest } from './provider.ts';
import { Tally } from './tally.ts';

const Body = z.object({
  objectKey: z.string(),
  kind: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Reads documents. It knows the digests of the magic ones; everything else looks genuine to it. */
export class RecognitionProvider implements SandboxProvider {
  readonly #tally = new Tally();

  needsKey(): boolean {
    return true;
  }

  handle(request: SandboxRequest): SandboxAnswer {
    if (request.method !== 'POST' || request.path !== '') return noSuchRoute;
    const body = Body.safeParse(request.body);
    if (!body.success) return malformed('objectKey, kind and sha256 are needed');
    const { kind, sha256 } = body.data;
    const magic = magicDocumentDigests().get(sha256);
    if (magic === 'Unavailable') return outOfService;
    const result = magic ?? 'Genuine';
    this.#tally.count(result);
    const fields: Record<string, string> = result === 'Unreadable' ? {} : { documentKind: kind };
    return { status: 200, body: { result, fields, checkId: `rec_${sha256.slice(0, 24)}` } };
  }

  books(): unknown {
    return this.#tally.books();
  }

  close(): void {
    this.#tally.clear();
  }
}
