import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import type { Applications } from '#domain/applications/ports.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { assemblePortrait } from '#domain/portrait/assemble-portrait.ts';
import { conductOf } from '#domain/portrait/conduct.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { assertUnrestricted, isRestricted } from '#domain/privacy/restricted.ts';
import { DynamoBorrowerHistory } from '#platform/repositories/borrower-history.ts';
import { DynamoCases } from '#platform/repositories/cases.ts';
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
  servicing: z.object({
    payments: z.int(),
    lastPaidOn: z.string().optional(),
    paidFen: z.int(),
    daysPastDue: z.int(),
    dueAndOpenFen: z.int(),
    firstPaymentDefaults: z.int(),
    restructurings: z.int(),
  }),
  collections: z.object({
    isOpen: z.boolean(),
    openings: z.int(),
    promises: z.object({ Open: z.int(), Kept: z.int(), Broken: z.int(), Lapsed: z.int() }),
    receivedFen: z.int(),
    lastClosedBecause: z.string().optional(),
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
  problems: ['NotFound', 'Forbidden'],
});

/** What a person had restricted says nothing about them any more, not even beside what came after it. */
async function unrestricted(
  sent: readonly { readonly applicationId: string }[],
  applications: Pick<Applications, 'find'>,
): Promise<readonly Application[]> {
  const found = await Promise.all(sent.map((each) => applications.find(each.applicationId)));
  return found.filter((each) => each !== undefined).filter((each) => !isRestricted(each));
}

/** The newest loans say how somebody pays now; every file is a query of its own. */
const FILES_MAX = 10;

export const handler = apiRoute({
  description: getPortraitRoute,
  dependencies: () => ({
    ...operatorDependencies(),
    cases: new DynamoCases(documentClient(), requireEnvironment('CASES_TABLE')),
    decisions: new DynamoDecisions(documentClient(), requireEnvironment('DECISIONS_TABLE')),
    history: new DynamoBorrowerHistory(documentClient(), {
      applications: requireEnvironment('APPLICATIONS_TABLE'),
      loans: requireEnvironment('LOANS_TABLE'),
    }),
  }),
  run: async ({ parameters }, dependencies) => {
    const { applications, loans, tasks, decisions, history, files, cases, now } = dependencies;
    const { applicationId } = parameters;
    const application = existing(await applications.find(applicationId), 'such application');
    assertUnrestricted(application);
    const { borrowerKey } = application;
    const [all, loanIds, records, opened] = await Promise.all([
      history.applicationsOf(borrowerKey),
      history.loanIdsOf(borrowerKey),
      decisions.listByApplication(applicationId),
      tasks.listByApplication(applicationId),
    ]);
    const [sent, found] = await Promise.all([
      unrestricted(all, applications),
      Promise.all(loanIds.map((loanId) => loans.find(loanId))),
    ]);
    const shown = new Set(sent.map((each) => loanIdOf(each.applicationId)));
    const lent = found
      .filter((loan) => loan !== undefined)
      .filter(({ loanId }) => shown.has(loanId));
    const paidOut = lent.filter(({ disbursedOn }) => disbursedOn !== undefined);
    const [read, collected] = await Promise.all([
      Promise.all(paidOut.slice(0, FILES_MAX).map(({ loanId }) => files.find(loanId))),
      cases.listByBorrower(borrowerKey),
    ]);
    const conduct = conductOf(
      {
        files: read.filter((file) => file !== undefined),
        cases: collected.filter((each) => each.loans.every(({ loanId }) => shown.has(loanId))),
      },
      businessDateOf(now().getTime()),
    );
    const portrait = assemblePortrait({
      application,
      applications: sent,
      loans: lent,
      decision: records.find(({ record }) => record === 'decision'),
      tasks: opened,
      conduct,
    });
    return { body: portrait };
  },
});
