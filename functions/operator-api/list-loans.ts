import * as z from 'zod';
import { Loan } from '#domain/loans/loan.ts';
import type { LoanOwner } from '#domain/servicing/ports.ts';
import { InvalidInput } from '#domain/shared/errors.ts';
import type { PageKey } from '#domain/shared/page.ts';
import { LoanId, PartnerId } from '#domain/shared/primitives.ts';
import { apiRoute } from '#platform/api-route.ts';
import { describeRoute, Nothing } from '#platform/route-description.ts';
import { operatorCursor, pageKeyIn, pageQuery } from './operator-cursor.ts';
import { operatorDependencies } from './operator-dependencies.ts';

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
    ...pageQuery({ size: 50, atMost: 100 }),
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
    const owner = ownerIn(query);
    const after = pageKeyIn(cursor, keyOf(owner));
    const { items, next } = await lists.list(owner, { status }, { limit, after });
    return { body: { items: [...items], ...operatorCursor(next) } };
  },
});

const loanKey = { loanId: LoanId, record: z.literal('loan') };

/** The key of the owner's index; one of another owner's list goes on nowhere in this one. */
function keyOf(owner: LoanOwner): z.ZodType<PageKey> {
  switch (owner.by) {
    case 'Partner':
      return z.strictObject({ ...loanKey, partnerId: z.literal(owner.partnerId) });
    case 'Borrower':
      return z.strictObject({ ...loanKey, borrowerKey: z.literal(owner.borrowerKey) });
    case 'Funder':
      return z.strictObject({ ...loanKey, funderId: z.literal(owner.funderId) });
  }
}

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
