import * as z from 'zod';
import type { IdentityCheck } from '#domain/applications/provider-ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z.object({
  result: z.enum(['Match', 'Mismatch', 'NotFound']),
  checkId: z.string().min(1).max(100),
});

/** Confirms name, identity number and mobile with the identity provider. */
export class HttpIdentityCheck implements IdentityCheck {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 5_000) {
    this.#client = new ProviderClient('the identity provider', endpoint, timeoutMs);
  }

  verify(request: Parameters<IdentityCheck['verify']>[0]): ReturnType<IdentityCheck['verify']> {
    return this.#client.call({ method: 'POST', path: '', body: request, answer: Answer });
  }
}
