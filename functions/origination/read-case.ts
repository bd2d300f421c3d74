import type { Application } from '#domain/applications/application.ts';
import { type PersonalDataVault, sealedSubjectOf } from '#domain/applications/ports.ts';
import { CreditPolicy } from '#domain/catalog/credit-policy.ts';
import { policyInForce } from '#domain/catalog/policy-in-force.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { Scorecard } from '#domain/catalog/scorecard.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { contestOf } from '#domain/underwriting/challenge.ts';
import type { DecisionSetting } from '#domain/underwriting/decide-by-policy.ts';
import type { DecisionInputs } from '#domain/underwriting/decision-inputs.ts';
import { gatherInputs } from '#domain/underwriting/gather-inputs.ts';
import { existing } from '#platform/existing.ts';
import { lenderAndPolicy, pinnedProduct } from './origination-catalog.ts';

export interface CaseDependencies {
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/** Everything a decision is made from, by the policy in force when the application came. */
export async function readCase(
  application: Application,
  { catalog, vault, now }: CaseDependencies,
): Promise<DecisionSetting & { readonly inputs: DecisionInputs }> {
  const product = await pinnedProduct(catalog, application);
  const { creditPolicyId, scorecardId } = product;
  const [policies, scorecard, { funder, policyPack }, { applicant }] = await Promise.all([
    catalog.versions({ kind: 'credit-policy', id: creditPolicyId }, CreditPolicy),
    catalog.find({ kind: 'scorecard', id: scorecardId }, Scorecard),
    lenderAndPolicy(catalog),
    vault.open(application.pii, sealedSubjectOf(application)),
  ]);
  const decidedAt = now();
  const given = {
    product,
    scorecard: existing(scorecard, `scorecard ${scorecardId}`),
    policyPack,
  };
  const inputs = gatherInputs({
    ...given,
    application,
    applicant,
    funder,
    date: businessDateOf(decidedAt.getTime()),
    at: decidedAt.toISOString(),
  });
  const policy = policyInForce(policies, inputs.submittedOn);
  return {
    ...given,
    inputs,
    policy: existing(policy, `credit policy ${creditPolicyId} on ${inputs.submittedOn}`),
  };
}

/** The policy whose answer will count for an application: the champion's, or that of a challenger who decides it. */
export async function policyThatDecides(
  champion: CreditPolicy,
  applicationId: string,
  catalog: Catalog,
): Promise<CreditPolicy> {
  const { challenger } = champion;
  const { decidesBy } = contestOf(champion, applicationId);
  if (challenger === undefined || decidesBy === 'Champion') return champion;
  return challengerOf(challenger, catalog);
}

export async function challengerOf(
  { creditPolicyId: id, version }: NonNullable<CreditPolicy['challenger']>,
  catalog: Catalog,
): Promise<CreditPolicy> {
  const policy = await catalog.find({ kind: 'credit-policy', id, version }, CreditPolicy);
  return existing(policy, `version ${version} of credit policy ${id}`);
}
