import * as z from 'zod';
import type { CreditBureau, CreditReport } from '#domain/applications/provider-ports.ts';
import { Instant } from '#domain/shared/primitives.ts';
import { ProviderClient, type ProviderEndpoint } from './provider-client.ts';

const Count = z.int().min(0).max(10_000);
const AmountFen = z.int().min(0).max(100_000_000_000_00);

const Answer = z
  .object({
    reportId: z.string().min(1).max(100),
    obtainedAt: Instant,
    score: z.int().min(0).max(10_000).nullish(),
    openLoans: Count,
    outstandingFen: AmountFen,
    overdueCount24Months: Count,
    currentOverdueFen: AmountFen,
    queries3Months: Count,
  })
  .transform(({ score, ...report }) => ({ ...report, score: score ?? undefined }));

/** Asks the credit bureau for a report. Every query is an entry in the borrower's own record, so it is made once. */
export class HttpCreditBureau implements CreditBureau {
  readonly #client: ProviderClient;

  constructor(endpoint: () => Promise<ProviderEndpoint>, timeoutMs = 8_000) {
    this.#client = new ProviderClient('the credit bureau', endpoint, timeoutMs);
  }

  query(request: Parameters<CreditBureau['query']>[0]): Promise<CreditReport> {
    return this.#client.call({ method: 'POST', path: '/reports', body: request, answer: Answer });
  }
}
