import * as z from 'zod';
import { Product } from '#domain/catalog/product.ts';
import { AttestedReading } from '#domain/contracts/attested-reading.ts';
import { confirmRestructuring } from '#domain/servicing/offer-restructuring.ts';
import { AccountView, viewAccount } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { changeOfKey } from '#platform/payment-of-key.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoanFile } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const confirmRestructuringRoute = describeRoute({
  operationId: 'confirmRestructuring',
  summary: 'Confirm that the borrower read the cost sheet of a restructuring: it takes effect',
  method: 'POST',
  path: '/v1/loans/{loanId}/disclosure',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: AttestedReading,
  status: 200,
  answer: z.object({
    loanId: z.string(),
    scheduleVersion: z.int(),
    maturesOn: z.string(),
    account: AccountView,
  }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: confirmRestructuringRoute,
  dependencies: partnerDependencies,
  run: ({ caller, parameters, body, idempotency }, dependencies) =>
    retryOnConflict(async () => {
      const { loanId } = parameters;
      const { files, catalog, now } = dependencies;
      const found = await ownLoanFile(dependencies, loanId, caller.partnerId);
      const isRepeat = changeOfKey(found, idempotency) !== undefined;
      if (!isRepeat) {
        const { productId: id, productVersion: version } = found.loan;
        const [product, policyPack] = await Promise.all([
          catalog.find({ kind: 'product', id, version }, Product),
          policyInForce(catalog),
        ]);
        await files.store(
          confirmRestructuring(found, body, {
            policyPack,
            minReadSeconds: existing(product, `product ${id}`).minReadSeconds,
            at: now().toISOString(),
            applied: { mark: idempotency.mark, bodyHash: idempotency.bodyHash },
          }),
        );
      }
      const file = existing(await files.find(loanId), `loan ${loanId}`);
      const { scheduleVersion, maturesOn = '' } = file.loan;
      const account = viewAccount(file, businessDateOf(now().getTime()));
      return {
        body: { loanId, scheduleVersion, maturesOn, account },
        headers: isRepeat ? replayedHeader : {},
      };
    }),
});
