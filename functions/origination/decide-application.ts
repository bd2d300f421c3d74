import * as z from 'zod';
import { recordDecision } from '#domain/applications/advance-application.ts';
import type { Application, Decision } from '#domain/applications/application.ts';
import {
  type Applications,
  type PersonalDataVault,
  sealedSubjectOf,
} from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { RuleSet } from '#domain/catalog/rule-set.ts';
import { Scorecard } from '#domain/catalog/scorecard.ts';
import { businessDateOf } from '#domain/shared/calendar.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { decideApplication } from '#domain/underwriting/decide-application.ts';
import { existing } from '#platform/existing.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';
import { lenderAndPolicy, pinnedProduct } from './origination-catalog.ts';
import { stepDependencies } from './origination-dependencies.ts';

export const DecideApplicationInput = z.object({ applicationId: ApplicationId });

export interface DecideApplicationDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/** Decides by the rules and the scorecard in force, once. */
export async function runDecideApplication(
  { applicationId }: z.infer<typeof DecideApplicationInput>,
  dependencies: DecideApplicationDependencies,
): Promise<{ outcome: Decision['outcome'] }> {
  const { applications } = dependencies;
  const application = await openApplication(applications, applicationId);
  if (application.status === 'AwaitingApproval') return { outcome: 'Referred' };
  if (application.status !== 'CreditChecked') return { outcome: 'Approved' };
  const decision = await decide(application, dependencies);
  await storeApplication(applications, recordDecision(application, decision));
  return { outcome: decision.outcome };
}

async function decide(
  application: Application,
  { catalog, vault, now }: DecideApplicationDependencies,
): Promise<Decision> {
  const product = await pinnedProduct(catalog, application);
  const { ruleSetId, scorecardId } = product;
  const [ruleSet, scorecard, { funder, policyPack }, { applicant }] = await Promise.all([
    catalog.find({ kind: 'rule-set', id: ruleSetId }, RuleSet),
    catalog.find({ kind: 'scorecard', id: scorecardId }, Scorecard),
    lenderAndPolicy(catalog),
    vault.open(application.pii, sealedSubjectOf(application)),
  ]);
  const decidedAt = now();
  return decideApplication({
    application,
    applicant,
    product,
    ruleSet: existing(ruleSet, `rule set ${ruleSetId}`),
    scorecard: existing(scorecard, `scorecard ${scorecardId}`),
    policyPack,
    lenderType: funder.lenderType,
    date: businessDateOf(decidedAt.getTime()),
    at: decidedAt.toISOString(),
  });
}

export const handler = workflowTask({
  input: DecideApplicationInput,
  dependencies: stepDependencies,
  run: runDecideApplication,
});
