import * as z from 'zod';
import { recordDecision } from '#domain/applications/advance-application.ts';
import type { Decision } from '#domain/applications/application.ts';
import type { Applications, PersonalDataVault } from '#domain/applications/ports.ts';
import type { Catalog } from '#domain/catalog/ports.ts';
import { ApplicationId } from '#domain/shared/primitives.ts';
import { contestOf } from '#domain/underwriting/challenge.ts';
import { decideByPolicy, type DecisionSetting } from '#domain/underwriting/decide-by-policy.ts';
import type { DecisionInputs } from '#domain/underwriting/decision-inputs.ts';
import { decisionOf } from '#domain/underwriting/decision-of.ts';
import type { Decisions } from '#domain/underwriting/decision-ports.ts';
import { recordOf, shadowRecordOf } from '#domain/underwriting/decision-record.ts';
import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoDecisions } from '#platform/repositories/decisions.ts';
import { storeApplication } from '#platform/store-application.ts';
import { workflowTask } from '#platform/workflow-task.ts';
import { openApplication } from './open-application.ts';
import { stepDependencies } from './origination-dependencies.ts';
import { challengerOf, readCase } from './read-case.ts';

export const DecideApplicationInput = z.object({ applicationId: ApplicationId });

export interface DecideApplicationDependencies {
  readonly applications: Applications;
  readonly catalog: Catalog;
  readonly decisions: Decisions;
  readonly vault: PersonalDataVault;
  readonly now: () => Date;
}

/** Decides by the policy in force when the application came, once, and keeps what it was decided from. */
export async function runDecideApplication(
  { applicationId }: z.infer<typeof DecideApplicationInput>,
  dependencies: DecideApplicationDependencies,
): Promise<{ outcome: Decision['outcome'] }> {
  const { applications } = dependencies;
  const application = await openApplication(applications, applicationId);
  if (application.status === 'AwaitingApproval') return { outcome: 'Referred' };
  if (application.status !== 'CreditChecked') return { outcome: 'Approved' };
  const { inputs, ...setting } = await readCase(application, dependencies);
  const decision = await decide(inputs, setting, dependencies);
  await storeApplication(applications, recordDecision(application, decision));
  return { outcome: decision.outcome };
}

/** The records first: an application that is decided always has them, however often the step is repeated. */
async function decide(
  inputs: DecisionInputs,
  setting: DecisionSetting,
  { catalog, decisions }: DecideApplicationDependencies,
): Promise<Decision> {
  const { challenger, creditPolicyId } = setting.policy;
  const { decidesBy, isShadowed } = contestOf(setting.policy, inputs.applicationId);
  const champion = decideByPolicy(inputs, setting);
  if (challenger === undefined || !isShadowed) {
    await decisions.save(recordOf(inputs, champion, creditPolicyId));
    return decisionOf(inputs, champion);
  }
  const policy = await challengerOf(challenger, catalog);
  const other = decideByPolicy(inputs, { ...setting, policy });
  const isChampion = decidesBy === 'Champion';
  const [real, shadow] = isChampion ? [champion, other] : [other, champion];
  const contest = { creditPolicyId, counted: real, isChampion };
  await Promise.all([
    decisions.save(recordOf(inputs, real, creditPolicyId)),
    decisions.save(shadowRecordOf(inputs, shadow, contest)),
  ]);
  return decisionOf(inputs, real);
}

export const handler = workflowTask({
  input: DecideApplicationInput,
  dependencies: () => ({
    ...stepDependencies(),
    decisions: new DynamoDecisions(documentClient(), requireEnvironment('DECISIONS_TABLE')),
  }),
  run: runDecideApplication,
});
