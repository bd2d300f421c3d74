import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postPayment } from '#domain/servicing/post-payment.ts';
import type { LoanFiles } from '#domain/servicing/ports.ts';
import { ConcurrentChange } from '#domain/shared/errors.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import {
  documentsOf,
  startTestDatabase,
  testClient,
  type TestDatabase,
} from '#test/support/dynamodb-local.ts';
import { InMemoryLoanFiles, type SeedRecord } from '#test/support/in-memory-loan-files.ts';
import { injectFaults, type NetworkFault } from '#test/support/network-faults.ts';
import type { ActivatedLoan } from '#domain/disbursement/activate-loan.ts';
import { anActivatedLoan, aReceived } from '../../../domain/servicing/loan-builders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(async () => {
  await database.stop();
});

interface Store {
  readonly files: LoanFiles;
  readonly seed: (...records: readonly SeedRecord[]) => Promise<void>;
}

const inMemory = (): Store => {
  const files = new InMemoryLoanFiles();
  return {
    files,
    seed: (...records) => {
      files.seed(...records);
      return Promise.resolve();
    },
  };
};
const inDynamo = (documents = database.documents): Store => ({
  files: new DynamoLoanFiles(documents, 'Loans'),
  seed: async (...records) => {
    for (const Item of records)
      await database.documents.send(new PutCommand({ TableName: 'Loans', Item }));
  },
});

let number = 0;
const nextLoan = () => anActivatedLoan({ externalId: `loan-files-${(number += 1)}` });
const recordsOf = ({ loan, agreement, schedule, entry }: ActivatedLoan) => [
  agreement,
  entry,
  loan,
  schedule,
];
const at = '2026-12-24T02:00:00.000Z';

describe.each([
  ['InMemoryLoanFiles', inMemory],
  ['DynamoLoanFiles', () => inDynamo()],
  ['DynamoLoanFiles of a bundle', () => inDynamo(database.bundledDocuments)],
])('%s', (_, open) => {
  it('gives back everything stored of a loan, in order', async () => {
    const { files, seed } = open();
    const activated = nextLoan();
    await seed(...recordsOf(activated));
    const read = async () => {
      const file = await files.find(activated.loan.loanId);
      if (file === undefined) throw new Error('no loan');
      return file;
    };
    const first = await read();
    expect(first).toEqual({
      loan: activated.loan,
      agreement: activated.agreement,
      payments: [],
      changes: [],
      entries: [activated.entry],
      schedules: [activated.schedule],
      orders: [],
      visits: [],
    });
    const change = postPayment(first, aReceived(), at);
    await files.store(change);
    const second = await read();
    expect(second.loan).toEqual(change.loan);
    expect(second.payments.map(({ reference }) => reference)).toEqual(['bank-1']);
    expect(second.entries.map(({ record }) => record)).toEqual(['entry#000001', 'entry#000002']);
  });

  it('has no file of a loan that is unknown or was not paid out', async () => {
    const { files, seed } = open();
    const { loan } = nextLoan();
    expect(await files.find(loan.loanId)).toBeUndefined();
    await seed({ ...loan, status: 'Paying' });
    expect(await files.find(loan.loanId)).toBeUndefined();
  });

  it('stores one of ten payments made from the same reading', async () => {
    const { files, seed } = open();
    const activated = nextLoan();
    await seed(...recordsOf(activated));
    const file = await files.find(activated.loan.loanId);
    if (file === undefined) throw new Error('no loan');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (__, index) =>
        files.store(postPayment(file, aReceived({ reference: `bank-${index}` }), at)),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrentChange);
    expect((await files.find(activated.loan.loanId))?.payments).toHaveLength(1);
  });

  it('stores nothing of a change with a record that exists', async () => {
    const { files, seed } = open();
    const activated = nextLoan();
    await seed(...recordsOf(activated));
    const file = await files.find(activated.loan.loanId);
    if (file === undefined) throw new Error('no loan');
    const { loan, once = [] } = postPayment(file, aReceived(), at);
    const change = { loan, once: [...once, activated.entry] };
    await expect(files.store(change)).rejects.toThrow(ConcurrentChange);
    expect(await files.find(activated.loan.loanId)).toEqual(file);
  });
});

describe('DynamoLoanFiles', () => {
  function faulty(command: string, ...faults: readonly NetworkFault[]): DynamoLoanFiles {
    const client = testClient(database.endpoint);
    injectFaults(client, { command, faults });
    return new DynamoLoanFiles(documentsOf(client), 'Loans');
  }

  it('takes its own change whose answer was lost for a success', async () => {
    const { files, seed } = inDynamo();
    const activated = nextLoan();
    await seed(...recordsOf(activated));
    const file = await files.find(activated.loan.loanId);
    if (file === undefined) throw new Error('no loan');
    const change = postPayment(file, aReceived(), at);
    await faulty('TransactWriteItemsCommand', 'LoseAnswer').store(change);
    expect((await files.find(activated.loan.loanId))?.loan).toEqual(change.loan);
  });

  it('does not decide on a reading that missed a record of the version it read', async () => {
    const { files, seed } = inDynamo();
    const { loan, agreement, schedule, entry } = nextLoan();
    await seed({ ...loan, eventSequence: 1 }, agreement, schedule, entry);
    await expect(files.find(loan.loanId)).rejects.toThrow(ConcurrentChange);
  });
});
