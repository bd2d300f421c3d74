import * as z from 'zod';
import { openOfferOf } from '#domain/servicing/offer-restructuring.ts';
import { RestructuringSheet } from '#domain/servicing/restructuring.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId, Sha256Hex } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { ownLoanFile } from './own-loan.ts';
import { partnerDependencies } from './partner-dependencies.ts';

export const getRestructuringOfferRoute = describeRoute({
  operationId: 'getRestructuringOffer',
  summary: 'The cost sheet of a restructuring that was approved, to be shown to the borrower',
  method: 'GET',
  path: '/v1/loans/{loanId}/restructuring-offer',
  caller: 'Partner',
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z
    .object({
      loanId: z.string(),
      sheet: RestructuringSheet,
      sheetHash: Sha256Hex,
      expiresOn: z.string(),
    })
    .meta({ id: 'RestructuringOffer' }),
  problems: ['NotFound', 'InvalidTransition'],
});

export const handler = apiRoute({
  description: getRestructuringOfferRoute,
  dependencies: partnerDependencies,
  run: async ({ caller, parameters }, dependencies) => {
    const { loanId } = parameters;
    const file = await ownLoanFile(dependencies, loanId, caller.partnerId);
    const policyPack = await policyInForce(dependencies.catalog);
    const today = businessDateOf(dependencies.now().getTime());
    const { sheet, sheetHash, offer } = openOfferOf(file, { policyPack, today });
    return { body: { loanId, sheet, sheetHash, expiresOn: offer.expiresOn } };
  },
});
