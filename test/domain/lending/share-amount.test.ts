import { describe, expect, it } from 'vitest';
import { shareAmount } from '../../../domain/lending/share-amount.ts';

const seventyThirty = [
  { funderId: 'bank', shareFen: 70 },
  { funderId: 'trust', shareFen: 30 },
];

describe('shareAmount (rules §11.6: 70/30 to the fen, the remainder to one named party)', () => {
  it.each([
    { what: 'disbursement', amountFen: 12_000_01, bank: 8400_01, trust: 3600_00 },
    { what: 'repayment', amountFen: 1066_19, bank: 746_33, trust: 319_86 },
    { what: 'penalty', amountFen: 5, bank: 4, trust: 1 },
    { what: 'prepayment', amountFen: 3333_33, bank: 2333_33, trust: 1000_00 },
    { what: 'reversal', amountFen: -5, bank: -4, trust: -1 },
    { what: 'nothing', amountFen: 0, bank: 0, trust: 0 },
  ])('splits a $what of $amountFen', ({ amountFen, bank, trust }) => {
    expect(shareAmount(amountFen, seventyThirty)).toEqual([
      { funderId: 'bank', amountFen: bank },
      { funderId: 'trust', amountFen: trust },
    ]);
  });

  it('gives the fen of a tie to the one named first', () => {
    const halves = ['b', 'a'].map((funderId) => ({ funderId, shareFen: 1 }));
    expect(shareAmount(1, halves)).toEqual([
      { funderId: 'b', amountFen: 1 },
      { funderId: 'a', amountFen: 0 },
    ]);
  });

  it('gives all to the only one', () => {
    expect(shareAmount(7, [{ funderId: 'bank', shareFen: 3 }])).toEqual([
      { funderId: 'bank', amountFen: 7 },
    ]);
  });

  it('does not split among nobody', () => {
    expect(() => shareAmount(1, [])).toThrow('weights that sum to zero');
  });
});
