import * as z from 'zod';
import { JournalEntry, Loan, LoanSchedule } from '#domain/loans/loan.ts';
import { BankOrder } from '#domain/servicing/bank-order.ts';
import { LoanAgreement } from '#domain/servicing/loan-agreement.ts';
import { ChangeRecord, PaymentRecord } from '#domain/servicing/loan-records.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoLoanFiles } from '#platform/repositories/loan-files.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';

export const getLoanFileRoute = describeRoute({
  operationId: 'getLoanFile',
  summary:
    'Everything stored of one loan that was paid out, as one reading: what an audit recomputes from',
  method: 'GET',
  path: '/ops/loans/{loanId}/file',
  caller: 'Operator',
  roles: ['Auditor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: z
    .object({
      loan: Loan.omit({ event: true, borrowerKey: true }),
      agreement: LoanAgreement,
      payments: z.array(PaymentRecord.omit({ applied: true })),
      changes: z.array(ChangeRecord.omit({ applied: true })),
      entries: z.array(JournalEntry),
      schedules: z.array(LoanSchedule),
      orders: z.array(BankOrder.omit({ event: true })),
    })
    .meta({ id: 'LoanFile' }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getLoanFileRoute,
  dependencies: () => ({
    files: new DynamoLoanFiles(documentClient(), requireEnvironment('LOANS_TABLE')),
  }),
  run: async ({ parameters }, { files }) => {
    const file = existing(await files.find(parameters.loanId), 'such loan that was paid out');
    const { loan, agreement, payments, changes, entries, schedules, orders } = file;
    return {
      body: {
        loan,
        agreement,
        payments: [...payments],
        changes: [...changes],
        entries: [...entries],
        schedules: [...schedules],
        orders: [...orders],
      },
    };
  },
});
