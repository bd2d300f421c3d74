import type { Application } from '#domain/applications/application.ts';
import { Funder } from '#domain/catalog/funder.ts';
import { Partner } from '#domain/catalog/partner.ts';
import type { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Product } from '#domain/catalog/product.ts';
import { existing } from '#platform/existing.ts';
import { policyInForce } from '#platform/policy-in-force.ts';

/** The product version an application pinned when it came. */
export async function pinnedProduct(
  catalog: Catalog,
  { productId: id, productVersion: version }: Application,
): Promise<Product> {
  const product = await catalog.find({ kind: 'product', id, version }, Product);
  return existing(product, `version ${version} of product ${id}`);
}

/** The lender of mode Platform and the policy pack in force. */
export async function lenderAndPolicy(
  catalog: Catalog,
): Promise<{ readonly funder: Funder; readonly policyPack: PolicyPack }> {
  const [funders, policyPack] = await Promise.all([
    catalog.list('funder', Funder),
    policyInForce(catalog),
  ]);
  return {
    funder: existing(
      funders.find(({ isPlatformOwned }) => isPlatformOwned),
      'funder owned by the platform',
    ),
    policyPack,
  };
}

/** The partner that sent an application. */
export async function partnerOf(catalog: Catalog, { partnerId }: Application): Promise<Partner> {
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  return existing(partner, `partner ${partnerId}`);
}
