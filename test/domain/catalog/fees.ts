import type { Fee } from '../../../domain/catalog/product.ts';

/** What a guarantor takes for its guarantee: 1 % of the principal, with the first installment. */
export const guaranteeFee: Fee = {
  code: 'Guarantee',
  name: { zh: '担保费', en: 'Guarantee fee' },
  payer: 'Borrower',
  payeeRole: 'Guarantor',
  payeeName: '示例担保（虚构）',
  charge: { basis: 'PercentOfPrincipal', rate: '0.01' },
  timing: 'WithFirst',
};
