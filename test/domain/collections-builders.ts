import { openCase } from '#domain/collections/open-case.ts';
import type { CollectionCase } from '#domain/collections/case.ts';
import { conductLimitsOf, type ConductLimits } from '#domain/collections/conduct-limits.ts';
import type { Debt } from '#domain/collections/debt.ts';
import { CollectionStrategy } from '#domain/collections/strategy.ts';
import { PolicyPack } from '#domain/catalog/policy-pack.ts';
import { applicationIdOf, loanIdOf } from '#domain/shared/ids.ts';
import { catalogItems } from '#test/support/in-memory-catalog.ts';

const items = catalogItems();

/** The limits of the shipped policy pack on a date. */
export function shippedLimits(date = '2026-11-26'): ConductLimits {
  const pack = PolicyPack.parse(items.find(({ kind }) => kind === 'policy-pack'));
  return conductLimitsOf(pack, { lenderType: 'OnlineMicroloan', date });
}

export function shippedStrategy(): CollectionStrategy {
  return CollectionStrategy.parse(items.find(({ kind }) => kind === 'collection-strategy'));
}

/** A loan of a name that is overdue. */
export function aDebt(
  name = 'one',
  overrides: Partial<Debt['loan']> = {},
  standing: Debt['standing'] = 'Overdue',
): Debt {
  const applicationId = applicationIdOf('demo-partner', name);
  return {
    borrowerKey: 'borrower-1',
    lenderId: 'zhudai-lending',
    standing,
    loan: {
      loanId: loanIdOf(applicationId),
      applicationId,
      partnerId: 'demo-partner',
      daysPastDue: 5,
      asOf: '2026-11-26',
      bucket: 'M1',
      overdueFen: 100_000,
      outstandingPrincipalFen: 900_000,
      segment: 'PersonalConsumer',
      grade: 'B',
      hasGuarantor: false,
      ...overrides,
    },
  };
}

/** An open case of one overdue loan, with parts replaced. */
export function aCase(overrides: Partial<CollectionCase> = {}): CollectionCase {
  const opened = openCase(undefined, {
    debt: aDebt(),
    lenderType: 'OnlineMicroloan',
    strategy: shippedStrategy(),
    at: '2026-11-26T02:00:00.000Z',
  });
  if (opened === undefined) throw new Error('the first case is always opened');
  return { ...opened, introducedBy: ['lender'], ...overrides };
}
