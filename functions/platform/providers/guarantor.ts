import * as z from 'zod';
import type { Guarantor } from '#domain/servicing/ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z.object({ outcome: z.enum(['Received', 'Accepted', 'Refused']) });

/** Claims from the guarantor; a second claim under the same reference is a question after the first. */
export class HttpGuarantor implements Guarantor {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 10_000) {
    this.#client = new ProviderClient('the guarantor', endpoint, timeoutMs);
  }

  async claim(claim: Parameters<Guarantor['claim']>[0]): ReturnType<Guarantor['claim']> {
    const request = { method: 'POST', path: '/claims', body: claim, answer: Answer } as const;
    return (await this.#client.call(request)).outcome;
  }
}
