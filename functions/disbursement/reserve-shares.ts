import * as z from 'zod';
import type { Application } from '#domain/applications/application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import { isClosed } from '#domain/applications/transitions.ts';
import { isSecured } from '#domain/collateral/collateral.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { createPayout } from '#domain/disbursement/create-payout.ts';
import { payeeOf } from '#domain/disbursement/payee.ts';
import type { MoneyStore } from '#domain/disbursement/ports.ts';
import { reserveLoan, startDisbursement } from '#domain/disbursement/reserve-loan.ts';
import type { Loans } from '#domain/loans/ports.ts';
import {
  ApplicationClosed,
  CollateralUnregistered,
  InvalidTransition,
} from '#domain/shared/errors.ts';
import { loanIdOf, payoutRefOf } from '#domain/shared/ids.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { crashPoint } from '#platform/crash-point.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { existing } from '#platform/existing.ts';
import { DynamoCollaterals } from '#platform/repositories/collaterals.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { moneyDependencies } from './money-dependencies.ts';

export const ReserveSharesInput = z.object({
  applicationId: ApplicationId,
  payoutNumber: z.int().min(1),
});

export interface ReserveSharesDependencies {
  readonly applications: Applications;
  readonly collaterals: Collaterals;
  readonly loans: Loans;
  readonly money: MoneyStore;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/** Step 1 of the money: the intent, its loan and its application in one transaction, before the bank hears of it. */
export async function runReserveShares(
  { applicationId, payoutNumber }: z.infer<typeof ReserveSharesInput>,
  dependencies: ReserveSharesDependencies,
): Promise<{ payoutRef: string }> {
  const { applications, loans, money, now } = dependencies;
  const loanId = loanIdOf(applicationId);
  const payoutRef = payoutRefOf(loanId, payoutNumber);
  const application = existing(
    await applications.find(applicationId),
    `application ${applicationId}`,
  );
  const previous = await loans.find(loanId);
  // Read last: when it is not there yet, the loan and the application above were read before it was written, and a
  // duplicate of this step that is faster makes our write fail instead of our decision.
  if ((await money.findPayout(payoutRef)) !== undefined) return { payoutRef };
  if (isClosed(application.status))
    throw new ApplicationClosed(`application ${applicationId} is ${application.status}`);
  await assertSecured(application, dependencies);
  await assertPreviousRefused(money, loanId, payoutNumber);
  const at = now().toISOString();
  const payout = createPayout({
    ...(await instructionOf(application, dependencies.vault)),
    loanId,
    applicationId,
    payoutNumber,
    at,
  });
  await money.store({
    payout,
    loan: reserveLoan(application, { payout, previous, at }),
    application: startDisbursement(application, { payout, at }),
  });
  await crashPoint('pay.after-intent');
  return { payoutRef };
}

/** No intent, and so no payment, before everything pledged is registered: whatever token or retry brought us here. */
async function assertSecured(
  application: Application,
  { collaterals }: ReserveSharesDependencies,
): Promise<void> {
  const { applicationId, backing } = application;
  if (backing === undefined || backing.pledges.length === 0) return;
  if (!isSecured(application, await collaterals.list(applicationId)))
    throw new CollateralUnregistered(`what is pledged for ${applicationId} is not registered`);
}

/** A new reference while an older one may still pay would be a second payment waiting to happen. */
async function assertPreviousRefused(
  money: MoneyStore,
  loanId: string,
  payoutNumber: number,
): Promise<void> {
  if (payoutNumber === 1) return;
  const previous = await money.findPayout(payoutRefOf(loanId, payoutNumber - 1));
  if (previous?.state !== 'Refused')
    throw new InvalidTransition(
      `payout ${payoutNumber - 1} of loan ${loanId} is ${previous?.state ?? 'missing'}: no new one before it is refused`,
    );
}

async function instructionOf(application: Application, vault: PersonalDataVault) {
  const { decision } = application;
  if (decision?.offer === undefined)
    throw new InvalidTransition(`application ${application.applicationId} has no offer`);
  const payee = payeeOf(await vault.open(application.pii, sealedSubjectOf(application)));
  const [payeeKey] = await vault.fingerprints(payee.accountNumber);
  return {
    amountFen: decision.offer.amountFen,
    payee: payee.kind,
    payeeKey,
  };
}

export const handler = workflowTask({
  input: ReserveSharesInput,
  dependencies: () => ({
    ...moneyDependencies(),
    collaterals: new DynamoCollaterals(documentClient(), requireEnvironment('COLLATERAL_TABLE')),
  }),
  run: runReserveShares,
});
