import * as z from 'zod';
import { Loan } from '#domain/loans/loan.ts';
import type { LoanOwner } from '#domain/servicing/ports.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import { LoanId, PartnerId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { nextCursorOf, pageKeyIn } from './list-cursor.ts';
import { operatorDependencies } from './operator-dependencies.ts';

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 100;

/** The key of whichever index: a cursor made up by hand either is one of these or is refused. */
const Cursor = z.strictObject({
  loanId: LoanId,
  record: z.literal('loan'),
  partnerId: PartnerId.optional(),
  borrowerKey: z.string().max(100).optional(),
  funderId: z.string().max(61).optional(),
});

const LoanSummary = Loan.pick({
  loanId: true,
  status: true,
  partnerId: true,
  productId: true,
  principalFen: true,
  outstandingPrincipalFen: true,
  creditFen: true,
  disbursedOn: true,
  maturesOn: true,
  overdueSince: true,
  bucket: true,
  assetClass: true,
}).meta({ id: 'LoanSummary' });

export const listLoansRoute = describeRoute({
  operationId: 'listLoans',
  summary: 'Loans of one partner, borrower or funder',
  method: 'GET',
  path: '/ops/loans',
  caller: 'Operator',
  roles: ['Reviewer', 'CreditAnalyst', 'Approver', 'Supervisor', 'Auditor'],
  parameters: Nothing,
  query: z.strictObject({
    partnerId: PartnerId.optional(),
    borrowerKey: z.string().min(1).max(100).optional(),
    funderId: z.string().min(1).max(61).optional(),
    status: Loan.shape.status.optional(),
    cursor: z.base64url().max(2000).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
  }),
  body: Nothing,
  status: 200,
  answer: z.object({ items: z.array(LoanSummary), nextCursor: z.string().optional() }),
  problems: ['InvalidInput'],
});

export const handler = apiRoute({
  description: listLoansRoute,
  dependencies: operatorDependencies,
  run: async ({ query }, { lists }) => {
    const { status, cursor, limit } = query;
    const after = pageKeyIn(cursor, Cursor);
    const { items, next } = await lists.list(ownerIn(query), { status }, { limit, after });
    return { body: { items: [...items], ...nextCursorOf(next) } };
  },
});

function ownerIn(query: {
  readonly partnerId?: string | undefined;
  readonly borrowerKey?: string | undefined;
  readonly funderId?: string | undefined;
}): LoanOwner {
  const { partnerId, borrowerKey, funderId } = query;
  const owners: LoanOwner[] = [
    ...(partnerId === undefined ? [] : [{ by: 'Partner' as const, partnerId }]),
    ...(borrowerKey === undefined ? [] : [{ by: 'Borrower' as const, borrowerKey }]),
    ...(funderId === undefined ? [] : [{ by: 'Funder' as const, funderId }]),
  ];
  const [owner] = owners;
  if (owner === undefined || owners.length > 1)
    throw new InvalidInput('name one of partnerId, borrowerKey and funderId');
  return owner;
}
