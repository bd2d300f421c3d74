import type { Application, Contract } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import { InvalidInput, InvalidTransition } from '../shared/errors.ts';

export interface Confirmation {
  readonly sheetHash: string;
  readonly shownAt: string;
  readonly readSeconds: number;
}

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

/** How far the clock of a partner may be off. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** A sheet cannot have been shown before it existed, nor be read until after now. */
function isReadingPossible(contract: Contract, confirmation: Confirmation, at: string): boolean {
  const shownAt = Date.parse(confirmation.shownAt);
  const readUntil = shownAt + confirmation.readSeconds * 1000;
  return (
    shownAt >= Date.parse(contract.preparedAt) - CLOCK_SKEW_MS &&
    readUntil <= Date.parse(at) + CLOCK_SKEW_MS
  );
}

/**
 * Records that the borrower read the cost sheet for the least time and confirmed it (明示综合融资成本规定). The reading is
 * attested by the partner whose screen it is; the hash binds it to the sheet that was priced.
 */
export function confirmDisclosure(
  application: Application,
  confirmation: Confirmation,
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
  if (confirmation.readSeconds < minReadSeconds)
    throw new InvalidInput(`the cost sheet must be read for at least ${minReadSeconds} seconds`);
  if (!isReadingPossible(contract, confirmation, at))
    throw new InvalidInput('shownAt and readSeconds do not fit between the offer and now');
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
