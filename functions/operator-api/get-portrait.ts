import * as z from 'zod';
import { assemblePortrait } from '#domain/portrait/assemble-portrait.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoBorrowerHistory } from '#platform/repositories/borrower-history.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';

const Counts = z.record(z.string(), z.int());

const Portrait = z.object({
  kind: z.enum(['Person', 'Company']),
  segment: z.string().optional(),
  grade: z.string().optional(),
  score: z.int().optional(),
  facts: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  applications: z.object({
    count: z.int(),
    byStatus: Counts,
    firstAt: z.string().optional(),
    lastAt: z.string().optional(),
  }),
  loans: z.object({
    count: z.int(),
    byStatus: Counts,
    borrowedFen: z.int(),
    outstandingPrincipalFen: z.int(),
    isOverdue: z.boolean(),
    worstBucket: z.string().optional(),
  }),
  openTasks: z.array(z.string()),
  valueFen: z.int().optional(),
});

export const getPortraitRoute = describeRoute({
  operationId: 'getPortrait',
  summary:
    'What the platform knows of the borrower behind an application; nothing that says who it is',
  method: 'GET',
  path: '/ops/applications/{applicationId}/portrait',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ applicationId: ApplicationId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: Portrait,
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getPortraitRoute,
  dependencies: () => ({
    ...operatorDependencies(),
    decisions: new DynamoDecisions(documentClient(), requireEnvironment('DECISIONS_TABLE')),
    history: new DynamoBorrowerHistory(documentClient(), {
      applications: requireEnvironment('APPLICATIONS_TABLE'),
      loans: requireEnvironment('LOANS_TABLE'),
    }),
  }),
  run: async ({ parameters }, { applications, loans, tasks, decisions, history }) => {
    const { applicationId } = parameters;
    const application = existing(await applications.find(applicationId), 'such application');
    const { borrowerKey } = application;
    const [sent, loanIds, records, opened] = await Promise.all([
      history.applicationsOf(borrowerKey),
      history.loanIdsOf(borrowerKey),
      decisions.listByApplication(applicationId),
      tasks.listByApplication(applicationId),
    ]);
    const [applied, borrowed] = await Promise.all([
      Promise.all(sent.map((each) => applications.find(each.applicationId))),
      Promise.all(loanIds.map((loanId) => loans.find(loanId))),
    ]);
    const portrait = assemblePortrait({
      application,
      applications: applied.filter((each) => each !== undefined),
      loans: borrowed.filter((loan) => loan !== undefined),
      decision: records.find(({ record }) => record === 'decision'),
      tasks: opened,
    });
    return { body: portrait };
  },
});
