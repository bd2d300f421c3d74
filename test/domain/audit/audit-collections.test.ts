import { describe, expect, it } from 'vitest';
import {
  auditCollections,
  type CollectionBooks,
  type PostedPayment,
} from '../../../domain/audit/audit-collections.ts';
import { loanIdOf, receiptIdOf } from '../../../domain/shared/ids.ts';

const loanId = loanIdOf('app_00000000000000000000000001');
const other = loanIdOf('app_00000000000000000000000002');

/** One debit and two receipts arrived; one receipt waits in suspense, a refund went out. */
const books: CollectionBooks = {
  bank: {
    debits: [{ reference: 'D1', amountFen: 1_000, count: 1 }],
    receipts: [
      { receiptId: 'R1', amountFen: 500, isDelivered: true, isReturned: false },
      { receiptId: 'R2', amountFen: 70, isDelivered: true, isReturned: false },
      { receiptId: 'R3', amountFen: 9, isDelivered: false, isReturned: false },
      { receiptId: 'R4', amountFen: 8, isDelivered: true, isReturned: true },
    ],
    refunds: [{ reference: 'F1', amountFen: 40, count: 1 }],
  },
  payments: [
    { loanId, reference: 'D1', channel: 'Debit', amountFen: 1_000, isReversed: false },
    {
      loanId,
      reference: 'R1',
      channel: 'BankNotice',
      receiptId: receiptIdOf('R1'),
      amountFen: 500,
      isReversed: false,
    },
    {
      loanId,
      reference: 'R4',
      channel: 'BankNotice',
      receiptId: receiptIdOf('R4'),
      amountFen: 8,
      isReversed: true,
    },
  ],
  suspended: [{ bankId: 'R2', amountFen: 70 }],
  heldFen: 1_460,
};
const [debit, receipt] = books.payments;
const found = (change: Partial<CollectionBooks>) => auditCollections({ ...books, ...change });

describe('auditCollections', () => {
  it('finds nothing where every fen stands in one place', () => {
    expect(auditCollections(books)).toEqual([]);
  });

  it('counts money that a partner told of before the bank did', () => {
    const early = { ...receipt, reference: 'R3', receiptId: receiptIdOf('R3'), amountFen: 9 };
    const payments = [...books.payments, early as PostedPayment];
    expect(found({ payments, heldFen: 1_469 })).toEqual([]);
    expect(found({ payments })).toEqual([
      expect.objectContaining({ invariant: 'I1', subjectId: 'collection-account' }),
    ]);
  });

  it('knows money that was assigned a second time, under another reference', () => {
    const payments = books.payments.map((each) =>
      each === receipt ? { ...each, reference: 'R1#3' } : each,
    );
    expect(found({ payments })).toEqual([]);
  });

  it('finds money that was fetched twice under one reference (I4)', () => {
    const debits = [{ reference: 'D1', amountFen: 1_000, count: 2 }];
    expect(found({ bank: { ...books.bank, debits } })).toContainEqual({
      invariant: 'I4',
      subjectId: 'D1',
      because: 'the bank moved the money 2 times',
    });
  });

  it('finds money that was paid back twice (I4)', () => {
    const refunds = [{ reference: 'F1', amountFen: 40, count: 2 }];
    expect(found({ bank: { ...books.bank, refunds } })).toContainEqual(
      expect.objectContaining({ invariant: 'I4', subjectId: 'F1' }),
    );
  });

  it('finds money that arrived and stands nowhere (I6)', () => {
    expect(found({ suspended: [], heldFen: 1_530 })).toEqual([
      { invariant: 'I6', subjectId: 'R2', because: '70 fen arrived and stand nowhere' },
    ]);
  });

  it('finds money that stands with another amount (I6)', () => {
    const payments = books.payments.map((each) =>
      each === receipt ? { ...each, amountFen: 501 } : each,
    );
    expect(found({ payments })).toEqual([
      { invariant: 'I6', subjectId: 'R1', because: '500 fen arrived and stand as 501' },
    ]);
  });

  it('finds money that was posted to two loans (I6)', () => {
    if (debit === undefined) throw new Error('no debit');
    expect(found({ payments: [...books.payments, { ...debit, loanId: other }] })).toEqual([
      { invariant: 'I6', subjectId: 'D1', because: '1000 fen arrived and stand as 1000 and 1000' },
    ]);
  });

  it('finds money that never reached the bank, but not where it was reversed (I6)', () => {
    const invented = { loanId, reference: 'X', channel: 'Operator' as const, amountFen: 1 };
    expect(found({ payments: [...books.payments, { ...invented, isReversed: false }] })).toEqual([
      {
        invariant: 'I6',
        subjectId: loanId,
        because: 'payment X (Operator) never reached the bank',
      },
    ]);
    expect(found({ payments: [...books.payments, { ...invented, isReversed: true }] })).toEqual([]);
  });

  it('finds a single fen between our journals and the books of the bank (I1)', () => {
    expect(found({ heldFen: 1_461 })).toEqual([
      {
        invariant: 'I1',
        subjectId: 'collection-account',
        because: "our journals hold 1531 fen, the bank's books 1530",
      },
    ]);
  });
});
