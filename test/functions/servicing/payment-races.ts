import { pathToFileURL } from 'node:url';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { balancesOf } from '#domain/servicing/journal-legs.ts';
import { accountOf } from '#domain/servicing/loan-file.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { DynamoReceipts } from '#platform/repositories/receipts.ts';
import { takePayment, type ReportedPayment } from '#platform/take-receipt.ts';
import { startTestDatabase } from '#test/support/dynamodb-local.ts';
import { storedLoan } from '#test/support/stored-loan.ts';
import { seededRandom } from '#test/support/seeded-random.ts';

const PAYMENTS = 10;
const TODAY = '2027-03-01';

/** Ten payments of one loan at once, two of them the same money; answers with what is wrong afterwards. */
export async function raceRound(
  seed: number,
  documents: DynamoDBDocumentClient,
): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const { loan } = await storedLoan(documents);
  const { loanId } = loan;
  const dependencies = {
    files: new DynamoLoanFiles(documents, 'Loans', 'Receipts'),
    receipts: new DynamoReceipts(documents, 'Receipts'),
    now: () => new Date(`${TODAY}T02:00:00.000Z`),
  };
  const payments = Array.from({ length: PAYMENTS - 1 }, (_, index): ReportedPayment => ({
    loanId,
    bankId: `race-${seed}-${loanId.slice(-8)}-${index}`,
    amountFen: 1 + Math.floor(random() * 3_000_00),
    valueDate: `2027-0${1 + Math.floor(random() * 2)}-${10 + Math.floor(random() * 18)}`,
    channel: 'Partner',
    actor: 'partner:demo-partner',
  }));
  const [twice] = payments;
  const sent = twice === undefined ? payments : [...payments, twice];
  await Promise.all(sent.map((payment) => untilAnswered(() => takePayment(payment, dependencies))));
  return judge(loanId, payments, dependencies.files);
}

/** A caller that lost the race too often is told to come again, and does. */
async function untilAnswered(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof ConcurrentChange)) throw error;
    }
  }
}

async function judge(
  loanId: string,
  payments: readonly ReportedPayment[],
  files: DynamoLoanFiles,
): Promise<readonly string[]> {
  const file = await files.find(loanId);
  if (file === undefined) return ['the loan is gone'];
  const faults: string[] = [];
  const expect = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  const references = file.payments.map(({ reference }) => reference).toSorted();
  expect(
    JSON.stringify(references) === JSON.stringify(payments.map(({ bankId }) => bankId).toSorted()),
    `posted ${references.length} payments of ${payments.length}`,
  );
  const paidFen = payments.reduce((sum, { amountFen }) => sum + amountFen, 0);
  const balances = balancesOf(file.entries);
  expect(balances.get('bank:clearing') === paidFen, 'the bank account is not what was paid');
  const sum = [...balances.values()].reduce((total, balance) => total + balance, 0);
  expect(sum === 0, `the journal sums to ${sum}`);
  const account = accountOf(file, TODAY);
  const repaidFen = account.rows.reduce((total, { paid }) => total + paid.Principal, 0);
  expect(
    balances.get('borrower:principal') === file.loan.principalFen - repaidFen,
    'the principal in the journal is not what is owed',
  );
  expect(file.entries.length === payments.length + 1, `${file.entries.length} journal entries`);
  expect(file.loan.version === payments.length + 2, `the loan is at version ${file.loan.version}`);
  return faults;
}

/** The program: `npm run test:payment-races -- [rounds]`. */
async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 1_000);
  const first = Number(process.env['FIRST_SEED'] ?? 1);
  const database = await startTestDatabase();
  const startedMs = performance.now();
  let bad = 0;
  let next = first;
  const worker = async (): Promise<void> => {
    for (let seed = next++; seed < first + rounds; seed = next++) {
      const faults = await raceRound(seed, database.documents);
      if (faults.length === 0) continue;
      bad += 1;
      console.log(`round ${seed}: ${faults.join('; ')}`);
    }
  };
  // Each round is a loan of its own: rounds beside each other make the database no kinder.
  await Promise.all(Array.from({ length: 4 }, worker));
  await database.stop();
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${rounds} rounds (seeds ${first} to ${first + rounds - 1}) of ${PAYMENTS} payments at once, ${bad} bad, ${seconds.toFixed(1)} s`,
  );
  process.exitCode = bad > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
