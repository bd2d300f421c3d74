import * as z from 'zod';
import { Loan } from '#domain/loans/loan.ts';
import { AccountView, viewAccount } from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoan } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

/** What a partner sees of a loan; whose money it is stays between the platform and its funders. */
const LoanView = Loan.pick({
  loanId: true,
  status: true,
  applicationId: true,
  contractNumber: true,
  productId: true,
  principalFen: true,
  annualRate: true,
  termMonths: true,
  repaymentMethod: true,
  disbursedOn: true,
  maturesOn: true,
  outstandingPrincipalFen: true,
  version: true,
})
  .extend({ account: AccountView.optional() })
  .meta({ id: 'Loan' });

export const getLoanRoute = describeRoute({
  operationId: 'getLoan',
  summary: 'Follow a loan: what was paid, what is due, how late it is',
  method: 'GET',
  path: '/v1/loans/{loanId}',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: LoanView,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getLoanRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, { files, loans, now }) => {
    const { loanId } = parameters;
    const file = await files.find(loanId);
    // A loan that is not paid out yet has no account.
    if (file?.loan.partnerId !== caller.partnerId)
      return { body: await ownLoan(loans, loanId, caller.partnerId) };
    const account = viewAccount(file, businessDateOf(now().getTime()));
    return { body: { ...file.loan, account } };
  },
});
