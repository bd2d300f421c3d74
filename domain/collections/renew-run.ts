import type { CollectionCase } from './case.ts';
import { changeCase } from './change-case.ts';

/** The next run of a case's workflow. Undefined: it was renewed before, or the case is another one by now. */
export function renewRun(
  collectionCase: CollectionCase,
  renewal: { readonly opening: number; readonly run: number; readonly at: string },
): CollectionCase | undefined {
  const { opening, run, at } = renewal;
  const isCurrent = collectionCase.opening === opening && collectionCase.run === run;
  if (collectionCase.status === 'Closed' || !isCurrent) return undefined;
  return changeCase(collectionCase, {
    type: 'CaseRunRenewed',
    at,
    actor: 'workflow',
    patch: { run: run + 1, runSince: at },
    facts: { run: run + 1 },
  });
}
