import type { Application, Participation } from '../applications/application.ts';
import type { Funder } from '../catalog/funder.ts';
import { InvalidTransition } from '../shared/errors.ts';
import { fundingObstacles, type FundingCase } from './funding-obstacles.ts';

export type Allocation =
  | { readonly outcome: 'Allocated'; readonly participations: readonly Participation[] }
  | { readonly outcome: 'Declined'; readonly reasonCodes: readonly string[] };

/**
 * Divides an approved loan over its funders. In Platform mode it is one: the platform's own licensed lender, who must be
 * free to fund it on this very date (a partner struck from the list overnight stops here).
 */
export function allocateFunding(
  application: Pick<Application, 'applicationId' | 'decision' | 'mode'>,
  fundingCase: FundingCase & { readonly funder: Funder },
): Allocation {
  const offer = application.decision?.offer;
  if (offer === undefined)
    throw new InvalidTransition(`application ${application.applicationId} has no offer to fund`);
  const { funder } = fundingCase;
  const obstacles = fundingObstacles(fundingCase);
  if (!funder.isPlatformOwned) return { outcome: 'Declined', reasonCodes: ['NoFunderAvailable'] };
  if (obstacles.length > 0) return { outcome: 'Declined', reasonCodes: obstacles };
  const { amountFen, annualRate } = offer;
  const { funderId } = funder;
  return {
    outcome: 'Allocated',
    participations: [{ funderId, role: 'Lead', shareFen: amountFen, annualRate }],
  };
}
