import type { Applications, PersonalDataVault } from '#domain/applications/ports.ts';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import type { PayoutBank } from '#domain/applications/provider-ports.ts';
import { payoutBodyHash } from '#domain/disbursement/create-payout.ts';
import {
  judgePayAnswer,
  judgeQueryAnswer,
  type NextMove,
} from '#domain/disbursement/judge-bank-answer.ts';
import { payeeOf } from '#domain/disbursement/payee.ts';
import type { Payout } from '#domain/disbursement/payout.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import { PayoutUnknown } from '#domain/shared/errors.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { existing } from '#platform/existing.ts';

export interface BankDependencies {
  readonly applications: Applications;
  readonly money: MoneyStore;
  readonly vault: PersonalDataVault;
  readonly bank: PayoutBank;
  readonly now: () => Date;
}

/**
 * How old a claim may be when its instruction leaves. A frozen process that thaws later than this finds its claim too old
 * and stops: only a claim much older than this one may be taken over.
 */
const SEND_WITHIN_SECONDS = 30;

/** What the bank says about a claimed payout: first, after an earlier attempt, what became of that one. */
export async function askBank(
  payout: Payout,
  first: 'Pay' | 'Query',
  dependencies: BankDependencies,
): Promise<NextMove> {
  if (first === 'Pay') return pay(payout, dependencies);
  const answer = await dependencies.bank.query(payout.payoutRef);
  const next = judgeQueryAnswer(payout, answer);
  return next.move === 'Pay' ? pay(payout, dependencies) : next;
}

async function pay(payout: Payout, dependencies: BankDependencies): Promise<NextMove> {
  const instruction = await instructionOf(payout, dependencies);
  await crashPoint('pay.before-bank');
  await assertStillOurs(payout, dependencies);
  const answer = await dependencies.bank.pay(instruction);
  await crashPoint('pay.after-bank');
  return judgePayAnswer(payout, answer);
}

async function instructionOf(payout: Payout, { applications, vault }: BankDependencies) {
  const { applicationId, payoutRef, amountFen } = payout;
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  const payee = payeeOf(await vault.open(application.pii, sealedSubjectOf(application)));
  const payeeKeys = await vault.fingerprints(payee.accountNumber);
  const hashes = payeeKeys.map((payeeKey) =>
    payoutBodyHash({ amountFen, payee: payee.kind, payeeKey }),
  );
  if (!hashes.includes(payout.bodyHash))
    throw new Error(`payout ${payoutRef} was intended for another payee or amount`);
  const { name, accountNumber, bankCode } = payee;
  return {
    reference: payoutRef,
    amountFen,
    payee: { name, accountNumber, bankCode },
    remark: application.contract?.contractNumber ?? payoutRef,
  };
}

/** The last look before the money: a bank that does not recognise a repeated reference is also asked of the store. */
async function assertStillOurs(
  payout: Payout,
  { bank, money, now }: BankDependencies,
): Promise<void> {
  const ageMs = now().getTime() - Date.parse(payout.claimedAt ?? payout.createdAt);
  if (ageMs > SEND_WITHIN_SECONDS * 1000)
    throw new PayoutUnknown(`the claim of payout ${payout.payoutRef} is too old to send`);
  if (bank.supportsReferenceDedup) return;
  const stored = await money.findPayout(payout.payoutRef);
  if (stored?.version !== payout.version)
    throw new PayoutUnknown(`payout ${payout.payoutRef} was taken over by another attempt`);
}
