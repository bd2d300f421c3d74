import * as z from 'zod';
import { Loan } from '#domain/loans/loan.ts';
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
}).meta({ id: 'Loan' });

export const getLoanRoute = describeRoute({
  operationId: 'getLoan',
  summary: 'Follow a loan',
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
  run: async ({ caller, parameters }, { loans }) => ({
    body: await ownLoan(loans, parameters.loanId, caller.partnerId),
  }),
});
