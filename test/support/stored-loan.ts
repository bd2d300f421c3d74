import { PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ActivatedLoan } from '#domain/disbursement/activate-loan.ts';
import { anActivatedLoan, type LoanWish } from '../domain/servicing/loan-builders.ts';

let number = 0;

/** A loan that was paid out, stored as its payout leaves it; each one is another. */
export async function storedLoan(
  documents: DynamoDBDocumentClient,
  wish: LoanWish = {},
): Promise<ActivatedLoan> {
  number += 1;
  const activated = anActivatedLoan({ externalId: `stored-${process.pid}-${number}`, ...wish });
  const { loan, agreement, entry, schedule } = activated;
  for (const Item of [agreement, entry, loan, schedule])
    await documents.send(new PutCommand({ TableName: 'Loans', Item }));
  return activated;
}
