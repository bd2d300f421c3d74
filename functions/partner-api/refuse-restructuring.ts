import * as z from 'zod';
import { refuseRestructuring } from '#domain/servicing/offer-restructuring.ts';
import { LoanId, Sha256Hex } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoanFile } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const refuseRestructuringRoute = describeRoute({
  operationId: 'refuseRestructuring',
  summary: 'Say that the borrower does not want a restructuring that was offered',
  method: 'POST',
  path: '/v1/loans/{loanId}/restructuring-refusal',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  /** Of the sheet that was shown: what the borrower never saw cannot be refused. */
  body: z.strictObject({ sheetHash: Sha256Hex }),
  status: 200,
  answer: z.object({ loanId: z.string(), sheetHash: Sha256Hex, status: z.literal('Refused') }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: refuseRestructuringRoute,
  dependencies: () => ({ ...partnerDependencies(), keys: rememberedRequests() }),
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { catalog, files, keys, now } = dependencies;
    const { partnerId } = caller;
    const { loanId } = parameters;
    const { sheetHash } = body;
    await ownLoanFile(dependencies, loanId, partnerId);
    return answerOnce(
      {
        keys,
        callerId: partnerId,
        idempotency,
        at: now(),
        answer: refuseRestructuringRoute.answer,
      },
      async () => {
        const policyPack = await policyInForce(catalog);
        await retryOnConflict(async () => {
          const file = await ownLoanFile(dependencies, loanId, partnerId);
          const at = now().toISOString();
          const actor = `partner:${partnerId}`;
          const loan = refuseRestructuring(file, body, { policyPack, at, actor });
          if (loan !== undefined) await files.store({ loan });
        });
        return { loanId, sheetHash, status: 'Refused' as const };
      },
    );
  },
});
