import * as z from 'zod';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import { changeCase } from '#domain/collections/change-case.ts';
import { completeStep, introducedBy } from '#domain/collections/choose-step.ts';
import { taskKindOfAction } from '#domain/collections/collection-task.ts';
import type { Contact } from '#domain/collections/contact.ts';
import { endsStep, OutcomeCode, resultOfOutcome } from '#domain/collections/outcome-code.ts';
import { makePromise } from '#domain/collections/promise.ts';
import type { Cases } from '#domain/collections/ports.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { InvalidInput, InvalidTransition } from '#domain/shared/errors.ts';
import { AmountFen, BusinessDate, ContactId } from '#domain/shared/primitives.ts';
import { apiRoute, type Idempotency } from '#platform/api-route.ts';
import { wakeCase, withdrawStep, type CaseWorkPorts } from '#platform/case-work.ts';
import { conductLimits } from '#platform/collection-catalog.ts';
import { settleContact } from '#platform/contact-conduct.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { caseDependencies } from './case-dependencies.ts';
import { CaseParameters, CaseView, viewCase } from './case-view.ts';
import { changeCaseOnce, type ChangedCase } from './change-case-once.ts';

const Body = z.strictObject({
  contactId: ContactId,
  code: OutcomeCode,
  /** What was promised, with the code PromiseToPay. */
  promise: z.strictObject({ amountFen: AmountFen, dueOn: BusinessDate }).optional(),
});

export const reportOutcomeRoute = describeRoute({
  operationId: 'reportOutcome',
  summary:
    'Report what became of a reserved contact, by its code, with the promise if one was made',
  method: 'POST',
  path: '/ops/cases/{caseId}/outcomes',
  caller: 'Operator',
  roles: ['Collector', 'Supervisor'],
  parameters: CaseParameters,
  query: Nothing,
  body: Body,
  status: 200,
  answer: CaseView,
  problems: ['NotFound', 'InvalidTransition', 'IdempotencyKeyReused'],
});

export interface OutcomeReport {
  readonly caseId: string;
  readonly idempotency: Pick<Idempotency, 'mark' | 'bodyHash'>;
  readonly operatorId: string;
  readonly body: z.infer<typeof Body>;
}

export interface ReportDependencies extends CaseWorkPorts {
  readonly cases: Cases;
  readonly catalog: Catalog;
}

/**
 * Records the outcome of a contact: counters and record first, then what it means for the case, then the work in the
 * queue. Reported again, each part finds itself done. A case that the money closed meanwhile keeps the record all the same.
 */
export async function runReportOutcome(
  report: OutcomeReport,
  dependencies: ReportDependencies,
): Promise<ChangedCase> {
  const { cases, catalog, now } = dependencies;
  const { body, caseId, operatorId } = report;
  if ((body.code === 'PromiseToPay') !== (body.promise !== undefined))
    throw new InvalidInput('a promise comes with the code PromiseToPay, and with no other');
  const found = existing(await cases.findById(caseId), 'such case');
  const reserved = existing(
    await cases.findContact(found.borrowerKey, body.contactId),
    'such contact',
  );
  if (reserved.caseId !== caseId) throw new InvalidTransition('the contact is of another case');
  const at = now().toISOString();
  const on = businessDateOf(Date.parse(at));
  const limits = await conductLimits(catalog, found, on);
  const reported = { ...body, on, at, actor: `operator:${operatorId}`, limits };
  const contact = { ...reserved, result: resultOfOutcome[body.code] };
  // A promise that cannot be taken is refused before anything is written; one that was taken is not judged again.
  if (found.applied[report.idempotency.mark] === undefined) caseAfter(found, contact, reported);
  await settleContact(contact, { code: body.code }, { cases, now });
  const changed = await changeCaseOnce(
    report,
    (current) => caseAfter(current, contact, reported),
    dependencies,
  );
  await endWork(changed, body.code, dependencies);
  return changed;
}

interface Reported extends z.infer<typeof Body> {
  readonly on: string;
  readonly at: string;
  readonly actor: string;
  readonly limits: Awaited<ReturnType<typeof conductLimits>>;
}

/** One write: the promise, or the step that is done, or that somebody has said who they are. */
function caseAfter(
  current: CollectionCase,
  contact: Contact,
  { code, promise, on, at, actor, limits }: Reported,
): CollectionCase | undefined {
  if (current.status === 'Closed') return undefined;
  const { pending } = current;
  const isHeard = contact.result === 'Connected' || contact.result === 'Effective';
  const speaker = isHeard && contact.isIntroduced ? contact.speaker : undefined;
  const isWork = pending !== undefined && taskKindOfAction[pending.action] !== undefined;
  const done =
    isWork && endsStep(code)
      ? completeStep(current, {
          number: pending.number,
          result: code,
          on,
          at,
          actor,
          ...(speaker === undefined ? {} : { introduced: speaker }),
        })
      : undefined;
  if (promise !== undefined && done !== undefined) {
    const promised = makePromise(current, { ...promise, on, at, actor, limits });
    // The step is over with the promise: one change, whose event is the promise.
    const { steps, lastStep, costFen, introducedBy: known } = done;
    const kept = { ...promised, steps, lastStep, costFen, introducedBy: known };
    delete kept.pending;
    return kept;
  }
  if (promise !== undefined) return makePromise(current, { ...promise, on, at, actor, limits });
  if (done !== undefined) return done;
  const introduced = introducedBy(current, speaker);
  return changeCase(current, {
    type: 'CaseContacted',
    at,
    actor,
    patch: { introducedBy: introduced },
    facts: { contactId: contact.contactId, channel: contact.channel, code },
  });
}

/** Found by what the case says was done last, so that a repeat after a crash takes the work out of the queue as well. */
async function endWork(
  { before, after }: ChangedCase,
  code: OutcomeCode,
  dependencies: ReportDependencies,
): Promise<void> {
  const { lastStep, stepCount } = after;
  if (after.pending === undefined && lastStep !== undefined)
    await withdrawStep(
      before,
      { action: lastStep.action, number: stepCount },
      { ...dependencies, because: `Outcome${code}` },
    );
  await wakeCase(after, 'OutcomeReported', dependencies);
}

export const handler = apiRoute({
  description: reportOutcomeRoute,
  dependencies: caseDependencies,
  run: async ({ caller, parameters, body, idempotency }, dependencies) => {
    const { after, headers } = await runReportOutcome(
      { caseId: parameters.caseId, idempotency, operatorId: caller.operatorId, body },
      dependencies,
    );
    return { body: viewCase(after, businessDateOf(dependencies.now().getTime())), headers };
  },
});
