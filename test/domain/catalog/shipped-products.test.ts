import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assertWithinPack, productObstacles } from '../../../domain/catalog/product-within-pack.ts';
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
    it('asks for nothing that the pack does not allow', () => {
      expect(productObstacles(product, policyPack, scope)).toEqual([]);
    });
  },
);

describe('productObstacles', () => {
  const [product = expect.fail('no product')] = products;
  const obstaclesWith = (patch: object) =>
    productObstacles({ ...product, ...patch }, policyPack, scope);
  const uplifts = (overdueUplift: string, misuseUplift: string) => ({
    penalty: { ...product.penalty, overdueUplift, misuseUplift },
  });

  it.each([
    { patch: uplifts('0.30', '1.00'), says: [] },
    { patch: uplifts('0.50', '0.50'), says: [] },
    { patch: uplifts('0.29', '1.00'), says: ['overdueUplift is between 0.30 and 0.50, not 0.29'] },
    { patch: uplifts('0.30', '1.01'), says: ['misuseUplift is between 0.50 and 1.00, not 1.01'] },
    { patch: { minReadSeconds: 10 }, says: [] },
    { patch: { minReadSeconds: 9 }, says: ['the cost sheet is read for 10 seconds at least'] },
    { patch: { age: { min: 18, max: 60 } }, says: [] },
    { patch: { age: { min: 17, max: 60 } }, says: ['nobody below 18 may borrow'] },
    { patch: { term: { minMonths: 3, maxMonths: 60 } }, says: [] },
    {
      patch: { term: { minMonths: 3, maxMonths: 61 } },
      says: ['nobody of the segment may owe for more than 60 months'],
    },
  ])('says $says of $patch', ({ patch, says }) => {
    expect(obstaclesWith(patch)).toEqual(says);
  });

  it('allows no uplift where the pack has a range without ends', () => {
    const leaves = policyPack.leaves.map((leaf) =>
      leaf.path === 'penalty.overdueUplift' ? { ...leaf, value: [] } : leaf,
    );
    expect(productObstacles(product, { ...policyPack, leaves }, scope)).toHaveLength(1);
  });

  it('knows no longest term where the pack has none, and stops a product with every reason', () => {
    const leaves = policyPack.leaves.filter(({ path }) => !path.startsWith('limits.'));
    const long = { ...product, term: { minMonths: 3, maxMonths: 600 } };
    expect(productObstacles(long, { ...policyPack, leaves }, scope)).toEqual([]);
    const bad = { ...product, minReadSeconds: 9, age: { min: 17, max: 60 } };
    expect(() => {
      assertWithinPack(bad, policyPack, scope);
    }).toThrow('the cost sheet is read for 10 seconds at least; nobody below 18 may borrow');
  });
});
