import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyInt, policyWords } from '../../../domain/catalog/policy-pack.ts';
import { Product } from '../../../domain/catalog/product.ts';
import { funder, policyPack } from '../catalog-files.ts';

const folder = new URL('../../../catalog/products/', import.meta.url);
const products = readdirSync(folder).map((file) =>
  Product.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
);
const scope = { lenderType: funder.lenderType, date: '2026-11-26' };

describe.each(products.map((product) => [product.productId, product] as const))(
  'the product %s',
  (_id, product) => {
    it.each(['overdueUplift', 'misuseUplift'] as const)(
      'keeps its %s in the range of the law',
      (name) => {
        const [least, most] = policyWords(policyPack, `penalty.${name}`, scope).map(Number);
        const uplift = Number(product.penalty[name]);
        expect(uplift).toBeGreaterThanOrEqual(least ?? Infinity);
        expect(uplift).toBeLessThanOrEqual(most ?? -Infinity);
      },
    );

    it('asks for no less reading and no younger age than the pack', () => {
      expect(product.minReadSeconds).toBeGreaterThanOrEqual(
        policyInt(policyPack, 'disclosure.minReadSeconds', scope),
      );
      expect(product.age.min).toBeGreaterThanOrEqual(policyInt(policyPack, 'age.min', scope));
    });

    it('lends for no longer than its kind of borrower may owe', () => {
      const path =
        product.segment === 'SmallBusiness' ? 'limits.businessMonths' : 'limits.consumerMonths';
      expect(product.term.maxMonths).toBeLessThanOrEqual(policyInt(policyPack, path, scope));
    });
  },
);
