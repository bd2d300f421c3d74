import type { Product } from '../catalog/product.ts';

/** How many people must approve an amount before it may be lent. */
export function approversFor(
  amountFen: number,
  { approval }: Pick<Product, 'approval'>,
): 0 | 1 | 2 {
  if (amountFen <= approval.automaticUpToFen) return 0;
  return amountFen <= approval.secondApproverAboveFen ? 1 : 2;
}
