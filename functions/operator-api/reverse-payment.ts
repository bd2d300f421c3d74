import * as z from 'zod';
import { AccountView, viewAccount } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { changeOfKey } from '#platform/payment-of-key.ts';
import { reversePosted } from '#platform/reverse-posted.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const reversePaymentRoute = describeRoute({
  operationId: 'reversePayment',
  summary: 'Say that a payment never was one of this loan; what came after it is played again',
  method: 'POST',
  path: '/ops/loans/{loanId}/reversals',
  caller: 'Operator',
  roles: ['Supervisor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({
    paymentId: z.string().regex(/^pay_[0-9A-HJKMNP-TV-Z]{26}$/),
    reason: z.string().trim().min(1).max(500),
    /** Suspense: the money is here and somebody else's. Payer: the bank took it back. */
    moneyTo: z.enum(['Suspense', 'Payer']),
  }),
  status: 200,
  answer: z.object({ loanId: z.string(), status: z.string(), account: AccountView }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: reversePaymentRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { loanId } = parameters;
    const found = existing(await dependencies.files.find(loanId), 'such loan');
    const isRepeat = changeOfKey(found, idempotency) !== undefined;
    const { mark, bodyHash } = idempotency;
    const actor = `operator:${caller.operatorId}`;
    const file = isRepeat
      ? found
      : await reversePosted(loanId, { ...body, actor, applied: { mark, bodyHash } }, dependencies);
    const account = viewAccount(file, businessDateOf(dependencies.now().getTime()));
    return {
      body: { loanId, status: file.loan.status, account },
      headers: isRepeat ? replayedHeader : {},
    };
  },
});
