import * as z from 'zod';
import { JournalEntry, Loan, LoanSchedule } from '#domain/loans/loan.ts';
import { BankOrder } from '#domain/servicing/bank-order.ts';
import { balancesOf } from '#domain/servicing/journal-legs.ts';
import { ChangeRecord } from '#domain/servicing/loan-records.ts';
import {
  AccountView,
  PaymentView,
  viewAccount,
  viewPayments,
} from '#domain/servicing/view-account.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { LoanId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { existing } from '#platform/existing.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorDependencies } from './operator-dependencies.ts';

const hidden = { event: true, auditHash: true, previousAuditHash: true } as const;

export const getFullLoanRoute = describeRoute({
  operationId: 'getFullLoan',
  summary: 'One loan with its shares, its account, its schedule in force and its journal',
  method: 'GET',
  path: '/ops/loans/{loanId}',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: z.object({ loanId: LoanId }),
  query: Nothing,
  body: Nothing,
  status: 200,
  answer: Loan.omit({ borrowerKey: true })
    .extend({
      account: AccountView.optional(),
      schedule: LoanSchedule.optional(),
      entries: z.array(JournalEntry),
      balances: z.record(z.string(), z.int()),
      payments: z.array(PaymentView),
      changes: z.array(ChangeRecord),
      /** Debits and refunds. */
      orders: z.array(BankOrder.omit(hidden)),
    })
    .meta({ id: 'FullLoan' }),
  problems: ['NotFound'],
});

export const handler = apiRoute({
  description: getFullLoanRoute,
  dependencies: operatorDependencies,
  run: async ({ parameters }, { files, loans, now }) => {
    const { loanId } = parameters;
    const file = await files.find(loanId);
    if (file === undefined) {
      const loan = existing(await loans.find(loanId), 'such loan');
      return {
        body: { ...loan, entries: [], balances: {}, payments: [], changes: [], orders: [] },
      };
    }
    const today = businessDateOf(now().getTime());
    const { loan, schedules, entries, changes, orders } = file;
    return {
      body: {
        ...loan,
        account: viewAccount(file, today),
        schedule: schedules.at(-1),
        entries: [...entries],
        balances: Object.fromEntries(balancesOf(entries)),
        payments: [...viewPayments(file, today)],
        changes: [...changes],
        orders: [...orders],
      },
    };
  },
});
