import * as z from 'zod';
import type { Applications } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { assertEvidence } from '#domain/collections/case-evidence.ts';
import { isResting } from '#domain/collections/case.ts';
import { openPauseTask } from '#domain/collections/collection-task.ts';
import { pauseCase } from '#domain/collections/pause-case.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { RestructuringPlan } from '#domain/servicing/restructuring.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { DocumentId, LoanId } from '#domain/shared/primitives.ts';
import { apiRoute, type Idempotency } from '#platform/api-route.ts';
import { wakeCase, withdrawStep, type CaseWorkPorts } from '#platform/case-work.ts';
import { conductLimits } from '#platform/collection-catalog.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { documentsOfCase } from './case-evidence.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';
import { changeCaseOnce, type ChangedCase } from './change-case-once.ts';

const Body = z.strictObject({
  kind: z.enum(['Hardship', 'Dispute', 'Complaint']),
  reason: z.enum([
    'Illness',
    'Unemployment',
    'Disaster',
    'FamilyEvent',
    'AmountWrong',
    'NotMyLoan',
    'PaidAlready',
    'Conduct',
    'Other',
  ]),
  /** Documents uploaded for an application of the case, by their id: what they say stays in them. */
  evidence: z.array(DocumentId).max(20).default([]),
  complexity: z.enum(['Plain', 'Complex', 'Special']).default('Plain'),
  loanIds: z.array(LoanId).min(1).max(50).optional(),
  /** Of hardship: the terms the debtor asks for. */
  plan: RestructuringPlan.optional(),
});

export const openCaseRequestRoute = describeRoute({
  operationId: 'openCaseRequest',
  summary:
    'Record hardship, a dispute or a complaint of the debtor: the case rests until it is answered',
  method: 'POST',
  path: '/ops/cases/{caseId}/requests',
  caller: 'Operator',
  roles: ['Collector', 'Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  body: Body,
  status: 200,
  answer: CaseView,
  problems: ['NotFound', 'InvalidInput', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export interface RequestOpening {
  readonly caseId: string;
  readonly idempotency: Pick<Idempotency, 'mark' | 'bodyHash'>;
  readonly operatorId: string;
  readonly body: z.infer<typeof Body>;
}

export interface OpenRequestDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly catalog: Catalog;
  readonly applications: Pick<Applications, 'find'>;
}

/** Puts the case to rest, asks people for the answer, and takes back what was under way. */
export async function runOpenCaseRequest(
  { caseId, idempotency, operatorId, body }: RequestOpening,
  dependencies: OpenRequestDependencies,
): Promise<ChangedCase> {
  const { cases, catalog, tasks, now } = dependencies;
  const at = now().toISOString();
  const on = businessDateOf(Date.parse(at));
  const found = existing(await cases.findById(caseId), 'such case');
  const limits = await conductLimits(catalog, found, on);
  if (found.applied[idempotency.mark] === undefined)
    assertEvidence(body.evidence, await documentsOfCase(found, body.evidence, dependencies));
  const actor = `operator:${operatorId}`;
  const changed = await changeCaseOnce(
    { caseId, idempotency },
    (current) => pauseCase(current, { ...body, on, at, actor, limits }),
    dependencies,
  );
  const pause = changed.after.pauses.findLast(({ kind }) => kind === body.kind);
  if (pause !== undefined) {
    const task = openPauseTask(changed.after, { pause, at });
    await tasks.create(task).catch(unlessThere);
  }
  const { pending } = changed.after;
  // A call that waits for a collector is not made now; the ladder drops the step when it looks again.
  if (pending !== undefined && isResting(changed.after))
    await withdrawStep(changed.after, pending, { ...dependencies, because: 'CaseRests' });
  await wakeCase(changed.after, 'CaseRests', dependencies);
  return changed;
}

/** A repeat meets the task it opened before. */
function unlessThere(error: unknown): void {
  if (!(error instanceof ConcurrentChange)) throw error;
}

export const handler = apiRoute({
  description: openCaseRequestRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { after, headers } = await runOpenCaseRequest(
      { caseId: parameters.caseId, idempotency, operatorId: caller.operatorId, body },
      dependencies,
    );
    return { body: viewCase(after, businessDateOf(dependencies.now().getTime())), headers };
  },
});
