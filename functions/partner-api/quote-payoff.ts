import * as z from 'zod';
import { payoffOf } from '#domain/servicing/loan-file.ts';
import { AmountsView, viewAmounts } from '#domain/servicing/view-account.ts';
import { addDays, businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidInput, InvalidTransition } from '#domain/shared/errors.ts';
import { BusinessDate, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { answerOnce, rememberedRequests } from '#platform/remembered-requests.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoanFile } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

/** How far ahead a payoff may be quoted. */
const DAYS_AHEAD_MAX = 31;

export const quotePayoffRoute = describeRoute({
  operationId: 'quotePayoff',
  summary: 'What must be paid on a date to owe nothing more',
  method: 'POST',
  path: '/v1/loans/{loanId}/payoff-quotes',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({ payOn: BusinessDate }),
  status: 200,
  answer: z
    .object({
      loanId: z.string(),
      payOn: z.string(),
      items: AmountsView,
      totalFen: z.int(),
      /** Value date by which the amount settles the loan, as long as nothing else happens to it. */
      validUntil: z.string(),
      loanVersion: z.int(),
    })
    .meta({ id: 'PayoffQuote' }),
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export const handler = apiRoute({
  description: quotePayoffRoute,
  dependencies: () => ({ ...partnerDependencies(), keys: rememberedRequests() }),
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { keys, now } = dependencies;
    const { loanId } = parameters;
    const file = await ownLoanFile(dependencies, loanId, caller.partnerId);
    return answerOnce(
      { keys, callerId: caller.partnerId, idempotency, at: now(), answer: quotePayoffRoute.answer },
      () => {
        const { payOn } = body;
        const today = businessDateOf(now().getTime());
        if (payOn < today || payOn > addDays(today, DAYS_AHEAD_MAX))
          throw new InvalidInput(`payOn must be from ${today} to ${DAYS_AHEAD_MAX} days later`);
        if (file.loan.status !== 'Active')
          throw new InvalidTransition(`loan ${loanId} is ${file.loan.status}: nothing to pay off`);
        const { totalFen, ...items } = payoffOf(file, payOn);
        return Promise.resolve({
          loanId,
          payOn,
          items: viewAmounts(items),
          totalFen,
          validUntil: payOn,
          loanVersion: file.loan.version,
        });
      },
    );
  },
});
