import { describe, expect, it } from 'vitest';
import { accounts } from '../../../domain/servicing/chart-of-accounts.ts';
import { legsBetween } from '../../../domain/servicing/journal-legs.ts';
import type { Position } from '../../../domain/servicing/position.ts';

const positionWith = (principalPaidFen: number, writtenOffFen: number): Position => ({
  paid: { Cost: 0, Penalty: 0, Fee: 0, Interest: 0, Principal: principalPaidFen },
  fees: {},
  creditFen: 0,
  recoveredFen: 0,
  writtenOffFen,
});

describe('the legs of a reversal', () => {
  it('mirror a payment that came after a write-off with a date before it, and sum to zero', () => {
    const funder = 'lender';
    const posted = legsBetween({
      before: positionWith(0, 300),
      after: positionWith(100, 200),
      cash: { account: accounts.bank, amountFen: 100 },
      balances: new Map(),
      sharers: [{ funderId: funder, shareFen: 300 }],
    });
    const reversed = legsBetween({
      before: positionWith(100, 200),
      after: positionWith(0, 300),
      cash: { account: accounts.bank, amountFen: -100 },
      balances: new Map(posted.map(({ account, amountFen }) => [account, amountFen])),
      sharers: [{ funderId: funder, shareFen: 300 }],
      mirrored: { legs: posted } as Parameters<typeof legsBetween>[0]['mirrored'],
    });
    expect(posted).toEqual([
      { account: accounts.bank, amountFen: 100 },
      { account: accounts.funder(funder, 'repaid'), amountFen: -100 },
    ]);
    expect(reversed).toEqual([
      { account: accounts.funder(funder, 'repaid'), amountFen: 100 },
      { account: accounts.bank, amountFen: -100 },
    ]);
  });
});
