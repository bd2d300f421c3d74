import type { Application } from '#domain/applications/application.ts';
import type { Loan } from '#domain/loans/loan.ts';
import {
  decideRetention,
  type RetentionDecision,
  type RetentionQuestion,
} from '#domain/privacy/decide-retention.ts';
import { eraseBorrower } from '#domain/privacy/erase-loan.ts';
import { eraseApplication } from '#domain/privacy/erase-application.ts';
import { completeRequest } from '#domain/privacy/personal-data-request.ts';
import { restrictApplication, scheduleRetention } from '#domain/privacy/retain-application.ts';
import { retentionPolicyOf } from '#domain/privacy/retention-policy.ts';
import { addMonths, businessDateOf } from '#domain/shared/calendar.ts';
import { ApplicationErased } from '#domain/shared/errors.ts';
import { loanIdOf } from '#domain/shared/ids.ts';
import { isBlocked } from '#platform/block-list.ts';
import { existing } from '#platform/existing.ts';
import { policyInForce } from '#platform/policy-in-force.ts';
import { retryOnConflict } from '#platform/retry-on-conflict.ts';
import type { RetentionDependencies } from './retention-dependencies.ts';

export type Settled = 'Erased' | 'Restricted' | 'Kept';

/** The day and the periods in force on it. */
export async function retentionToday({
  catalog,
  now,
}: Pick<RetentionDependencies, 'catalog' | 'now'>): Promise<
  Pick<RetentionQuestion, 'date' | 'policy'>
> {
  const date = businessDateOf(now().getTime());
  return { date, policy: retentionPolicyOf(await policyInForce(catalog), date) };
}

/**
 * Brings one application to where it must stand today: erased, restricted, or kept until a later date. By what is stored
 * now, never by what was thought before: late and repeated calls do no harm. `requestId`: the person asks for it.
 */
export function settleRetention(
  applicationId: string,
  today: Pick<RetentionQuestion, 'date' | 'policy'>,
  dependencies: RetentionDependencies & { readonly requestId?: string },
): Promise<Settled> {
  return retryOnConflict(async () => {
    const application = await presentOf(applicationId, dependencies);
    if (application === undefined) return 'Erased';
    const { restriction } = application;
    const isRequested = dependencies.requestId !== undefined || restriction !== undefined;
    const loan = await dependencies.loans.find(loanIdOf(applicationId));
    const decision = decideRetention({ application, loan }, { ...today, isRequested });
    if (decision.outcome === 'Erase' && decision.on !== undefined && decision.on <= today.date)
      return erase({ application, loan }, decision, { ...dependencies, date: today.date });
    if (dependencies.requestId !== undefined)
      return restrict(application, decision, {
        ...dependencies,
        requestId: dependencies.requestId,
      });
    return postpone(application, decision, { ...dependencies, date: today.date });
  });
}

/** Undefined: it is erased already. */
async function presentOf(
  applicationId: string,
  { applications }: Pick<RetentionDependencies, 'applications'>,
): Promise<Application | undefined> {
  try {
    return existing(await applications.find(applicationId), `application ${applicationId}`);
  } catch (error) {
    if (error instanceof ApplicationErased) return undefined;
    throw error;
  }
}

/** What lies elsewhere first: while the application is there, whoever comes after a crash knows what was to be erased. */
async function erase(
  { application, loan }: { readonly application: Application; readonly loan: Loan | undefined },
  { because }: RetentionDecision,
  dependencies: RetentionDependencies & { readonly date: string },
): Promise<Settled> {
  const { retention, traces, now } = dependencies;
  await traces.erase(application);
  if (loan !== undefined) await traces.eraseOfLoan(loan);
  await forgetPeople(application, dependencies);
  const at = now().toISOString();
  await retention.erase(
    eraseApplication(application, { at, because }),
    loan && eraseBorrower(loan, at),
  );
  if (application.restriction !== undefined)
    await completeIfDone(application.restriction.requestId, dependencies);
  return 'Erased';
}

/**
 * Whom nothing shows any more is found by no number any more. Who is blocked stays so until the block is over: the record of
 * it and the index that leads to their name are all that is left of them.
 */
async function forgetPeople(
  { applicationId, borrowerKey, backing, declineReview }: Application,
  { blocks, catalog, people, date }: RetentionDependencies & { readonly date: string },
): Promise<void> {
  for (const name of [borrowerKey, ...(backing?.guarantorKeys ?? [])]) {
    await people.forget(name, { by: applicationId, nowBy: declineReview?.successorId });
    if (!(await isBlocked(name, date, { blocks, catalog }))) await people.letGo(name);
  }
}

/** Also what is to be erased tomorrow: from the moment it was asked for, nothing more is done with it. */
async function restrict(
  application: Application,
  { outcome, on }: RetentionDecision,
  dependencies: RetentionDependencies & { readonly requestId: string },
): Promise<Settled> {
  if (outcome === 'Keep') return 'Kept';
  const { applications, traces, now, requestId } = dependencies;
  await traces.restrict(application);
  const at = now().toISOString();
  const restricted = restrictApplication(application, { requestId, at, until: on });
  if (restricted !== undefined) await applications.replace(restricted);
  return 'Restricted';
}

const LOOK_AGAIN_MONTHS = 12;

/** A loan that still runs has no date yet: it is looked at again in a year. */
async function postpone(
  application: Application,
  { because, on }: RetentionDecision,
  { applications, now, date }: RetentionDependencies & { readonly date: string },
): Promise<Settled> {
  const next = scheduleRetention(application, {
    at: now().toISOString(),
    on: on ?? addMonths(date, LOOK_AGAIN_MONTHS),
    because,
  });
  if (next !== undefined) await applications.replace(next);
  return application.restriction === undefined ? 'Kept' : 'Restricted';
}

/** A request is done when nothing that was to be erased is left. */
export function completeIfDone(
  requestId: string,
  dependencies: RetentionDependencies,
): Promise<'Done' | 'Waiting'> {
  const { requests, now } = dependencies;
  return retryOnConflict(async () => {
    const request = existing(await requests.find(requestId), `request ${requestId}`);
    const toErase = request.decisions.filter(({ outcome }) => outcome === 'Erase');
    for (const { applicationId } of toErase)
      if ((await presentOf(applicationId, dependencies)) !== undefined) return 'Waiting';
    const done = completeRequest(request, now().toISOString());
    if (done !== undefined) await requests.replace(done);
    return 'Done';
  });
}
