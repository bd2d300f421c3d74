import * as z from 'zod';
import type { SignatureProvider } from '#domain/applications/provider-ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z.object({ requestId: z.string().min(1).max(100) });

/** Asks the electronic signature provider to have a contract signed; the result comes as a callback. */
export class HttpSignatureProvider implements SignatureProvider {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 5_000) {
    this.#client = new ProviderClient('the signature provider', endpoint, timeoutMs);
  }

  requestSignature(
    request: Parameters<SignatureProvider['requestSignature']>[0],
  ): Promise<{ requestId: string }> {
    return this.#client.call({ method: 'POST', path: '/requests', body: request, answer: Answer });
  }
}
