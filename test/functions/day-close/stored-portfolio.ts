import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dueShardOf, type ActivatedLoan } from '#domain/disbursement/activate-loan.ts';
import type { Loan } from '#domain/loans/loan.ts';
import { loanIdOf, applicationIdOf } from '#domain/shared/ids.ts';
import { anActivatedLoan } from '../../domain/servicing/loan-builders.ts';

/** Business date of the measured close: a Tuesday. */
export const closeDate = '2026-12-22';

const WRITES_PER_CALL = 25;
const CALLS_AT_ONCE = 8;

type Item = Readonly<Record<string, unknown>>;

/** A loan like another, under its own id: what the close reads and decides is the same, the chain is not looked at. */
function copyOf(pattern: ActivatedLoan, externalId: string, patch: Partial<Loan>): readonly Item[] {
  const loanId = loanIdOf(applicationIdOf('demo-partner', externalId));
  const { loan, agreement, schedule, entry } = pattern;
  return [
    { ...agreement, loanId },
    { ...schedule, loanId },
    { ...entry, loanId },
    { ...loan, loanId, dueShard: dueShardOf(loanId), ...patch },
  ];
}

/** Paid out so that the loan is reminded of its first installment on the date of the close. */
const reminded = anActivatedLoan({ disbursedOn: '2026-11-25' });
/** Its first installment was due the day before: overdue on the date of the close. */
const overdue = anActivatedLoan({ disbursedOn: '2026-11-21' });

/** One loan that the close of the date must work on; one in twenty turns overdue, as S5 of the cost model has it. */
export function dueLoan(number: number): readonly Item[] {
  const pattern = number % 20 === 0 ? overdue : reminded;
  return copyOf(pattern, `due-${number}`, { actOn: closeDate, lastClosedOn: '2026-12-21' });
}

/** One loan that waits for a later date. */
export function quietLoan(number: number): readonly Item[] {
  return copyOf(reminded, `quiet-${number}`, { actOn: '2027-01-22', lastClosedOn: '2026-12-21' });
}

/** Stores items as fast as the database takes them. */
export async function storeAll(
  documents: DynamoDBDocumentClient,
  tableName: string,
  collections: Iterable<readonly Item[]>,
): Promise<void> {
  const source = collections[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (;;) {
      const items: Item[] = [];
      while (items.length + 4 <= WRITES_PER_CALL) {
        const { value, done } = source.next();
        if (done === true) break;
        items.push(...value);
      }
      if (items.length === 0) return;
      let requests = items.map((Item) => ({ PutRequest: { Item } }));
      while (requests.length > 0) {
        const { UnprocessedItems } = await documents.send(
          new BatchWriteCommand({ RequestItems: { [tableName]: requests } }),
        );
        requests = (UnprocessedItems?.[tableName] ?? []) as typeof requests;
      }
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
}
