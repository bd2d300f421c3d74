import type { Application } from '#domain/applications/application.ts';
import { Funder } from '#domain/catalog/funder.ts';
import { Partner } from '#domain/catalog/partner.ts';
import { PolicyPack } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Product } from '#domain/catalog/product.ts';
import { existing } from '#platform/existing.ts';

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
  const [funders, packs] = await Promise.all([
    catalog.list('funder', Funder),
    catalog.list('policy-pack', PolicyPack),
  ]);
  return {
    funder: existing(
      funders.find(({ isPlatformOwned }) => isPlatformOwned),
      'funder owned by the platform',
    ),
    // Packs are named after the day they were made for: the last name is the newest.
    policyPack: existing(
      packs.toSorted((a, b) => (a.packId < b.packId ? -1 : 1)).at(-1),
      'policy pack',
    ),
  };
}

/** The partner that sent an application. */
export async function partnerOf(catalog: Catalog, { partnerId }: Application): Promise<Partner> {
  const partner = await catalog.find({ kind: 'partner', id: partnerId }, Partner);
  return existing(partner, `partner ${partnerId}`);
}
