import * as z from 'zod';
import { answerCompensation } from '#domain/servicing/compensation.ts';
import type { Guarantor, LoanFiles } from '#domain/servicing/ports.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { eventConsumer } from '#platform/event-consumer.ts';
import { existing } from '#platform/existing.ts';
import { HttpGuarantor } from '#platform/providers/guarantor.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { guarantorEndpoint } from '#platform/secrets.ts';
import { now } from '#platform/time.ts';

export const CompensationAsked = z.object({ loanId: LoanId, reference: z.string().min(1) });

export interface ClaimDependencies {
  readonly files: LoanFiles;
  readonly guarantor: Guarantor;
  readonly now: () => Date;
}

/**
 * Sends a claim to the guarantor. No definite answer is no refusal: it throws, and the bus asks again for a day under the
 * same reference, which the guarantor knows. A guarantor that has yet to decide calls back, or pays.
 */
export async function runClaimCompensation(
  { loanId, reference }: z.infer<typeof CompensationAsked>,
  { files, guarantor, now }: ClaimDependencies,
): Promise<void> {
  const { loan } = existing(await files.find(loanId), `loan ${loanId}`);
  const { compensation, contractNumber } = loan;
  if (compensation?.reference !== reference || compensation.status !== 'Asked') return;
  const { guarantorId, amountFen, asOf } = compensation;
  const outcome = await guarantor.claim({
    reference,
    guarantorId,
    contractNumber,
    amountFen,
    asOf,
    remark: `${contractNumber} ${reference}`,
  });
  if (outcome === 'Received') return;
  await retryOnConflict(async () => {
    const file = existing(await files.find(loanId), `loan ${loanId}`);
    const next = answerCompensation(file, { reference, outcome, at: now().toISOString() });
    if (next !== undefined) await files.store({ loan: next });
  });
}

export const handler = eventConsumer({
  detail: CompensationAsked,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
    guarantor: new HttpGuarantor(guarantorEndpoint),
    now,
  }),
  run: runClaimCompensation,
});
