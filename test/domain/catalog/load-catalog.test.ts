import { describe, expect, it } from 'vitest';
import {
  type CatalogKind,
  catalogKinds,
  loadCatalogFile,
} from '../../../domain/catalog/load-catalog.ts';
import {
  businessProduct,
  catalogFiles,
  companyPolicy,
  companyScorecard,
  consumerProduct,
  personPolicy,
  personScorecard,
  reasonTexts,
  supplierProduct,
} from '../catalog-files.ts';

const kinds = Object.keys(catalogKinds) as CatalogKind[];

describe('loadCatalogFile', () => {
  it.each(kinds.flatMap((kind) => catalogFiles(kind).map((file) => ({ kind, ...file }))))(
    'accepts $kind $name as it is shipped',
    ({ kind, content }) => {
      const [version, latest] = loadCatalogFile(kind, content);
      const number = (content as { version: number }).version;
      expect(version).toMatchObject({ kind, version: number });
      expect(version.idVersion).toMatch(new RegExp(`^[a-z][a-z0-9-]*#000${number}$`));
      expect(latest).toEqual({
        kind,
        version: number,
        idVersion: version.idVersion.replace(/#.*/, '#latest'),
      });
    },
  );

  it('refuses a field that the schema does not know', () => {
    const file = { ...(catalogFiles('partner')[0]?.content as object), discount: 1 };
    expect(() => loadCatalogFile('partner', file)).toThrow('a partner has no field discount');
  });

  it('refuses a content that is no object', () => {
    expect(() => loadCatalogFile('partner', 'partner')).toThrow();
  });
});

describe('the shipped catalog', () => {
  const products = [consumerProduct, supplierProduct, businessProduct];

  it.each(products)('names a policy and a scorecard that exist for $productId', (product) => {
    expect(catalogFiles('credit-policy').map(({ name }) => name)).toContain(
      `${product.creditPolicyId}.json`,
    );
    expect(catalogFiles('scorecard').map(({ name }) => name)).toContain(
      `${product.scorecardId}.json`,
    );
  });

  it.each([
    { product: consumerProduct, scorecard: personScorecard },
    { product: supplierProduct, scorecard: personScorecard },
    { product: businessProduct, scorecard: companyScorecard },
  ])('prices every grade that can be approved: $product.productId', ({ product, scorecard }) => {
    const priced = product.pricing.map(({ grade }) => grade);
    for (const { grade, outcome } of scorecard.grades)
      if (outcome !== 'Decline') expect(priced).toContain(grade);
  });

  it('explains every code a rule or a scorecard can give', () => {
    const codes = [
      ...[...personPolicy.rules, ...companyPolicy.rules].map(({ reasonCode }) => reasonCode),
      ...[...personScorecard.attributes, ...companyScorecard.attributes].map(
        ({ reasonCode }) => reasonCode,
      ),
    ];
    expect(codes.filter((code) => reasonTexts.texts[code] === undefined)).toEqual([]);
  });

  it.each(['sex', 'maritalStatus', 'foreignWorker', 'nationality'])(
    'refuses a scorecard that reads %s (PIPL 24)',
    (field) => {
      const [attribute] = personScorecard.attributes;
      const card = { ...personScorecard, attributes: [{ ...attribute, field }] };
      expect(() => loadCatalogFile('scorecard', card)).toThrow('no score may read it');
    },
  );

  it('scores neither sex nor marital status nor nationality nor age', () => {
    const fields = [...personScorecard.attributes, ...companyScorecard.attributes].map(
      ({ field }) => field,
    );
    expect(fields.join(' ')).not.toMatch(/sex|gender|marital|foreign|national|\bage\b/i);
  });
});
