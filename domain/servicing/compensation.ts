import type { Compensation, JournalEntry, Loan } from '../loans/loan.ts';
import { shareAmount } from '../lending/share-amount.ts';
import { businessDateOf } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { claimReferenceOf } from '../shared/ids.ts';
import { entryRecordOf } from './change-loan.ts';
import { claimsOf, isHandedOn } from './claim-holders.ts';
import { accounts } from './chart-of-accounts.ts';
import type { Leg } from './journal-legs.ts';
import { accountOf, delinquencyIn, payoffOf, type LoanFile } from './loan-file.ts';
import type { LoanChange } from './ports.ts';
import { servicingFactsOf } from './servicing-facts.ts';

export interface CompensationOrder {
  /** The decision that asked for it: the same decision is the same claim. */
  readonly request: string;
  readonly approvedBy: readonly string[];
}

/**
 * Claims from the guarantor all that would end the loan today (Civil Code art. 681). The claim is on record
 * before anybody is asked. Undefined: it was asked for before. Throws `InvalidTransition` for a loan nobody guarantees.
 */
export function askCompensation(
  file: LoanFile,
  order: CompensationOrder,
  at: string,
): Loan | undefined {
  const { loan, agreement } = file;
  const { loanId, status, compensation: known } = loan;
  if (agreement.guarantor === undefined)
    throw new InvalidTransition(`nobody guarantees loan ${loanId}`);
  if (status !== 'Active' || loan.transfer !== undefined)
    throw new InvalidTransition(`loan ${loanId} is ${status}, or no longer ours`);
  const reference = claimReferenceOf(loanId, order.request);
  if (known !== undefined && (known.status !== 'Refused' || known.reference === reference))
    return undefined;
  const today = businessDateOf(Date.parse(at));
  const { totalFen } = payoffOf(file, today);
  const { guarantorId } = agreement.guarantor;
  const compensation: Compensation = {
    reference,
    guarantorId,
    status: 'Asked',
    amountFen: totalFen,
    asOf: today,
    eventSequence: loan.eventSequence,
    approvedBy: [...order.approvedBy],
  };
  const actor = `operator:${order.approvedBy.at(-1) ?? ''}`;
  return withCompensation(file, { compensation, type: 'CompensationAsked', actor, at });
}

/** What a guarantor may say to a claim. Its money says more than its words. */
export type GuarantorWord = 'Accepted' | 'Refused';

/** Notes the guarantor's word. Undefined: it is about another claim, says nothing new, or comes after the money. */
export function answerCompensation(
  file: LoanFile,
  said: { readonly reference: string; readonly outcome: GuarantorWord; readonly at: string },
): Loan | undefined {
  const { compensation } = file.loan;
  const { reference, outcome, at } = said;
  if (compensation?.reference !== reference) return undefined;
  if (compensation.status === 'Paid' || compensation.status === outcome) return undefined;
  return withCompensation(file, {
    compensation: { ...compensation, status: outcome },
    type: `Compensation${outcome}`,
    actor: `guarantor:${compensation.guarantorId}`,
    at,
  });
}

function withCompensation(
  file: LoanFile,
  change: {
    readonly compensation: Compensation;
    readonly type: string;
    readonly actor: string;
    readonly at: string;
  },
): Loan {
  const { compensation, type, actor, at } = change;
  const account = accountOf(file, businessDateOf(Date.parse(at)));
  const { reference, guarantorId, amountFen } = compensation;
  return changeAggregate(file.loan, {
    subjectId: file.loan.loanId,
    patch: { compensation },
    event: {
      type,
      at,
      actor,
      facts: {
        ...servicingFactsOf(file.loan, account, delinquencyIn(file, account)),
        reference,
        guarantorId,
        amountFen,
      },
    },
  });
}

/** Whether a payer's remark names the claim that is open on a loan. */
export function isCompensation({ compensation }: Loan, remark: string | undefined): boolean {
  return compensation !== undefined && remark?.includes(compensation.reference) === true;
}

export interface CompensationPayment {
  readonly amountFen: number;
  readonly valueDate: string;
  readonly receiptId: string;
  readonly bankId: string;
}

/**
 * The guarantor paid: each funder is paid for its claim, and the claim against the borrower is the guarantor's from now on
 * (Civil Code art. 700). The borrower owes what was owed before; whatever comes in later is the guarantor's, who collects it. Throws
 * `InvalidTransition` for another amount than was claimed, and when the loan changed since: people settle that.
 */
export function compensateLoan(
  file: LoanFile,
  payment: CompensationPayment,
  at: string,
): LoanChange {
  const { loan } = file;
  const { compensation } = loan;
  if (compensation === undefined || isHandedOn(loan))
    throw new InvalidTransition(`loan ${loan.loanId} has no open claim on a guarantor`);
  if (payment.amountFen !== compensation.amountFen)
    throw new InvalidTransition(`the claim was for ${compensation.amountFen} fen`);
  if (loan.eventSequence !== compensation.eventSequence || loan.status !== 'Active')
    throw new InvalidTransition('the loan changed since the guarantor was asked');
  const { guarantorId, reference } = compensation;
  const account = accountOf(file, businessDateOf(Date.parse(at)));
  const rest = { ...loan };
  delete rest.actOn;
  delete rest.dueShard;
  const { amountFen, valueDate, receiptId } = payment;
  const entry: JournalEntry = {
    loanId: loan.loanId,
    record: entryRecordOf(loan.entrySequence + 1),
    entryType: 'Compensation',
    valueDate,
    postedAt: at,
    reference,
    legs: legsOf(file, { guarantorId, amountFen }),
  };
  return {
    loan: changeAggregate(rest, {
      subjectId: loan.loanId,
      patch: {
        compensation: { ...compensation, status: 'Paid', paidOn: valueDate, receiptId },
        entrySequence: loan.entrySequence + 1,
      },
      event: {
        type: 'LoanCompensated',
        at,
        actor: `guarantor:${guarantorId}`,
        facts: {
          ...servicingFactsOf(loan, account, delinquencyIn(file, account)),
          reference,
          guarantorId,
          holderName: file.agreement.guarantor?.name,
          amountFen,
          valueDate,
        },
      },
    }),
    once: [entry],
  };
}

interface Part {
  readonly funderId: string;
  readonly amountFen: number;
}

/** Money in, what each funder is paid for its claim, and the claim itself to the guarantor. */
function legsOf(
  { loan, entries }: LoanFile,
  { guarantorId, amountFen }: { readonly guarantorId: string; readonly amountFen: number },
): Leg[] {
  const claims = claimsOf(loan, entries);
  const claimFen = claims.reduce((sum, { shareFen }) => sum + shareFen, 0);
  const paid = shareAmount(amountFen, claimFen === 0 ? loan.participations : claims);
  const legs: Leg[] = [
    { account: accounts.bank, amountFen },
    ...paid.map(({ funderId, amountFen: part }: Part) => ({
      account: accounts.funder(funderId, 'compensated'),
      amountFen: -part,
    })),
    ...claims.map(({ funderId, shareFen }) => ({
      account: accounts.funder(funderId, 'principal'),
      amountFen: shareFen,
    })),
    { account: accounts.funder(guarantorId, 'principal'), amountFen: -claimFen },
  ];
  return legs.filter((leg) => leg.amountFen !== 0);
}
