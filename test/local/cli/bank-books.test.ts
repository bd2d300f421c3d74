import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBankBooks } from '#local/cli/bank-books.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zhudai-books-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(text: string) {
  const file = join(folder, 'books');
  await writeFile(file, text);
  return readBankBooks(file);
}
const header = 'movement,reference,amountFen,on,about';

describe('a statement', () => {
  it('has one line for each movement: the same again is the same order carried out twice', async () => {
    const books = await read(
      [
        `\uFEFF${header}`,
        'Payout,P1,100,2026-11-26,to A',
        'Payout,P1,100,2026-11-27,to A',
        'Payout,P1,90,2026-11-27,to B',
        'Debit,D1,7,2026-11-27,',
        'Refund,F1,3,2026-11-27,',
        'Receipt,R1,5,2026-11-27,"loan, please"',
        '',
      ].join('\r\n'),
    );
    expect(books.payouts).toMatchObject([
      { reference: 'P1', amountFen: 100, count: 2 },
      { reference: 'P1', amountFen: 90, count: 1, at: '2026-11-27', about: 'to B' },
    ]);
    expect(books.debits).toMatchObject([{ reference: 'D1', amountFen: 7, count: 1 }]);
    expect(books.refunds).toMatchObject([{ reference: 'F1', amountFen: 3, count: 1 }]);
    expect(books.receipts).toEqual([
      {
        ...{ receiptId: 'R1', amountFen: 5, at: '2026-11-27', about: '"loan, please"' },
        ...{ isDelivered: true, isReturned: false },
      },
    ]);
  });

  it.each([
    { name: 'another header', text: 'a,b\n', says: 'its first line is not' },
    { name: 'nothing', text: '', says: 'its first line is not' },
    { name: 'yuan', text: `${header}\nPayout,P1,100.00,2026-11-26,`, says: 'line 2: an amount' },
    { name: 'a word of its own', text: `${header}\nFee,P1,1,2026-11-26,`, says: 'line 2' },
    { name: 'no date', text: `${header}\n\nDebit,D1,1,26.11.2026,`, says: 'line 3' },
    { name: 'a line cut short', text: `${header}\nDebit,D1`, says: 'line 2' },
    { name: 'JSON cut short', text: '{"payouts":[', says: 'JSON' },
    { name: 'JSON of something else', text: '{"loans":[]}', says: 'payouts' },
    {
      name: 'part of a fen',
      text: JSON.stringify({
        payouts: [{ reference: 'P', amountFen: 1.5, count: 1 }],
        refunds: [],
        collections: { debits: [], receipts: [] },
      }),
      says: 'amountFen',
    },
  ])('with $name is refused', async ({ text, says }) => {
    await expect(read(text)).rejects.toThrow(says);
    await expect(read(text)).rejects.toThrow('is no list of a bank');
  });
});

describe('books in JSON', () => {
  it('count no debit that was refused', async () => {
    const debit = { reference: 'D1', accountLast4: '0401', count: 0, receivedAt: '2026-11-26' };
    const { debits } = await read(
      JSON.stringify({
        payouts: [],
        refunds: [],
        collections: {
          debits: [
            { ...debit, status: 'Refused' },
            { ...debit, reference: 'D2', status: 'Paid', amountFen: 9, count: 1 },
          ],
          receipts: [],
        },
      }),
    );
    const about = 'from an account ending in 0401';
    expect(debits).toEqual([{ reference: 'D2', amountFen: 9, count: 1, at: '2026-11-26', about }]);
  });
});
