import type { Participation } from '../../../domain/applications/application.ts';
import { activateLoan, type ActivatedLoan } from '../../../domain/disbursement/activate-loan.ts';
import { reserveLoan } from '../../../domain/disbursement/reserve-loan.ts';
import type { Loan } from '../../../domain/loans/loan.ts';
import { agreeService, type LoanAgreement } from '../../../domain/servicing/loan-agreement.ts';
import type { LoanFile } from '../../../domain/servicing/loan-file.ts';
import type { LoanChange } from '../../../domain/servicing/ports.ts';
import type { ReceivedPayment } from '../../../domain/servicing/post-payment.ts';
import { readLoanFile } from '../../../domain/servicing/read-loan-file.ts';
import { applicationIdOf, contractNumberOf, loanIdOf } from '../../../domain/shared/ids.ts';
import { anOffer, aContract, aPayout } from '../builders.ts';
import { consumerProduct, policyPack } from '../catalog-files.ts';

const paidOutAt = '2026-11-24T03:00:00.000Z';

/** What the loan of the tests is served by; nobody is visited unless a test wishes so. */
export function anAgreement({
  loan,
  disbursedOn,
}: {
  readonly loan: Loan;
  readonly disbursedOn: string;
}): LoanAgreement {
  const { visits: _visits, ...agreement } = agreeService({
    loan,
    product: consumerProduct,
    policyPack,
    policyPackKey: 'cn#0001',
    lenderType: 'OnlineMicroloan',
    contractedOn: '2026-11-23',
    disbursedOn,
  });
  return agreement;
}

export interface LoanWish {
  readonly externalId?: string;
  readonly disbursedOn?: string;
  readonly participations?: readonly Participation[];
  readonly agreement?: (agreement: LoanAgreement) => LoanAgreement;
}

/** 30,000 yuan over 12 months at 9.6 %, in level installments, paid out on 2026-11-24 unless wished otherwise. */
export function anActivatedLoan(wish: LoanWish = {}): ActivatedLoan {
  const { externalId = 'P-1001', disbursedOn = '2026-11-24', agreement = (same) => same } = wish;
  const applicationId = applicationIdOf('demo-partner', externalId);
  const loanId = loanIdOf(applicationId);
  const contract = aContract({ loanId, contractNumber: contractNumberOf(loanId) });
  const application = anOffer({
    applicationId,
    status: 'Signed',
    contract,
    ...(wish.participations ? { participations: [...wish.participations] } : {}),
  });
  const payout = aPayout({ loanId, applicationId });
  const loan = reserveLoan(application, { payout, at: paidOutAt });
  return activateLoan(loan, {
    agreement: agreement(anAgreement({ loan, disbursedOn })),
    at: paidOutAt,
  });
}

/** The file of a loan as its payout left it. */
export function aLoanFile(wish: LoanWish = {}): LoanFile {
  const { loan, agreement, schedule, entry } = anActivatedLoan(wish);
  return asFile([agreement, entry, loan, schedule]);
}

/** The file after a change, as a repository would read it. */
export function after(file: LoanFile, change: LoanChange): LoanFile {
  return asFile([
    file.agreement,
    ...file.payments,
    ...file.changes,
    ...file.entries,
    ...file.schedules,
    ...file.orders.filter(({ record }) => record !== change.order?.record),
    ...(change.once ?? []),
    ...(change.order ? [change.order] : []),
    change.loan,
  ]);
}

function asFile(items: Parameters<typeof readLoanFile>[0]): LoanFile {
  const file = readLoanFile(items.toSorted((a, b) => (a.record < b.record ? -1 : 1)));
  if (file === undefined || file === 'Torn') throw new Error('the records do not make a loan');
  return file;
}

/** A payment of the first installment on its due date, with parts replaced. */
export function aReceived(overrides: Partial<ReceivedPayment> = {}): ReceivedPayment {
  return {
    channel: 'BankNotice',
    reference: 'bank-1',
    amountFen: 2_631_90,
    valueDate: '2026-12-24',
    actor: 'provider:bank',
    ...overrides,
  };
}
