import { ApiProblem, type ProblemCode } from './problem.ts';
import type { Idempotency } from './api-route.ts';

const reused: ProblemCode = 'IdempotencyKeyReused';

/** Says whether this very request was applied before; the same key with another body is refused. */
export function wasApplied(
  applied: Readonly<Record<string, string>>,
  { mark, bodyHash }: Idempotency,
): boolean {
  const before = applied[mark];
  if (before === undefined) return false;
  if (before !== bodyHash)
    throw new ApiProblem(reused, 'the key was used for another request on this item');
  return true;
}
