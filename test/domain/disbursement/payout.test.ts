import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BankAnswer } from '../../../domain/applications/provider-ports.ts';
import {
  claimPayout,
  markPayoutUnknown,
  markStalePayoutUnknown,
} from '../../../domain/disbursement/claim-payout.ts';
import { createPayout, payoutBodyHash } from '../../../domain/disbursement/create-payout.ts';
import {
  firstMove,
  judgePayAnswer,
  judgeQueryAnswer,
} from '../../../domain/disbursement/judge-bank-answer.ts';
import { payeeOf } from '../../../domain/disbursement/payee.ts';
import { Payout } from '../../../domain/disbursement/payout.ts';
import {
  contradictPayout,
  settlePaid,
  settleRefused,
} from '../../../domain/disbursement/settle-payout.ts';
import { payoutRefOf } from '../../../domain/shared/ids.ts';
import { aCompany, anOffer, aPayout, aPerson } from '../builders.ts';

const at = '2026-11-23T03:00:00.000Z';
const later = (seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString();
const claim = { at, staleAfterSeconds: 60 };
const stateOf = (state: Payout['state']): Payout => ({ ...aPayout(), state, claimedAt: at });
const paid: BankAnswer = {
  status: 'Paid',
  bankReference: 'b1',
  amountFen: 30_000_00,
  valueDate: '2026-11-23',
};

describe('createPayout', () => {
  it('writes an intent whose reference follows from loan and number', () => {
    const payout = aPayout();
    expect(Payout.safeParse(payout).success).toBe(true);
    expect(payout).toMatchObject({
      state: 'Intent',
      attempt: 1,
      version: 1,
      payoutRef: payoutRefOf(payout.loanId, 1),
    });
    expect(createPayout({ ...payout, payeeKey: 'key', at })).toMatchObject({
      payoutRef: payout.payoutRef,
    });
  });

  it.each([
    { name: 'amount', patch: { amountFen: 1 } },
    { name: 'payee', patch: { payee: 'Supplier' as const } },
    { name: 'account', patch: { payeeKey: 'other' } },
  ])('binds the reference to the $name', ({ patch }) => {
    const order = { amountFen: 30_000_00, payee: 'Borrower' as const, payeeKey: 'key' };
    expect(payoutBodyHash({ ...order, ...patch })).not.toBe(payoutBodyHash(order));
  });
});

describe('claimPayout', () => {
  it.each([
    { state: 'Intent', after: 0, outcome: 'Claimed', mustQuery: false },
    { state: 'Unknown', after: 0, outcome: 'Claimed', mustQuery: true },
    { state: 'Sending', after: 59, outcome: 'Busy', mustQuery: undefined },
    { state: 'Sending', after: 60, outcome: 'Claimed', mustQuery: true },
    { state: 'Paid', after: 0, outcome: 'Settled', mustQuery: undefined },
    { state: 'Refused', after: 0, outcome: 'Settled', mustQuery: undefined },
  ] as const)('answers $outcome to a payout that is $state after $after seconds', (row) => {
    const result = claimPayout(stateOf(row.state), { ...claim, at: later(row.after) });
    expect(result).toMatchObject({
      outcome: row.outcome,
      ...(row.mustQuery === undefined ? {} : { mustQuery: row.mustQuery }),
    });
  });

  it('raises the fence with every claim', () => {
    const first = claimPayout(aPayout(), claim);
    expect(first).toMatchObject({
      payout: { state: 'Sending', attempt: 2, version: 2, claimedAt: at },
    });
  });

  it('treats a claim without a time as ended', () => {
    const { claimedAt, ...payout } = stateOf('Sending');
    expect(claimedAt).toBe(at);
    expect(claimPayout(payout, claim).outcome).toBe('Claimed');
  });
});

describe('markStalePayoutUnknown', () => {
  it.each([
    { state: 'Sending', after: 59, isMarked: false },
    { state: 'Sending', after: 60, isMarked: true },
    { state: 'Intent', after: 999, isMarked: false },
    { state: 'Paid', after: 999, isMarked: false },
  ] as const)('answers $isMarked to $state after $after seconds', ({ state, after, isMarked }) => {
    const marked = markStalePayoutUnknown(stateOf(state), { ...claim, at: later(after) });
    expect(marked?.state).toBe(isMarked ? 'Unknown' : undefined);
  });

  it('says why nobody knows', () => {
    expect(markPayoutUnknown(aPayout(), { at, because: 'Timeout' })).toMatchObject({
      state: 'Unknown',
      event: { type: 'PayoutUnknown', facts: { because: 'Timeout' } },
    });
  });
});

describe('judgePayAnswer and judgeQueryAnswer', () => {
  it.each<{ answer: BankAnswer; move: string; because?: string }>([
    { answer: paid, move: 'SettlePaid' },
    { answer: { ...paid, amountFen: 30_000_01 }, move: 'AskPerson', because: 'AmountDiffers' },
    {
      answer: { status: 'Refused', reason: 'AccountClosed' },
      move: 'SettleRefused',
      because: 'AccountClosed',
    },
    { answer: { status: 'Processing' }, move: 'AskAgain', because: 'Processing' },
    { answer: { status: 'NotFound' }, move: 'AskAgain', because: 'NotFoundAfterPay' },
  ])('answer $move to $answer.status after paying', ({ answer, ...expected }) => {
    expect(judgePayAnswer(aPayout(), answer)).toMatchObject(expected);
  });

  it.each<{ answer: BankAnswer; isFinal: boolean; move: string }>([
    { answer: { status: 'NotFound' }, isFinal: true, move: 'Pay' },
    { answer: { status: 'NotFound' }, isFinal: false, move: 'AskAgain' },
    { answer: paid, isFinal: false, move: 'SettlePaid' },
    { answer: { status: 'Processing' }, isFinal: true, move: 'AskAgain' },
  ])(
    'answer $move to $answer.status, final: $isFinal, after asking',
    ({ answer, isFinal, move }) => {
      expect(judgeQueryAnswer(aPayout(), { ...answer, isFinal })).toMatchObject({ move });
    },
  );

  it('settle as paid only what is exactly the intended amount (I4)', () => {
    fc.assert(
      fc.property(fc.nat(60_000_00), (amountFen) => {
        const { move } = judgePayAnswer(aPayout(), { ...paid, amountFen });
        expect(move === 'SettlePaid').toBe(amountFen === 30_000_00);
      }),
    );
  });
});

describe('contradictPayout', () => {
  it('changes nothing but says in the chain what cannot be true', () => {
    const settled = stateOf('Paid');
    const contradicted = contradictPayout(settled, { said: 'Refused', at });
    expect(contradicted).toMatchObject({
      state: 'Paid',
      version: 2,
      previousAuditHash: settled.auditHash,
      event: { type: 'PayoutContradicted' },
    });
  });
});

describe('settlePaid and settleRefused', () => {
  it('name the bank as the one who said so, unless somebody else did', () => {
    const answer = { bankReference: 'b1', valueDate: '2026-11-23', at };
    expect(settlePaid(aPayout(), answer)).toMatchObject({ event: { actor: 'provider:bank' } });
    expect(settlePaid(aPayout(), { ...answer, actor: 'operator:boss' })).toMatchObject({
      event: { actor: 'operator:boss' },
    });
    expect(settleRefused(aPayout(), { because: 'x', at })).toMatchObject({
      event: { actor: 'provider:bank' },
    });
  });
});

describe('firstMove', () => {
  it.each([
    { mustQuery: false, supportsReferenceDedup: false, queryByReference: false, move: 'Pay' },
    { mustQuery: true, supportsReferenceDedup: true, queryByReference: true, move: 'Query' },
    { mustQuery: true, supportsReferenceDedup: false, queryByReference: true, move: 'AskPerson' },
    { mustQuery: true, supportsReferenceDedup: true, queryByReference: false, move: 'AskPerson' },
    { mustQuery: true, supportsReferenceDedup: false, queryByReference: false, move: 'AskPerson' },
  ])(
    'is $move with query $queryByReference, dedup $supportsReferenceDedup, repeat $mustQuery',
    ({ mustQuery, move, ...bank }) => {
      expect(firstMove({ mustQuery }, bank)).toBe(move);
    },
  );
});

describe('payeeOf', () => {
  const supplier = {
    name: '示例商户',
    bankAccount: { number: '6220000000000000008', bankCode: '999000000014' },
  };

  it.each([
    {
      name: 'the borrower',
      data: { applicant: aPerson },
      payee: 'Borrower',
      number: '6200000000000005',
    },
    {
      name: 'a firm',
      data: { applicant: aCompany },
      payee: 'Borrower',
      number: '6200000000000005',
    },
    {
      name: 'the supplier',
      data: { applicant: aPerson, supplier },
      payee: 'Supplier',
      number: '6220000000000000008',
    },
  ])('is $name', ({ data, payee, number }) => {
    expect(payeeOf(data).accountNumber).toBe(number);
    expect(payeeOf(data).kind).toBe(payee);
  });

  it('belongs to one application', () => {
    expect(aPayout().applicationId).toBe(anOffer().applicationId);
  });
});
