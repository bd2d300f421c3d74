import { documentClient, requireEnvironment } from './clients.ts';
import { DynamoLoanFiles } from './repositories/loan-files.ts';
import { DynamoLoanLists } from './repositories/loan-lists.ts';
import { DynamoLoans } from './repositories/loans.ts';
import { DynamoReceipts } from './repositories/receipts.ts';
import type { NoticeDependencies } from './take-receipt.ts';
import { now } from './time.ts';

/** What it takes to find the loan of money that arrived. */
export function noticeDependencies(): NoticeDependencies {
  const documents = documentClient();
  const loans = requireEnvironment('LOANS_TABLE');
  const receipts = requireEnvironment('RECEIPTS_TABLE');
  return {
    files: new DynamoLoanFiles(documents, loans, receipts),
    lists: new DynamoLoanLists(documents, loans),
    loans: new DynamoLoans(documents, loans),
    receipts: new DynamoReceipts(documents, receipts),
    now,
  };
}
