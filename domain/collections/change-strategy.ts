import { InvalidTransition } from '../shared/errors.ts';
import type { CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';
import { armOf, type CollectionStrategy } from './strategy.ts';

/**
 * Puts a running case on another strategy or version, on request. New cases take the version in force by themselves. What
 * was done stays counted: a step the new version has under the same id is not begun anew.
 */
export function changeStrategy(
  collectionCase: CollectionCase,
  change: { readonly strategy: CollectionStrategy; readonly at: string; readonly actor: string },
): CollectionCase {
  const { strategy, at, actor } = change;
  const { strategyId, strategyVersion, arm } = collectionCase;
  if (collectionCase.status === 'Closed')
    throw new InvalidTransition(`case ${collectionCase.caseId} is closed`);
  if (strategyId === strategy.strategyId && strategyVersion === strategy.version)
    throw new InvalidTransition(`case ${collectionCase.caseId} runs by that version already`);
  return changeCase(collectionCase, {
    type: 'CaseStrategyChanged',
    at,
    actor,
    without: ['notBefore'],
    patch: {
      strategyId: strategy.strategyId,
      strategyVersion: strategy.version,
      arm: armOf(strategy, collectionCase.borrowerKey).arm,
    },
    facts: { fromStrategy: `${strategyId}#${strategyVersion}`, fromArm: arm },
  });
}
