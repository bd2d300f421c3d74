import { Funder } from '#domain/catalog/funder.ts';
import { policyWords } from '#domain/catalog/policy-pack.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import type { Loan } from '#domain/loans/loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import type { Notice } from '#domain/notification/notice.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { neverQuiet, quietHoursOf, type QuietHours } from '#domain/shared/quiet-hours.ts';
import { existing } from './existing.ts';
import { policyInForce } from './policy-in-force.ts';

type QuietDependencies = { loans: Loans; catalog: Catalog; now: () => Date };

/**
 * The hours that a notice has to mind: of its loan's lender, for a borrower. A partner's machine has none, and news for it
 * may be about an application that became no loan.
 */
export async function quietHoursFor(
  { channel, loanId }: Pick<Notice, 'channel' | 'loanId'>,
  dependencies: QuietDependencies,
): Promise<QuietHours> {
  if (channel === 'Webhook') return neverQuiet;
  return (await loanAndQuietHours(loanId, dependencies)).quiet;
}

/** A loan with the quiet hours of its lender as they are today. Throws `NotFound` for a loan that is none. */
export async function loanAndQuietHours(
  loanId: string,
  { loans, catalog, now }: QuietDependencies,
): Promise<{ readonly loan: Loan; readonly quiet: QuietHours }> {
  const loan = existing(await loans.find(loanId), `loan ${loanId}`);
  const funderId = loan.participations[0]?.funderId ?? '';
  const [pack, funder] = await Promise.all([
    policyInForce(catalog),
    catalog.find({ kind: 'funder', id: funderId }, Funder),
  ]);
  const { lenderType } = existing(funder, `funder ${funderId}`);
  const date = businessDateOf(now().getTime());
  return {
    loan,
    quiet: quietHoursOf(policyWords(pack, 'collect.quietHours', { lenderType, date })),
  };
}
