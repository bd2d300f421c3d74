import type { Branch, MapRun } from './branch.ts';
import type { ExecutionRun } from './execution-run.ts';
import { frameOf } from './execution-state.ts';
import { EvaluationFailure, TaskFailure, type Failure } from './failures.ts';
import type { Json, JsonObject } from './json.ts';
import { batchItems, batchSize, itemsOf, iterationInput, readMapItems } from './map-items.ts';
import { mapResults, outputsOf } from './map-results.ts';
import type { DistributedSettings, MapState } from './program.ts';
import type { ExecutionSummary } from './store.ts';
import { evaluateCount, evaluatePercentage } from './templates.ts';

/** The service runs up to 10,000 children at once; one process does better with fewer. */
const CONCURRENCY_MAX = 40;

/** A distributed Map that has settled what it runs over and how. */
interface Plan {
  readonly state: MapState;
  readonly settings: DistributedSettings;
  readonly inputs: readonly Json[];
  /** How many items each input holds: one, or a batch of them. */
  readonly itemCounts: readonly number[];
  readonly limits: Limits;
}

/** How much a map run may do at once, and how many of its items may fail. */
interface Limits {
  readonly concurrencyMax: number;
  readonly toleratedCount: number | undefined;
  readonly toleratedPercentage: number | undefined;
}

/** Opens the map run of a distributed Map. */
export async function startMapRun(
  run: ExecutionRun,
  branch: Branch,
  state: MapState,
): Promise<void> {
  const length = state.distributed?.reader ? 0 : (await itemsOf(run, branch, state)).length;
  // Numbers that cannot be evaluated fail the state before it starts.
  const limits = await limitsOf(run, branch, state);
  if (!run.isLive(branch)) return;
  const { machineName, executionArn } = run.summary;
  run.event(branch, 'MapStateStarted', { details: { length }, hidden: { isDistributed: true } });
  run.event(branch, 'MapRunStarted', {
    details: {
      mapRunArn: run.services.mapRunArn({
        machineName,
        label: labelOf(state),
        attempt: `${executionArn}#${run.attemptOf(branch)}`,
      }),
    },
    // DescribeMapRun tells them.
    hidden: limitsToJson(limits),
  });
}

function labelOf({ name, distributed }: MapState): string {
  return distributed?.label ?? name.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 40);
}

async function limitsOf(run: ExecutionRun, branch: Branch, state: MapState): Promise<Limits> {
  const bindings = run.bindings(branch);
  const { concurrencyMax, toleratedFailureCount, toleratedFailurePercentage } = state;
  return {
    concurrencyMax: concurrencyMax
      ? await evaluateCount(concurrencyMax, bindings, { field: 'MaxConcurrency' })
      : 0,
    toleratedCount:
      toleratedFailureCount &&
      (await evaluateCount(toleratedFailureCount, bindings, { field: 'ToleratedFailureCount' })),
    toleratedPercentage:
      toleratedFailurePercentage &&
      (await evaluatePercentage(
        toleratedFailurePercentage,
        bindings,
        'ToleratedFailurePercentage',
      )),
  };
}

function limitsToJson({ concurrencyMax, toleratedCount, toleratedPercentage }: Limits): JsonObject {
  return {
    maxConcurrency: concurrencyMax,
    toleratedFailureCount: toleratedCount ?? 0,
    toleratedFailurePercentage: toleratedPercentage ?? 0,
  };
}

/** Whether so many failed items end the run: either limit does, and without any the first failure. */
export function isThresholdExceeded(
  failedCount: number,
  itemCount: number,
  { toleratedCount, toleratedPercentage }: Pick<Limits, 'toleratedCount' | 'toleratedPercentage'>,
): boolean {
  if (toleratedCount === undefined && toleratedPercentage === undefined) return failedCount > 0;
  return (
    failedCount > (toleratedCount ?? Number.POSITIVE_INFINITY) ||
    failedCount * 100 > (toleratedPercentage ?? 100) * itemCount
  );
}

/** Runs the children of a map run, or goes on with those a restart left open, and ends it. */
export function driveMapRun(run: ExecutionRun, branch: Branch, mapRun: MapRun): void {
  if (mapRun.value !== undefined) {
    close(run, branch);
    return;
  }
  run.services.track(
    work(run, branch, mapRun).catch((error: unknown) => {
      if (!isOpen(run, branch, mapRun)) return;
      if (error instanceof EvaluationFailure) run.evaluationFailed(branch, error);
      else fail(run, branch, failureOf(error));
      run.drive(branch);
    }),
  );
}

function failureOf(error: unknown): Failure {
  if (error instanceof TaskFailure) return { error: error.error, cause: error.message };
  return { error: 'States.Runtime', cause: String(error) };
}

async function work(run: ExecutionRun, branch: Branch, mapRun: MapRun): Promise<void> {
  const plan = await planOf(run, branch);
  const outcome = await runChildren(run, branch, { mapRun, plan });
  if (!outcome || !isOpen(run, branch, mapRun)) return;
  const { children, isExceeded } = outcome;
  if (isExceeded)
    throw new TaskFailure(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  const value = plan.settings.writer
    ? await mapResults(run, branch, { writer: plan.settings.writer, mapRun, children })
    : outputsOf(children);
  if (!isOpen(run, branch, mapRun)) return;
  run.event(branch, 'MapRunSucceeded', { hidden: { value } });
  close(run, branch);
}

async function planOf(run: ExecutionRun, branch: Branch): Promise<Plan> {
  const { state } = frameOf(branch);
  if (state.type !== 'Map' || !state.distributed)
    throw new Error(`${state.name} is not distributed`);
  const settings = state.distributed;
  const items = settings.reader
    ? await readMapItems(run, branch, settings.reader)
    : await itemsOf(run, branch, state);
  const selected: Json[] = [];
  for (const [index, value] of items.entries())
    selected.push(await iterationInput(run, branch, { state, index, value }));
  const inputs = settings.batcher
    ? await batchItems(run, branch, { batcher: settings.batcher, items: selected })
    : selected;
  const itemCounts = inputs.map((input) => (settings.batcher ? batchSize(input) : 1));
  return { state, settings, inputs, itemCounts, limits: await limitsOf(run, branch, state) };
}

/** Runs one execution per input; undefined when the run was called off meanwhile. */
async function runChildren(
  run: ExecutionRun,
  branch: Branch,
  { mapRun, plan }: { mapRun: MapRun; plan: Plan },
): Promise<{ children: ExecutionSummary[]; isExceeded: boolean } | undefined> {
  const children: ExecutionSummary[] = [];
  let nextIndex = 0;
  let failedCount = 0;
  const itemCount = plan.itemCounts.reduce((sum, count) => sum + count, 0);
  run.note(branch, 'MapRunPlanned', { itemCount, executionCount: plan.inputs.length });
  const isExceeded = (): boolean => isThresholdExceeded(failedCount, itemCount, plan.limits);
  const lane = async (): Promise<void> => {
    while (nextIndex < plan.inputs.length && !isExceeded()) {
      if (!isOpen(run, branch, mapRun)) return;
      const index = nextIndex;
      nextIndex += 1;
      const child = await runChild(run, { mapRun, plan, index });
      children[index] = child;
      if (child.status === 'SUCCEEDED') continue;
      // The items of a batch that failed have all failed.
      failedCount += plan.itemCounts[index] ?? 1;
      if (isExceeded()) for (const open of mapRun.openChildren) run.services.stopNested(open);
    }
  };
  const { concurrencyMax } = plan.limits;
  const lanes = Math.min(concurrencyMax || CONCURRENCY_MAX, CONCURRENCY_MAX, plan.inputs.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return isOpen(run, branch, mapRun) ? { children, isExceeded: isExceeded() } : undefined;
}

async function runChild(
  run: ExecutionRun,
  { mapRun, plan, index }: { mapRun: MapRun; plan: Plan; index: number },
): Promise<ExecutionSummary> {
  const { stateMachineArn } = run.summary;
  const start = { action: 'states:StartExecution', resource: stateMachineArn };
  run.services.ports.demand?.({ stateMachineArn, ...start });
  const child = await run.services.startMapChild({
    mapRunArn: mapRun.arn,
    parent: run.summary,
    definition: plan.settings.definition,
    type: plan.settings.executionType,
    index,
    input: plan.inputs[index] ?? null,
    label: labelOf(plan.state),
  });
  mapRun.openChildren.add(child.executionArn);
  const { redrivenAtMs } = mapRun;
  const isOld = redrivenAtMs !== undefined && (child.stoppedAtMs ?? Infinity) <= redrivenAtMs;
  if (isOld && child.status !== 'SUCCEEDED') await run.services.redriveMapChild(child.executionArn);
  try {
    return await run.services.whenEnded(child.executionArn);
  } finally {
    mapRun.openChildren.delete(child.executionArn);
  }
}

function fail(run: ExecutionRun, branch: Branch, { error, cause }: Failure): void {
  const details: JsonObject = {
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
  run.event(branch, 'MapRunFailed', { details, hidden: details });
}

/** Recorded on AWS: the state's exit follows the start of the run, its success the end of the run. */
function close(run: ExecutionRun, branch: Branch): void {
  run.event(branch, 'MapStateSucceeded', { previousId: run.state.lastEventId });
  run.drive(branch);
}

function isOpen(run: ExecutionRun, branch: Branch, mapRun: MapRun): boolean {
  return run.isLive(branch) && branch.phase.kind === 'MapRun' && branch.phase.run === mapRun;
}
