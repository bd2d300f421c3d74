import * as z from 'zod';
import type { MessageSender } from '#domain/applications/provider-ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z.object({ messageId: z.string().min(1).max(100) });

/** Sends a text message by template; the provider drops a second one with the same reference. */
export class HttpMessageSender implements MessageSender {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 5_000) {
    this.#client = new ProviderClient('the message provider', endpoint, timeoutMs);
  }

  send(message: Parameters<MessageSender['send']>[0]): Promise<{ messageId: string }> {
    return this.#client.call({ method: 'POST', path: '/messages', body: message, answer: Answer });
  }
}
