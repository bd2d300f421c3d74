import * as z from 'zod';
import { BusinessDate } from '../shared/primitives.ts';
import { LenderType } from './lender-type.ts';

/**
 * One regulatory or house value with where it comes from and how sure we are: A primary text read, B several secondary
 * sources, C one, U unverified or our own choice.
 */
export const PolicyLeaf = z.strictObject({
  path: z.string().regex(/^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+$/),
  lenderType: LenderType.optional(),
  value: z.union([z.string(), z.int(), z.boolean(), z.array(z.string()), z.null()]),
  source: z.string().min(1),
  certainty: z.enum(['A', 'B', 'C', 'U']),
  effectiveFrom: BusinessDate,
  /** The last day on which it holds. */
  effectiveTo: BusinessDate.optional(),
});
export type PolicyLeaf = z.infer<typeof PolicyLeaf>;

/** Every number the law or the house may change, as dated data. A decision stores the pack it was judged under. */
export const PolicyPack = z
  .object({
    packId: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
    version: z.int().min(1),
    name: z.string().min(1),
    leaves: z.array(PolicyLeaf).min(1),
    /** Leaves that nothing of the platform reads, and why they are there all the same. */
    informative: z
      .array(z.strictObject({ path: z.string().min(1), reason: z.string().min(10) }))
      .optional(),
  })
  .superRefine((pack, context) => {
    for (const [at, { path }] of (pack.informative ?? []).entries())
      if (!pack.leaves.some((leaf) => leaf.path === path))
        context.addIssue({
          code: 'custom',
          path: ['informative', at],
          message: `the pack has no ${path}`,
        });
    for (const [at, leaf] of pack.leaves.entries()) {
      const clash = pack.leaves.slice(0, at).find((other) => overlaps(leaf, other));
      if (clash !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['leaves', at],
          message: `${leaf.path} has two values on ${leaf.effectiveFrom}`,
        });
    }
  });
export type PolicyPack = z.infer<typeof PolicyPack>;

/** When and for whom a policy is asked. */
export interface PolicyScope {
  readonly lenderType: LenderType;
  readonly date: string;
}

/** The leaf in force: the one of the lender's type before the one for all. */
export function policyValue(
  pack: PolicyPack,
  path: string,
  scope: PolicyScope,
): PolicyLeaf | undefined {
  const inForce = pack.leaves.filter((leaf) => leaf.path === path && isInForce(leaf, scope.date));
  return (
    inForce.find((leaf) => leaf.lenderType === scope.lenderType) ??
    inForce.find((leaf) => leaf.lenderType === undefined)
  );
}

/** A whole number that may be missing: then there is no such limit. */
export function findPolicyInt(
  pack: PolicyPack,
  path: string,
  scope: PolicyScope,
): number | undefined {
  const value = policyValue(pack, path, scope)?.value;
  return typeof value === 'number' ? value : undefined;
}

/** A decimal string that may be missing. */
export function findPolicyRate(
  pack: PolicyPack,
  path: string,
  scope: PolicyScope,
): string | undefined {
  const value = policyValue(pack, path, scope)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A whole number that must be there: without it nothing may be decided. */
export function policyInt(pack: PolicyPack, path: string, scope: PolicyScope): number {
  return findPolicyInt(pack, path, scope) ?? missing(path, scope);
}

/** A whole number that is the same for every lender; it must be there. */
export function policyIntForAll(pack: PolicyPack, path: string, date: string): number {
  const leaf = pack.leaves.find(
    (each) => each.path === path && each.lenderType === undefined && isInForce(each, date),
  );
  if (typeof leaf?.value === 'number') return leaf.value;
  throw new Error(`the policy pack has no ${path} for all lenders on ${date}`);
}

/** A decimal string that must be there. */
export function policyRate(pack: PolicyPack, path: string, scope: PolicyScope): string {
  return findPolicyRate(pack, path, scope) ?? missing(path, scope);
}

/** A yes or no that must be there. */
export function policyFlag(pack: PolicyPack, path: string, scope: PolicyScope): boolean {
  const value = policyValue(pack, path, scope)?.value;
  return typeof value === 'boolean' ? value : missing(path, scope);
}

/** A list of words that must be there. */
export function policyWords(pack: PolicyPack, path: string, scope: PolicyScope): readonly string[] {
  const value = policyValue(pack, path, scope)?.value;
  return Array.isArray(value) ? value : missing(path, scope);
}

function missing(path: string, { lenderType, date }: PolicyScope): never {
  throw new Error(`the policy pack has no ${path} for ${lenderType} on ${date}`);
}

function isInForce(leaf: PolicyLeaf, date: string): boolean {
  return date >= leaf.effectiveFrom && (leaf.effectiveTo === undefined || date <= leaf.effectiveTo);
}

function overlaps(one: PolicyLeaf, other: PolicyLeaf): boolean {
  if (one.path !== other.path || one.lenderType !== other.lenderType) return false;
  return isInForce(one, other.effectiveFrom) || isInForce(other, one.effectiveFrom);
}
