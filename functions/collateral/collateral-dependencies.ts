import { documentClient, requireEnvironment } from '#platform/clients.ts';
import { DynamoApplications } from '#platform/repositories/applications.ts';
import { DynamoCollaterals } from '#platform/repositories/collaterals.ts';
import { DynamoTasks } from '#platform/repositories/tasks.ts';
import { now } from '#platform/time.ts';

/** What every step about collateral works with. */
export function collateralDependencies() {
  const documents = documentClient();
  return {
    applications: new DynamoApplications(documents, requireEnvironment('APPLICATIONS_TABLE')),
    collaterals: new DynamoCollaterals(documents, requireEnvironment('COLLATERAL_TABLE')),
    tasks: new DynamoTasks(documents, requireEnvironment('TASKS_TABLE')),
    now,
  };
}
