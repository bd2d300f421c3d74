import type { Application } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import { InvalidInput, InvalidTransition } from '../shared/errors.ts';
import { openContractOf } from './confirm-disclosure.ts';

/** Signing is unreachable before the very sheet that was priced has been confirmed. */
export function requestSignature(
  application: Application,
  request: {
    readonly requestId: string;
    readonly at: string;
    readonly applied?: Readonly<Record<string, string>>;
  },
): Application {
  const contract = openContractOf(application, request.at);
  assertDisclosed(application);
  return changeApplication(application, {
    patch: {
      contract: {
        ...contract,
        signature: { requestId: request.requestId, requestedAt: request.at },
      },
      applied: { ...application.applied, ...request.applied },
    },
    event: {
      type: 'SignatureRequested',
      at: request.at,
      actor: `partner:${application.partnerId}`,
      facts: {
        applicationId: application.applicationId,
        requestId: request.requestId,
        contractSha256: contract.contractSha256,
      },
    },
  });
}

/** Throws unless the cost sheet of this very contract was confirmed. */
export function assertDisclosed({ contract, applicationId }: Application): void {
  if (contract?.disclosureConfirmed?.sheetHash !== contract?.sheetHash || contract === undefined)
    throw new InvalidTransition(
      `the cost sheet of application ${applicationId} must be confirmed before the signature`,
    );
}

export interface SignatureEvidence {
  readonly documentSha256: string;
  readonly certificateSerial: string;
  readonly certificateAuthority: string;
  readonly signedAt: string;
}

/** The provider says that it is signed: only the document that was prepared counts. */
export function recordSignature(
  application: Application,
  evidence: SignatureEvidence,
  at: string,
): Application {
  const { contract } = application;
  if (contract?.signature === undefined)
    throw new InvalidTransition(`no signature was asked for on ${application.applicationId}`);
  if (evidence.documentSha256 !== contract.contractSha256)
    throw new InvalidInput('another document was signed than the one prepared');
  const { certificateSerial, certificateAuthority, signedAt } = evidence;
  return changeApplication(application, {
    status: 'Signed',
    patch: {
      contract: {
        ...contract,
        signature: { ...contract.signature, certificateSerial, certificateAuthority, signedAt },
      },
    },
    event: {
      type: 'ContractSigned',
      at,
      actor: 'provider:signature',
      facts: {
        applicationId: application.applicationId,
        contractSha256: contract.contractSha256,
        certificateSerial,
        certificateAuthority,
      },
    },
  });
}

/** The borrower does not want to sign: the application ends. */
export function declineSignature(application: Application, at: string): Application {
  return changeApplication(application, {
    status: 'Withdrawn',
    patch: { reasonCodes: ['SignatureDeclined'] },
    event: {
      type: 'ApplicationWithdrawn',
      at,
      actor: 'provider:signature',
      facts: {
        applicationId: application.applicationId,
        partnerId: application.partnerId,
        reasonCodes: ['SignatureDeclined'],
      },
    },
  });
}
