import * as z from 'zod';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute, replayedHeader } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { assignSuspended } from '#platform/take-receipt.ts';
import { ReceiptView } from './list-suspense.ts';
import { operatorDependencies } from './operator-dependencies.ts';

export const assignReceiptRoute = describeRoute({
  operationId: 'assignReceipt',
  summary: 'Post money from suspense to the loan it is for',
  method: 'POST',
  path: '/ops/receipts/{receiptId}/assignment',
  caller: 'Operator',
  roles: ['Reviewer', 'Supervisor'],
  parameters: z.object({ receiptId: z.string().regex(/^rcp_[0-9A-HJKMNP-TV-Z]{26}$/) }),
  query: Nothing,
  body: z.strictObject({ loanId: LoanId }),
  status: 200,
  answer: ReceiptView,
  problems: ['NotFound', 'InvalidTransition'],
});

export const handler = apiRoute({
  description: assignReceiptRoute,
  dependencies: operatorDependencies,
  run: async ({ caller, parameters, body }, dependencies) => {
    const { receipts } = dependencies;
    const find = async () => existing(await receipts.find(parameters.receiptId), 'such receipt');
    const receipt = await find();
    // The same assignment again finds it done.
    if (receipt.state === 'Posted' && receipt.loanId === body.loanId)
      return { body: receipt, headers: replayedHeader };
    const actor = `operator:${caller.operatorId}`;
    await assignSuspended(receipt, { ...body, channel: 'Operator', actor }, dependencies);
    return { body: await find() };
  },
});
