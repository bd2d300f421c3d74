import { changeAggregate } from '../shared/change-aggregate.ts';
import type { CollectionCase } from './case.ts';

type CasePatch = Partial<
  Omit<CollectionCase, 'version' | 'event' | 'auditHash' | 'previousAuditHash'>
>;

export interface CaseChange {
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly patch: CasePatch;
  /** Fields that are there no more. */
  readonly without?: readonly (
    'pending' | 'notBefore' | 'assignment' | 'closedBecause' | 'closedAt'
  )[];
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** The next version of a case. Every event says which version of which strategy, and which arm, the case was run by. */
export function changeCase(collectionCase: CollectionCase, change: CaseChange): CollectionCase {
  const { type, at, actor, patch, without = [], facts = {} } = change;
  const kept = { ...collectionCase };
  for (const field of without) Reflect.deleteProperty(kept, field);
  const { strategyId, strategyVersion, arm } = { ...collectionCase, ...patch };
  return changeAggregate(kept, {
    subjectId: collectionCase.caseId,
    patch,
    event: {
      type,
      at,
      actor,
      facts: {
        caseId: collectionCase.caseId,
        borrowerKey: collectionCase.borrowerKey,
        lenderId: collectionCase.lenderId,
        opening: collectionCase.opening,
        strategy: `${strategyId}#${strategyVersion}`,
        arm,
        ...facts,
      },
    },
  });
}
