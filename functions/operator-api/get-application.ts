import * as z from 'zod';
import { Application, Backing, BackingGuarantor } from '#domain/applications/application.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { shownSheet } from '#platform/shown-sheet.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';
import { TaskView, viewTask } from './task-view.ts';

/** What backs it, without the keys that tell one guarantor from another: like the borrower's, they stay inside. */
const ShownBacking = Backing.omit({ guarantorKeys: true }).extend({
  guarantors: z.array(BackingGuarantor.omit({ guarantorKey: true })).optional(),
});

/** Everything about an application but who the borrower is: the sealed blob and the keys of requests stay inside. */
const FullApplication = Application.omit({ pii: true, applied: true, borrowerKey: true })
  .extend({
    applicant: Application.shape.applicant.omit({ borrowerKey: true }),
    backing: ShownBacking.optional(),
    tasks: z.array(TaskView),
  })
  .meta({ id: 'FullApplication' });

export const getFullApplicationRoute = describeRoute({
  operationId: 'getFullApplication',
  summary: 'One application with its decision trace and its tasks',
  method: 'GET',
  path: '/ops/applications/{applicationId}',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: FullApplication,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getFullApplicationRoute,
  dependencies: operatorDependencies,
  run: async ({ parameters }, { applications, sheets, tasks }) => {
    const { applicationId } = parameters;
    const application = existing(await applications.find(applicationId), 'such application');
    const { contract } = application;
    const [opened, sheet] = await Promise.all([
      tasks.listByApplication(applicationId),
      contract && shownSheet(contract, sheets),
    ]);
    const shown = contract && { ...contract, sheet };
    return { body: { ...application, contract: shown, tasks: opened.map(viewTask) } };
  },
});
