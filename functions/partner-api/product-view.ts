import * as z from 'zod';
import { Product } from '#domain/catalog/product.ts';

const { shape } = Product;

/** What a partner sees of a product: what it needs to sell it. Scorecards and authorities are our own. */
export const ProductView = z
  .object({
    productId: shape.productId,
    version: shape.version,
    name: shape.name,
    segment: shape.segment,
    applicantKind: shape.applicantKind,
    amount: shape.amount,
    term: shape.term,
    repaymentMethods: shape.repaymentMethods,
    age: shape.age,
    purposes: shape.purposes,
    isSupplierRequired: shape.isSupplierRequired,
    documents: shape.documents,
    consentsRequired: shape.consentsRequired,
    pricing: shape.pricing,
    fees: shape.fees,
    penalty: shape.penalty,
    prepaymentFeeRate: shape.prepaymentFeeRate,
    minReadSeconds: shape.minReadSeconds,
    offerValidDays: shape.offerValidDays,
  })
  .meta({ id: 'Product' });
