import * as z from 'zod';
import { answerCompensation } from '#domain/servicing/compensation.ts';
import type { LoanFiles, LoanLists } from '#domain/servicing/ports.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoLoanLists } from '#platform/repositories/loan-lists.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { now } from '#platform/time.ts';
import { callbackRoute, type Received } from './callback-route.ts';

export const CompensationCallback = z.object({
  reference: z.string().min(1).max(100),
  contractNumber: z.string().min(1).max(40),
  outcome: z.enum(['Accepted', 'Refused']),
});

export interface CompensationCallbackDependencies {
  readonly files: LoanFiles;
  readonly lists: Pick<LoanLists, 'findByContract'>;
  readonly now: () => Date;
}

/** The guarantor decides about a claim it only received before. What it says after its money, or twice, changes nothing. */
export async function runCompensationCallback(
  { reference, contractNumber, outcome }: z.infer<typeof CompensationCallback>,
  { files, lists, now }: CompensationCallbackDependencies,
): Promise<Received> {
  const loanId = await lists.findByContract(contractNumber);
  if (loanId === undefined) return 'Unknown';
  return retryOnConflict(async () => {
    const file = await files.find(loanId);
    if (file?.loan.compensation?.reference !== reference) return 'Unknown';
    const next = answerCompensation(file, { reference, outcome, at: now().toISOString() });
    if (next !== undefined) await files.store({ loan: next });
    return 'Accepted';
  });
}

export const handler = callbackRoute({
  body: CompensationCallback,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
    lists: new DynamoLoanLists(documentClient(), requireEnvironment('LOANS_TABLE')),
    now,
  }),
  run: runCompensationCallback,
});
