import * as z from 'zod';
import type { CallReport, VoiceCaller } from '#domain/collections/ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z.object({
  callId: z.string().min(1).max(100),
  outcome: z.enum(['Answered', 'Completed', 'NoAnswer', 'Busy', 'InvalidNumber']),
});

/** Has a robot call; the provider takes a second request with the same reference for a question after the first. */
export class HttpVoiceCaller implements VoiceCaller {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 15_000) {
    this.#client = new ProviderClient('the voice provider', endpoint, timeoutMs);
  }

  call(request: Parameters<VoiceCaller['call']>[0]): Promise<CallReport> {
    return this.#client.call({ method: 'POST', path: '/calls', body: request, answer: Answer });
  }
}
