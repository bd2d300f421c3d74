import * as z from 'zod';
import { collectableFen, CollectionCase, daysPastDueOn } from '#domain/collections/case.ts';
import { CaseId } from '#domain/shared/primitives.ts';

export const CaseParameters = z.object({ caseId: CaseId });

/** A case as operators see it: never the borrower's key. */
export const CaseView = CollectionCase.pick({
  caseId: true,
  version: true,
  status: true,
  closedBecause: true,
  lenderId: true,
  opening: true,
  openedAt: true,
  closedAt: true,
  strategyId: true,
  strategyVersion: true,
  arm: true,
  loans: true,
  stepCount: true,
  steps: true,
  pending: true,
  notBefore: true,
  lastStep: true,
  promises: true,
  pauses: true,
  assignment: true,
  receivedFen: true,
  costFen: true,
})
  .extend({ overdueFen: z.int(), daysPastDue: z.int() })
  .meta({ id: 'Case' });
export type CaseView = z.infer<typeof CaseView>;

/** The case with what may be asked for today. */
export function viewCase(collectionCase: CollectionCase, on: string): CaseView {
  return {
    ...collectionCase,
    overdueFen: collectableFen(collectionCase),
    daysPastDue: daysPastDueOn(collectionCase, on),
  };
}
