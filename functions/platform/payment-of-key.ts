import type { LoanFile } from '#domain/servicing/loan-file.ts';
import type { ChangeRecord, PaymentRecord } from '#domain/servicing/loan-records.ts';
import type { Idempotency } from './api-route.ts';
import { ApiProblem } from './problem.ts';

/** The payment that this very request posted before; the same key with another body is refused. */
export function paymentOfKey(file: LoanFile, idempotency: Idempotency): PaymentRecord | undefined {
  refuseReuse(file, idempotency);
  return file.payments.find(({ applied }) => applied?.mark === idempotency.mark);
}

/** The change that this very request made before. */
export function changeOfKey(file: LoanFile, idempotency: Idempotency): ChangeRecord | undefined {
  refuseReuse(file, idempotency);
  return file.changes.find(({ applied }) => applied?.mark === idempotency.mark);
}

function refuseReuse({ payments, changes }: LoanFile, { mark, bodyHash }: Idempotency): void {
  const applied = [...payments, ...changes].find(
    (record) => record.applied?.mark === mark,
  )?.applied;
  if (applied !== undefined && applied.bodyHash !== bodyHash)
    throw new ApiProblem(
      'IdempotencyKeyReused',
      'the key was used for another request on this loan',
    );
}
