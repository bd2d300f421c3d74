import { policyInt, type PolicyPack } from '../catalog/policy-pack.ts';
import { assertRead, type AttestedReading } from '../contracts/attested-reading.ts';
import type { Loan } from '../loans/loan.ts';
import { addDays, businessDateOf } from '../shared/calendar.ts';
import { changeAggregate } from '../shared/change-aggregate.ts';
import { Forbidden, InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { changeLoan } from './change-loan.ts';
import { accountOf, delinquencyIn, type LoanFile } from './loan-file.ts';
import type { ChangeRecord } from './loan-records.ts';
import type { LoanChange } from './ports.ts';
import {
  priceRestructuring,
  type PricedRestructuring,
  type RestructuringPlan,
} from './restructuring.ts';
import { servicingFactsOf } from './servicing-facts.ts';

export interface ApprovedRestructuring {
  readonly plan: RestructuringPlan;
  readonly reason: string;
  /** Who asked for it (`partner:…` or `operator:…`), and the operator who agreed. */
  readonly requestedBy: string;
  readonly approvedBy: string;
}

/** The loan with an offer that the borrower has to confirm; an earlier one that nobody confirmed gives way. */
export function offerRestructuring(
  file: LoanFile,
  approved: ApprovedRestructuring,
  { policyPack, at }: { readonly policyPack: PolicyPack; readonly at: string },
): Loan {
  const { loan, agreement } = file;
  if (approved.requestedBy === `operator:${approved.approvedBy}`)
    throw new Forbidden('who asks for a restructuring does not approve it');
  const pricedOn = businessDateOf(Date.parse(at));
  const { sheet, sheetHash } = priceRestructuring(file, approved.plan, { pricedOn, policyPack });
  const validDays = policyInt(policyPack, 'restructuring.offerValidDays', {
    lenderType: agreement.lenderType,
    date: pricedOn,
  });
  const expiresOn = addDays(pricedOn, validDays);
  const account = accountOf(file, pricedOn);
  return changeAggregate(loan, {
    subjectId: loan.loanId,
    patch: {
      restructuringOffer: {
        ...approved,
        sheetHash,
        pricedOn,
        offeredAt: at,
        expiresOn,
        eventSequence: loan.eventSequence,
      },
    },
    event: {
      type: 'RestructuringOffered',
      at,
      actor: `operator:${approved.approvedBy}`,
      facts: {
        ...servicingFactsOf(loan, account, delinquencyIn(file, account)),
        sheetHash,
        expiresOn,
        maturesOnOffered: sheet.maturesOn,
      },
    },
  });
}

/**
 * The offer of a loan with its sheet, priced again from what it was priced from. Throws `InvalidTransition` when there is
 * none, when it has ended or was refused, or when anything happened to the loan since: the sheet would no longer be true.
 */
export function openOfferOf(
  file: LoanFile,
  { policyPack, today }: { readonly policyPack: PolicyPack; readonly today: string },
): PricedRestructuring & { readonly offer: NonNullable<Loan['restructuringOffer']> } {
  const { loanId, restructuringOffer: offer, eventSequence } = file.loan;
  if (offer === undefined)
    throw new InvalidTransition(`loan ${loanId} has no restructuring to confirm`);
  if (offer.refusedAt !== undefined)
    throw new InvalidTransition('the borrower refused the offer: ask for another');
  if (today > offer.expiresOn) throw new InvalidTransition(`the offer ended on ${offer.expiresOn}`);
  if (eventSequence !== offer.eventSequence)
    throw new InvalidTransition('the loan changed since the offer was made: ask for another');
  const priced = priceRestructuring(file, offer.plan, { pricedOn: offer.pricedOn, policyPack });
  if (priced.sheetHash !== offer.sheetHash)
    throw new InvalidTransition('the offer is no longer what was approved: ask for another');
  return { ...priced, offer };
}

/**
 * The borrower does not want the terms: the offer is open no more, and whoever waits for it goes on. Undefined: it was
 * refused before. Throws as `openOfferOf` does, and `InvalidInput` when another sheet was refused.
 */
export function refuseRestructuring(
  file: LoanFile,
  refused: { readonly sheetHash: string },
  context: { readonly policyPack: PolicyPack; readonly at: string; readonly actor: string },
): Loan | undefined {
  const { loan } = file;
  const { at, actor, policyPack } = context;
  const known = loan.restructuringOffer;
  if (known?.refusedAt !== undefined && known.sheetHash === refused.sheetHash) return undefined;
  const today = businessDateOf(Date.parse(at));
  const { offer, sheetHash } = openOfferOf(file, { policyPack, today });
  if (refused.sheetHash !== sheetHash)
    throw new InvalidInput('sheetHash is not the hash of the sheet that was offered');
  const account = accountOf(file, today);
  return changeAggregate(loan, {
    subjectId: loan.loanId,
    patch: { restructuringOffer: { ...offer, refusedAt: at } },
    event: {
      type: 'RestructuringRefused',
      at,
      actor,
      facts: { ...servicingFactsOf(loan, account, delinquencyIn(file, account)), sheetHash },
    },
  });
}

/**
 * The borrower read the sheet and confirmed it (明示综合融资成本规定): only now the plan changes, from the day it was priced.
 * The reading is attested by the partner whose screen it is; the hash binds it to the sheet that was approved.
 */
export function confirmRestructuring(
  file: LoanFile,
  confirmation: AttestedReading,
  context: {
    readonly policyPack: PolicyPack;
    readonly minReadSeconds: number;
    readonly at: string;
    readonly applied?: ChangeRecord['applied'];
  },
): LoanChange {
  const { at, policyPack, minReadSeconds, applied } = context;
  const today = businessDateOf(Date.parse(at));
  const { offer, event, sheetHash } = openOfferOf(file, { policyPack, today });
  if (confirmation.sheetHash !== sheetHash)
    throw new InvalidInput('sheetHash is not the hash of the sheet that was offered');
  assertRead(confirmation, { minReadSeconds, preparedAt: offer.offeredAt, at });
  const loan = { ...file.loan };
  delete loan.restructuringOffer;
  const change = changeLoan(
    { ...file, loan },
    {
      record: {
        loanId: loan.loanId,
        record: `change#${event.id}`,
        loanEvent: event,
        reason: offer.reason,
        actor: offer.requestedBy,
        approvedBy: offer.approvedBy,
        postedAt: at,
        ...(applied ? { applied } : {}),
      },
      entryType: 'Restructuring',
      eventType: 'LoanRestructured',
      facts: {
        changeId: event.id,
        valueDate: event.valueDate,
        sheetHash,
        shownAt: confirmation.shownAt,
        readSeconds: confirmation.readSeconds,
        approvedBy: offer.approvedBy,
      },
    },
  );
  return change;
}
