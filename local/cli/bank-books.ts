import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { BankCollections } from '../../domain/audit/audit-collections.ts';
import type { BankPayout } from '../../domain/audit/audit-payouts.ts';
import { sendRaw } from '../sandbox/http-json.ts';

/** What the bank itself says moved: the judge of our books. */
export interface BankBooks {
  readonly payouts: readonly (BankPayout & Told)[];
  readonly debits: readonly (BankCollections['debits'][number] & Told)[];
  readonly receipts: readonly (BankCollections['receipts'][number] & Told)[];
  readonly refunds: BankCollections['refunds'];
}

/** When money moved and whose it was, in the bank's words. */
interface Told {
  readonly at: string;
  readonly about: string;
}

/**
 * Reads the bank's own list: from an address that answers what the sandbox's bank does at `/sandbox/bank/books`, or from a
 * file, in the same JSON or as a statement in CSV (`movement,reference,amountFen,on,about`). Throws, naming the line or
 * field, at whatever is not such a list: half a list would say of money that it never moved.
 */
export async function readBankBooks(source: string): Promise<BankBooks> {
  const text = await textOf(source);
  try {
    return text.trimStart().startsWith('{') ? booksIn(text) : statementIn(text);
  } catch (error) {
    if (error instanceof z.ZodError)
      throw new Error(`${source} is no list of a bank: ${z.prettifyError(error)}`, {
        cause: error,
      });
    if (error instanceof SyntaxError)
      throw new Error(`${source} is no list of a bank: ${error.message}`, { cause: error });
    throw error;
  }
}

async function textOf(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) return readFile(source, 'utf8');
  const { status, text } = await sendRaw({ method: 'GET', url: source });
  if (status !== 200)
    throw new Error(`${source} answered ${status}: --bank-books names the bank's own list`);
  return text;
}

const Movement = z.object({
  reference: z.string().min(1),
  amountFen: z.int().min(0),
  count: z.int().min(0),
});
const Books = z.object({
  payouts: z.array(
    Movement.extend({
      receivedAt: z.string().optional(),
      payee: z.object({ accountLast4: z.string() }).optional(),
    }),
  ),
  refunds: z.array(Movement),
  collections: z.object({
    debits: z.array(
      z.object({
        reference: z.string().min(1),
        status: z.string(),
        // A refused debit moved nothing and says no amount.
        amountFen: z.int().min(0).optional(),
        count: z.int().min(0),
        receivedAt: z.string().optional(),
        accountLast4: z.string().optional(),
      }),
    ),
    receipts: z.array(
      z.object({
        receiptId: z.string().min(1),
        amountFen: z.int().min(0),
        isDelivered: z.boolean(),
        isReturned: z.boolean(),
        valueDate: z.string().optional(),
        remark: z.string().optional(),
      }),
    ),
  }),
});

function booksIn(text: string): BankBooks {
  const { payouts, refunds, collections } = Books.parse(JSON.parse(text));
  return {
    payouts: payouts.map(({ receivedAt = '', payee, ...payout }) => ({
      ...payout,
      at: receivedAt,
      about: `to an account ending in ${payee?.accountLast4 ?? '?'}`,
    })),
    debits: collections.debits.flatMap(({ status, amountFen = 0, ...debit }) => {
      if (status !== 'Paid') return [];
      const { reference, count, receivedAt: at = '', accountLast4 = '?' } = debit;
      return [
        { reference, amountFen, count, at, about: `from an account ending in ${accountLast4}` },
      ];
    }),
    receipts: collections.receipts.map(({ valueDate = '', remark = '', ...receipt }) => ({
      ...receipt,
      at: valueDate,
      about: remark,
    })),
    refunds,
  };
}

const header = 'movement,reference,amountFen,on,about';
const Line = z.tuple([
  z.enum(['Payout', 'Debit', 'Receipt', 'Refund']),
  z.string().min(1),
  z.string().regex(/^[1-9]\d{0,14}$/, 'an amount is a whole number of fen'),
  z.iso.date(),
  z.string(),
]);
type StatementLine = ReturnType<typeof lineOf>;

/** One line for each movement of money; whatever stands after the fourth comma is what the bank says of it. */
function statementIn(text: string): BankBooks {
  const [first = '', ...rest] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (first !== header) throw new SyntaxError(`its first line is not ${header}`);
  const lines = rest.flatMap((line, index) => (line === '' ? [] : [lineOf(line, index + 2)]));
  const of = (movement: StatementLine['movement']) =>
    lines.filter((line) => line.movement === movement);
  return {
    payouts: counted(of('Payout')),
    debits: counted(of('Debit')),
    refunds: counted(of('Refund')),
    // A statement cannot know whether we heard of what it tells: that is what it is compared for.
    receipts: of('Receipt').map(({ reference, amountFen, at, about }) => ({
      ...{ receiptId: reference, amountFen, at, about },
      ...{ isDelivered: true, isReturned: false },
    })),
  };
}

function lineOf(line: string, number: number) {
  const [movement, reference, amount, on, ...about] = line.split(',');
  const read = Line.safeParse([movement, reference, amount, on, about.join(',')]);
  if (!read.success)
    throw new SyntaxError(
      `line ${number}: ${read.error.issues.map(({ message }) => message).join(', ')}`,
    );
  const [kind, id, amountFen, at, told] = read.data;
  return { movement: kind, reference: id, amountFen: Number(amountFen), at, about: told };
}

/** The same amount under the same reference again is the same order carried out again. */
function counted(lines: readonly StatementLine[]) {
  const orders = new Map<string, Omit<StatementLine, 'movement'> & { count: number }>();
  for (const { reference, amountFen, at, about } of lines) {
    const key = `${reference} ${amountFen}`;
    const count = (orders.get(key)?.count ?? 0) + 1;
    orders.set(key, { reference, amountFen, at, about, count });
  }
  return [...orders.values()];
}
