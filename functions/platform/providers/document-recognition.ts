import * as z from 'zod';
import type { DocumentRecognition } from '#domain/applications/provider-ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z.object({
  result: z.enum(['Genuine', 'Doubtful', 'Unreadable']),
  fields: z.record(z.string().max(60), z.string().max(500)),
  checkId: z.string().min(1).max(100),
});

/** Has a stored document read by the recognition provider. */
export class HttpDocumentRecognition implements DocumentRecognition {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 8_000) {
    this.#client = new ProviderClient('the recognition provider', endpoint, timeoutMs);
  }

  recognise(
    request: Parameters<DocumentRecognition['recognise']>[0],
  ): ReturnType<DocumentRecognition['recognise']> {
    return this.#client.call({ method: 'POST', path: '', body: request, answer: Answer });
  }
}
