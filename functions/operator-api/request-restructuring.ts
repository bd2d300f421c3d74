import * as z from 'zod';
import { RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCatalog } from '#platform/repositories/catalog.ts';
import { askRestructuring } from '#platform/restructuring-request.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

export const requestRestructuringRoute = describeRoute({
  operationId: 'requestRestructuringOfLoan',
  summary:
    'Ask that the plan of a loan be changed; a second person decides, then the borrower confirms',
  method: 'POST',
  path: '/ops/loans/{loanId}/restructuring-requests',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: z.strictObject({ plan: RestructuringPlan, reason: z.string().trim().min(1).max(500) }),
  status: 202,
  answer: TaskView,
  problems: ['NotFound', 'InvalidTransition'],
});

export const handler = apiRoute({
  description: requestRestructuringRoute,
  dependencies: () => ({
    ...operatorDependencies(),
    catalog: new DynamoCatalog(documentClient(), requireEnvironment('CATALOG_TABLE')),
  }),
  run: async ({ caller, parameters, body }, { files, ...dependencies }) => {
    const file = existing(await files.find(parameters.loanId), 'such loan');
    const { operatorId } = caller;
    const task = await askRestructuring(
      {
        file,
        ...body,
        requestedBy: `operator:${operatorId}`,
        excludedOperators: [operatorId],
      },
      dependencies,
    );
    return { body: viewTask(task) };
  },
});
