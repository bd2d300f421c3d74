import type { Application, Contract, Participation } from '../applications/application.ts';
import { changeApplication } from '../applications/change-application.ts';
import { InvalidTransition } from '../shared/errors.ts';
import type { AgreedLoan } from '../loans/loan-terms.ts';
import { contractNumberOf, loanIdOf } from '../shared/ids.ts';
import type { DisclosureSheet } from './disclosure-sheet.ts';

/** What the two sides agreed: the offer that rules or people approved. */
export function agreedLoanOf(application: Application): AgreedLoan {
  const offer = application.decision?.offer;
  if (offer === undefined)
    throw new InvalidTransition(`application ${application.applicationId} has no offer`);
  return {
    principalFen: offer.amountFen,
    annualRate: offer.annualRate,
    termMonths: offer.termMonths,
    repaymentMethod: offer.repaymentMethod,
  };
}

/** The number printed on sheet and contract; the same for every attempt to prepare them. */
export function contractNumberFor(application: Application): string {
  return contractNumberOf(loanIdOf(application.applicationId));
}

export interface PreparedPapers {
  readonly sheet: DisclosureSheet;
  readonly sheetHash: string;
  readonly disclosureObjectKey: string;
  readonly contractObjectKey: string;
  readonly contractSha256: string;
}

/** The application with its funders and papers, ready to be read, confirmed and signed until the offer ends. */
export function offerContract(
  application: Application,
  papers: PreparedPapers,
  offer: {
    readonly at: string;
    readonly validDays: number;
    readonly participations: readonly Participation[];
  },
): Application {
  const loanId = loanIdOf(application.applicationId);
  const participations = [...offer.participations];
  const contract: Contract = {
    contractNumber: contractNumberOf(loanId),
    loanId,
    sheetHash: papers.sheetHash,
    disclosureObjectKey: papers.disclosureObjectKey,
    contractObjectKey: papers.contractObjectKey,
    contractSha256: papers.contractSha256,
    aprNominal: papers.sheet.apr.nominal,
    allInCost: largerOf(papers.sheet.allInCost),
    preparedAt: offer.at,
    expiresAt: new Date(Date.parse(offer.at) + offer.validDays * 86_400_000).toISOString(),
  };
  return changeApplication(application, {
    status: 'AwaitingSignature',
    patch: { contract, loanId, participations },
    event: {
      type: 'ContractPrepared',
      at: offer.at,
      actor: 'workflow',
      facts: {
        applicationId: application.applicationId,
        partnerId: application.partnerId,
        participations,
        contractNumber: contract.contractNumber,
        sheetHash: contract.sheetHash,
        contractSha256: contract.contractSha256,
        aprNominal: contract.aprNominal,
        allInCost: contract.allInCost,
      },
    },
  });
}

/** Of two displayed rates, written with the same number of places. */
function largerOf({ itemised, combined }: DisclosureSheet['allInCost']): string {
  return Number(itemised) > Number(combined) ? itemised : combined;
}
