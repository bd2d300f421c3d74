import * as z from 'zod';
import { addDays } from '../shared/calendar.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { BusinessDate } from '../shared/primitives.ts';
import { Period } from '../catalog/texts.ts';
import type { CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';
import type { ConductLimits } from './conduct-limits.ts';

/** A collection agency on the register (rules 5.15). The list is published; who is not on it collects nothing. */
export const CollectionAgency = z.object({
  agencyId: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
  version: z.int().min(1),
  name: z.string().min(1),
  creditCode: z.string().min(1),
  status: z.enum(['Active', 'Suspended']),
  publishedUrl: z.url(),
  /** For which lenders it works, and how long each contract runs. */
  mandates: z.array(z.strictObject({ lenderId: z.string(), period: Period })).min(1),
  reviewedOn: BusinessDate,
  /** The agency's own people: only they may be named as its staff. */
  mayAssignOn: z.literal(false),
});
export type CollectionAgency = z.infer<typeof CollectionAgency>;

/** Why an agency may not work for a lender on a date. */
export type AgencyObstacle = 'AgencySuspended' | 'NoMandate' | 'ReviewTooOld';

export type AssignmentObstacle = AgencyObstacle | 'AssignedAlready' | 'CaseClosed' | 'CaseResting';

/** Why a case cannot be given to an agency on a date; empty when it can. */
export function assignmentObstacles(
  collectionCase: CollectionCase,
  agency: CollectionAgency,
  {
    on,
    limits,
  }: { readonly on: string; readonly limits: Pick<ConductLimits, 'agencyReviewMaxAgeDays'> },
): readonly AssignmentObstacle[] {
  const { lenderId } = collectionCase;
  return [
    ...agencyObstacles(agency, { lenderId, on, limits }),
    // No sub-assignment: what an agency has is taken back first, by us.
    ...(collectionCase.assignment === undefined ? [] : (['AssignedAlready'] as const)),
    ...(collectionCase.status === 'Closed' ? (['CaseClosed'] as const) : []),
    ...(collectionCase.pauses.length > 0 ? (['CaseResting'] as const) : []),
  ];
}

/** Held before a case is given, and before every contact: a register that changes changes what an agency may do at once. */
export function agencyObstacles(
  { status, mandates, reviewedOn }: CollectionAgency,
  working: {
    readonly lenderId: string;
    readonly on: string;
    readonly limits: Pick<ConductLimits, 'agencyReviewMaxAgeDays'>;
  },
): readonly AgencyObstacle[] {
  const { lenderId, on, limits } = working;
  const hasMandate = mandates.some(
    ({ lenderId: mandator, period }) =>
      mandator === lenderId && on >= period.from && (period.to === undefined || on <= period.to),
  );
  return [
    ...(status === 'Suspended' ? (['AgencySuspended'] as const) : []),
    ...(hasMandate ? [] : (['NoMandate'] as const)),
    ...(on > addDays(reviewedOn, limits.agencyReviewMaxAgeDays) ? (['ReviewTooOld'] as const) : []),
  ];
}

/** Gives a case to an agency. It may do nothing before the debtor has been told. */
export function assignAgency(
  collectionCase: CollectionCase,
  agency: CollectionAgency,
  given: {
    readonly on: string;
    readonly at: string;
    readonly actor: string;
    readonly limits: Pick<ConductLimits, 'agencyReviewMaxAgeDays'>;
  },
): CollectionCase {
  const obstacles = assignmentObstacles(collectionCase, agency, given);
  if (obstacles.length > 0)
    throw new InvalidTransition(
      `case ${collectionCase.caseId} cannot go to ${agency.agencyId}: ${obstacles.join(', ')}`,
    );
  const { on, at, actor } = given;
  return changeCase(collectionCase, {
    type: 'CaseAssigned',
    at,
    actor,
    patch: {
      assignment: {
        agencyId: agency.agencyId,
        agencyVersion: agency.version,
        assignedOn: on,
        assignedBy: actor,
      },
    },
    facts: { agencyId: agency.agencyId, agencyVersion: agency.version },
  });
}

/** The debtor has been told: from now on the agency may work. */
export function noteAssignmentNotice(
  collectionCase: CollectionCase,
  { agencyId, at }: { readonly agencyId: string; readonly at: string },
): CollectionCase | undefined {
  const { assignment } = collectionCase;
  if (assignment?.agencyId !== agencyId || assignment.noticedAt !== undefined) return undefined;
  return changeCase(collectionCase, {
    type: 'AssignmentNoticed',
    at,
    actor: 'workflow',
    patch: { assignment: { ...assignment, noticedAt: at } },
    facts: { agencyId },
  });
}

/** Takes a case back. Whatever the agency had under way is for the house from now on. */
export function recallCase(
  collectionCase: CollectionCase,
  recall: { readonly because: string; readonly at: string; readonly actor: string },
): CollectionCase {
  const { assignment } = collectionCase;
  if (assignment === undefined)
    throw new InvalidTransition(`case ${collectionCase.caseId} is with no agency`);
  return changeCase(collectionCase, {
    type: 'CaseRecalled',
    at: recall.at,
    actor: recall.actor,
    without: ['assignment'],
    patch: {},
    facts: { agencyId: assignment.agencyId, because: recall.because },
  });
}
