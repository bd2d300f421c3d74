import * as z from 'zod';
import type { IncomeCheck } from '#domain/applications/provider-ports.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Answer = z
  .object({
    result: z.enum(['Confirmed', 'Lower', 'NoRecord']),
    verifiedMonthlyIncomeFen: z.int().min(0).nullish(),
    checkId: z.string().min(1).max(100),
  })
  .transform(({ verifiedMonthlyIncomeFen, ...answer }) => ({
    ...answer,
    verifiedMonthlyIncomeFen: verifiedMonthlyIncomeFen ?? undefined,
  }));

/** Compares the declared income with what the income provider knows. */
export class HttpIncomeCheck implements IncomeCheck {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 5_000) {
    this.#client = new ProviderClient('the income provider', endpoint, timeoutMs);
  }

  verify(request: Parameters<IncomeCheck['verify']>[0]): ReturnType<IncomeCheck['verify']> {
    return this.#client.call({ method: 'POST', path: '', body: request, answer: Answer });
  }
}
