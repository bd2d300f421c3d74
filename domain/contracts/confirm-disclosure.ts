import type { Application, Contract } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import { InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { assertRead, type AttestedReading } from './attested-reading.ts';

/** The contract of an application that waits for its signature, while the offer stands. */
export function openContractOf(application: Application, at: string): Contract {
  const { contract, status, applicationId } = application;
  if (status !== 'AwaitingSignature' || contract === undefined)
    throw new InvalidTransition(
      `application ${applicationId} is ${status}: there is nothing to sign`,
    );
  if (Date.parse(at) >= Date.parse(contract.expiresAt))
    throw new InvalidTransition(`the offer ended at ${contract.expiresAt}`);
  return contract;
}

/**
 * Records that the borrower read the cost sheet for the least time and confirmed it (明示综合融资成本规定). The reading is
 * attested by the partner whose screen it is; the hash binds it to the sheet that was priced.
 */
export function confirmDisclosure(
  application: Application,
  confirmation: AttestedReading,
  context: {
    readonly minReadSeconds: number;
    readonly at: string;
    readonly applied?: Readonly<Record<string, string>>;
  },
): Application {
  const { at, minReadSeconds } = context;
  const contract = openContractOf(application, at);
  if (contract.disclosureConfirmed !== undefined)
    throw new InvalidTransition('the cost sheet was confirmed before');
  if (confirmation.sheetHash !== contract.sheetHash)
    throw new InvalidInput('sheetHash is not the hash of the sheet of this contract');
  assertRead(confirmation, { minReadSeconds, preparedAt: contract.preparedAt, at });
  return changeApplication(application, {
    patch: {
      contract: { ...contract, disclosureConfirmed: { ...confirmation, confirmedAt: at } },
      applied: { ...application.applied, ...context.applied },
    },
    event: {
      type: 'DisclosureConfirmed',
      at,
      actor: `partner:${application.partnerId}`,
      facts: {
        applicationId: application.applicationId,
        sheetHash: confirmation.sheetHash,
        shownAt: confirmation.shownAt,
        readSeconds: confirmation.readSeconds,
      },
    },
  });
}
