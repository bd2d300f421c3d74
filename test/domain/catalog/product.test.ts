import { describe, expect, it } from 'vitest';
import { borrowerFeesOf, type Fee, Product } from '../../../domain/catalog/product.ts';
import { consumerProduct } from '../catalog-files.ts';
import { guaranteeFee } from './fees.ts';

const messagesOf = (product: unknown): string[] =>
  Product.safeParse(product).error?.issues.map(({ message }) => message) ?? [];

describe('Product', () => {
  it.each([
    { name: 'amount', patch: { amount: { minFen: 2, maxFen: 1 } }, message: 'least amount' },
    { name: 'term', patch: { term: { minMonths: 2, maxMonths: 1 } }, message: 'least term' },
    { name: 'age', patch: { age: { min: 60, max: 59 } }, message: 'least age' },
    {
      name: 'price',
      patch: {
        pricing: [
          { grade: 'A', annualRate: '0.1' },
          { grade: 'A', annualRate: '0.2' },
        ],
      },
      message: 'two prices',
    },
    {
      name: 'prepayment',
      patch: { segment: 'SmallBusiness', prepaymentFeeRate: '0.01' },
      message: 'prepayment',
    },
  ])('refuses a contradiction about $name', ({ patch, message }) => {
    expect(messagesOf({ ...consumerProduct, ...patch })).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it.each([
    { name: 'equal amounts', patch: { amount: { minFen: 1, maxFen: 1 } } },
    { name: 'equal terms', patch: { term: { minMonths: 1, maxMonths: 1 } } },
    { name: 'one age', patch: { age: { min: 60, max: 60 } } },
    {
      name: 'both approvers at one amount',
      patch: { approval: { automaticUpToFen: 1, secondApproverAboveFen: 1 } },
    },
    { name: 'a consumer who pays for prepayment', patch: { prepaymentFeeRate: '0.01' } },
    { name: 'a small firm that does not', patch: { segment: 'SmallBusiness' } },
  ])('accepts $name', ({ patch }) => {
    expect(messagesOf({ ...consumerProduct, ...patch })).toEqual([]);
  });

  it.each([
    { payer: 'Borrower', payeeRole: 'Platform', isAccepted: false },
    { payer: 'Borrower', payeeRole: 'Guarantor', isAccepted: true },
    { payer: 'Borrower', payeeRole: 'Lender', isAccepted: true },
    { payer: 'Funder', payeeRole: 'Platform', isAccepted: true },
  ] as const)(
    'answers $isAccepted to a fee from $payer to $payeeRole (金规〔2025〕9号)',
    ({ payer, payeeRole, isAccepted }) => {
      const fees = [{ ...guaranteeFee, payer, payeeRole }];
      expect(messagesOf({ ...consumerProduct, fees }).length === 0).toBe(isAccepted);
    },
  );

  it.each([
    { name: 'timing', patch: { timing: 'DeductedFromPrincipal' }, fault: 'timing' },
    { name: 'field', patch: { isKeptBack: true }, fault: '' },
  ])('knows no $name by which a fee is kept back from the principal', ({ patch, fault }) => {
    const fees = [{ ...guaranteeFee, ...patch }];
    const { error } = Product.safeParse({ ...consumerProduct, fees });
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.path.join('.')).toBe(fault ? `fees.0.${fault}` : 'fees.0');
  });

  it('refuses an age below 18 and a field it does not know', () => {
    expect(messagesOf({ ...consumerProduct, age: { min: 17, max: 60 } })).toHaveLength(1);
    expect(messagesOf({ ...consumerProduct, age: { min: 18, max: 60, best: 30 } })).toHaveLength(1);
  });
});

describe('borrowerFeesOf', () => {
  it('keeps what the borrower pays', () => {
    const fees: Fee[] = [guaranteeFee, { ...guaranteeFee, payer: 'Funder' }];
    expect(borrowerFeesOf({ fees })).toEqual([guaranteeFee]);
  });
});
