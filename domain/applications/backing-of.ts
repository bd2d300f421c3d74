import type { ApplicationRequest, Backing } from './application.ts';

/**
 * What a decision may read of what backs a request: guarantors by their blind indexes (in the order of the request) with
 * what they agreed to, pledges by kind and value. Undefined when nothing does.
 */
export function backingOf(
  { guarantors = [], pledges = [] }: Pick<ApplicationRequest, 'guarantors' | 'pledges'>,
  guarantorKeys: readonly string[],
): Backing | undefined {
  if (guarantors.length + pledges.length === 0) return undefined;
  return {
    guarantorKeys: [...guarantorKeys],
    guarantors: guarantorKeys.map((guarantorKey, at) => ({
      guarantorKey,
      consents: guarantors[at]?.consents ?? [],
    })),
    pledges: pledges.map(({ kind, valueFen }) => ({ kind, valueFen })),
  };
}
