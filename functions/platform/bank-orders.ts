import type { Applications, PersonalDataVault } from '#domain/applications/ports.ts';
import { sealedSubjectOf } from '#domain/applications/ports.ts';
import type { PayoutBank } from '#domain/applications/provider-ports.ts';
import { firstMove } from '#domain/disbursement/judge-bank-answer.ts';
import {
  claimOrder,
  isWithBank,
  markOrderUnknown,
  orderBodyHash,
  type BankOrder,
} from '#domain/servicing/bank-order.ts';
import {
  judgeOrderAnswer,
  judgeOrderQuery,
  type OrderMove,
  type OrderVerdict,
} from '#domain/servicing/judge-order-answer.ts';
import type { DebitBank, LoanFiles } from '#domain/servicing/ports.ts';
import { settleOrder } from '#domain/servicing/settle-order.ts';
import { ConcurrentChange, PayoutUnknown } from '#domain/shared/errors.ts';
import { crashPoint } from './crash-point.ts';
import { existing } from './existing.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

export interface OrderDependencies {
  readonly files: LoanFiles;
  readonly applications: Applications;
  readonly vault: PersonalDataVault;
  /** Collects, and pays back. */
  readonly bank: DebitBank & PayoutBank;
  readonly now: () => Date;
  /** A claim this old belongs to an attempt that has ended; longer than the function may run. */
  readonly staleAfterSeconds: number;
}

/**
 * How old a claim may be when its instruction leaves. A frozen process that thaws later than this finds its claim too old
 * and stops: only a claim much older than this one may be taken over.
 */
const SEND_WITHIN_SECONDS = 30;

/**
 * One attempt of an order: claim with a fence, ask what became of an earlier attempt, instruct the bank, settle. Answers
 * with the order as it is then; one that is still with the bank is asked about again, by the sweep or by whoever comes.
 * Never by guessing: what is not definite stays open.
 */
export async function runOrder(
  order: BankOrder,
  dependencies: OrderDependencies,
): Promise<BankOrder> {
  const { bank, files, now, staleAfterSeconds } = dependencies;
  const claim = claimOrder(order, { at: now().toISOString(), staleAfterSeconds });
  if (claim.outcome !== 'Claimed') return order;
  const mustQuery = claim.mustQuery || (await bank.asksFirst?.()) === true;
  const first = firstMove({ mustQuery }, bank);
  // Without both abilities of the bank only a person can find out: the order stays as it is until one says so.
  if (first === 'AskPerson') return waitForPerson(order, dependencies);
  await files.storeOrder(claim.order);
  await crashPoint('order.after-claim');
  try {
    const next = await askBank(claim.order, first === 'Query', dependencies);
    if (next.move === 'Settle') return await bookOrder(claim.order, next.verdict, dependencies);
    throw new PayoutUnknown(next.move === 'AskAgain' ? next.because : 'SentTwice');
  } catch (error) {
    if (!(error instanceof PayoutUnknown)) throw error;
    return markUnknown(claim.order, error.message, dependencies);
  }
}

async function waitForPerson(
  order: BankOrder,
  dependencies: OrderDependencies,
): Promise<BankOrder> {
  return order.state === 'Unknown' ? order : markUnknown(order, 'BankCannotBeAsked', dependencies);
}

async function markUnknown(
  order: BankOrder,
  because: string,
  { files, now }: OrderDependencies,
): Promise<BankOrder> {
  const unknown = markOrderUnknown(order, { at: now().toISOString(), because });
  await files.storeOrder(unknown);
  return unknown;
}

async function askBank(
  order: BankOrder,
  mustQuery: boolean,
  dependencies: OrderDependencies,
): Promise<OrderMove> {
  if (!mustQuery) return send(order, dependencies);
  const { bank } = dependencies;
  const answer =
    order.kind === 'Debit'
      ? await bank.queryDebit(order.reference)
      : await bank.query(order.reference);
  const next = judgeOrderQuery(order, answer);
  return next.move === 'Send' ? send(order, dependencies) : next;
}

async function send(order: BankOrder, dependencies: OrderDependencies): Promise<OrderMove> {
  const { bank } = dependencies;
  const { account, instruction } = await instructionOf(order, dependencies);
  await crashPoint('order.before-bank');
  await assertStillOurs(order, dependencies);
  const answer =
    order.kind === 'Debit'
      ? await bank.debit({ ...instruction, payer: account })
      : await bank.pay({ ...instruction, payee: account });
  await crashPoint('order.after-bank');
  const isPart = answer.status === 'Paid' && answer.amountFen < order.amountFen;
  // Less than was asked for cannot be told from a slip of the pen: the bank must say it twice.
  if (!isPart || order.kind !== 'Debit' || !bank.queryByReference)
    return judgeOrderAnswer(order, answer);
  const confirmed = await bank.queryDebit(order.reference);
  return confirmed.status === 'Paid' && confirmed.amountFen === answer.amountFen
    ? judgeOrderAnswer(order, answer)
    : { move: 'AskAgain', because: 'AmountDiffers' };
}

/** The borrower's own account, also where a supplier was paid: it is the borrower who pays back and overpays. */
export async function borrowerAccountOf(
  loan: { readonly applicationId: string },
  { applications, vault }: Pick<OrderDependencies, 'applications' | 'vault'>,
) {
  const { applicationId } = loan;
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  const { applicant } = await vault.open(application.pii, sealedSubjectOf(application));
  const { name, bankAccount } = applicant;
  return {
    account: { name, accountNumber: bankAccount.number, bankCode: bankAccount.bankCode },
    accountKeys: await vault.fingerprints(bankAccount.number),
  };
}

async function instructionOf(order: BankOrder, dependencies: OrderDependencies) {
  const { loanId, reference, amountFen } = order;
  const { loan } = existing(await dependencies.files.find(loanId), `loan ${loanId}`);
  const { account, accountKeys } = await borrowerAccountOf(loan, dependencies);
  if (!accountKeys.some((accountKey) => orderBodyHash({ ...order, accountKey }) === order.bodyHash))
    throw new Error(`order ${reference} was intended for another account or amount`);
  return { account, instruction: { reference, amountFen, remark: loan.contractNumber } };
}

/** The last look before the money. */
async function assertStillOurs(
  order: BankOrder,
  { bank, files, now }: OrderDependencies,
): Promise<void> {
  const { loanId, record, reference, version } = order;
  const ageMs = now().getTime() - Date.parse(order.claimedAt ?? order.createdAt);
  if (ageMs > SEND_WITHIN_SECONDS * 1000)
    throw new PayoutUnknown(`the claim of order ${reference} is too old to send`);
  if (bank.supportsReferenceDedup) return;
  const stored = (await files.find(loanId))?.orders.find((other) => other.record === record);
  if (stored?.version !== version)
    throw new PayoutUnknown(`order ${reference} was taken over by another attempt`);
}

/**
 * Books a verdict in one transaction that is conditional on the very version of the order it was reached with. The loan is
 * read anew as often as other payments come between; whoever comes second to the order gets `ConcurrentChange`.
 */
export async function bookOrder(
  order: BankOrder,
  verdict: OrderVerdict,
  { files, now }: Pick<OrderDependencies, 'files' | 'now'>,
): Promise<BankOrder> {
  const { loanId, record, reference, version } = order;
  const settled = await retryOnConflict(async () => {
    const file = existing(await files.find(loanId), `loan ${loanId}`);
    const stored = file.orders.find((other) => other.record === record);
    if (stored?.version !== version) return 'Overtaken';
    const settlement = settleOrder(file, order, { verdict, at: now().toISOString() });
    if (!settlement.moved) {
      await files.storeOrder(settlement.order);
      return settlement.order;
    }
    await files.store(settlement.change);
    return settlement.change.order ?? order;
  });
  if (settled === 'Overtaken') throw new ConcurrentChange(`order ${reference} was taken over`);
  await crashPoint('order.after-settle');
  return settled;
}

/** The order as it is stored now. */
export async function findOrder(
  { loanId, record }: Pick<BankOrder, 'loanId' | 'record'>,
  { files }: Pick<OrderDependencies, 'files'>,
): Promise<BankOrder | undefined> {
  return (await files.find(loanId))?.orders.find((order) => order.record === record);
}

/** Takes up an order that may have been left with the bank; undefined when there is nothing to do about it. */
export async function resumeOrder(
  key: Pick<BankOrder, 'loanId' | 'record'>,
  dependencies: OrderDependencies,
): Promise<BankOrder | undefined> {
  const order = await findOrder(key, dependencies);
  if (order === undefined || !isWithBank(order)) return undefined;
  return runOrder(order, dependencies);
}
