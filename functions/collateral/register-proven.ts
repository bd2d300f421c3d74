import { registerCollateral } from '#domain/collateral/collateral.ts';
import { proofIn } from '#domain/collateral/collateral-task.ts';
import type { Collaterals } from '#domain/collateral/ports.ts';
import { applicationOf, type Task } from '#domain/tasks/task.ts';

/** Records every registration that a decided task proves; what is recorded already is left alone. */
export async function registerProven(task: Task, collaterals: Collaterals): Promise<void> {
  for (const record of await collaterals.list(applicationOf(task))) {
    const proof = proofIn(task, record.collateralId);
    if (record.status !== 'Pledged' || proof === undefined) continue;
    await collaterals.replace(registerCollateral(record, proof));
  }
}
