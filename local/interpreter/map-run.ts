import type { Branch, MapRun } from './branch.ts';
import type { ExecutionRun } from './execution-run.ts';
import { frameOf } from './execution-state.ts';
import { EvaluationFailure, TaskFailure, type Failure } from './failures.ts';
import type { Json, JsonObject } from './json.ts';
import { batchItems, itemsOf, iterationInput, readMapItems } from './map-items.ts';
import { writeMapResults } from './map-results.ts';
import type { DistributedSettings, MapState } from './program.ts';
import type { ExecutionSummary } from './store.ts';
import { anInteger, aNumber, evaluateTyped, type Template } from './templates.ts';

/** The service runs up to 10,000 children at once; one process does better with fewer. */
const CONCURRENCY_MAX = 40;

/** A distributed Map that has settled what it runs over and how. */
interface Plan {
  readonly state: MapState;
  readonly settings: DistributedSettings;
  readonly inputs: readonly Json[];
  readonly concurrencyMax: number;
  readonly toleratedCount: number;
}

/** Opens the map run of a distributed Map. */
export async function startMapRun(
  run: ExecutionRun,
  branch: Branch,
  state: MapState,
): Promise<void> {
  const length = state.distributed?.reader ? 0 : (await itemsOf(run, branch, state)).length;
  // Numbers that cannot be evaluated fail the state before it starts.
  await limitsOf(run, branch, { state, itemCount: length });
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
  });
}

function labelOf({ name, distributed }: MapState): string {
  return distributed?.label ?? name.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 40);
}

async function limitsOf(
  run: ExecutionRun,
  branch: Branch,
  { state, itemCount }: { state: MapState; itemCount: number },
): Promise<{ concurrencyMax: number; toleratedCount: number }> {
  const bindings = run.bindings(branch);
  const number = async (template: Template | undefined): Promise<number> =>
    template ? evaluateTyped(template, bindings, aNumber) : 0;
  const concurrency = state.concurrencyMax
    ? await evaluateTyped(state.concurrencyMax, bindings, anInteger)
    : 0;
  const count = await number(state.toleratedFailureCount);
  const percentage = await number(state.toleratedFailurePercentage);
  return {
    concurrencyMax: Math.min(concurrency === 0 ? CONCURRENCY_MAX : concurrency, CONCURRENCY_MAX),
    toleratedCount: Math.max(count, Math.floor((percentage * itemCount) / 100)),
  };
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
  const children = await runChildren(run, branch, { mapRun, plan });
  if (!children || !isOpen(run, branch, mapRun)) return;
  const failedCount = children.filter(({ status }) => status !== 'SUCCEEDED').length;
  if (failedCount > plan.toleratedCount)
    throw new TaskFailure(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  const value = plan.settings.writer
    ? await writeMapResults(run, branch, { writer: plan.settings.writer, mapRun, children })
    : children.flatMap((child) => (child.status === 'SUCCEEDED' ? [child.output ?? null] : []));
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
  const limits = await limitsOf(run, branch, { state, itemCount: items.length });
  return { state, settings, inputs, ...limits };
}

/** Runs one execution per input; undefined when the run was called off meanwhile. */
async function runChildren(
  run: ExecutionRun,
  branch: Branch,
  { mapRun, plan }: { mapRun: MapRun; plan: Plan },
): Promise<ExecutionSummary[] | undefined> {
  const children: ExecutionSummary[] = [];
  let nextIndex = 0;
  let failedCount = 0;
  const lane = async (): Promise<void> => {
    while (nextIndex < plan.inputs.length && failedCount <= plan.toleratedCount) {
      if (!isOpen(run, branch, mapRun)) return;
      const index = nextIndex;
      nextIndex += 1;
      const child = await runChild(run, { mapRun, plan, index });
      children[index] = child;
      if (child.status !== 'SUCCEEDED') failedCount += 1;
      if (failedCount > plan.toleratedCount)
        for (const open of mapRun.openChildren) run.services.stopNested(open);
    }
  };
  const lanes = Math.min(plan.concurrencyMax, plan.inputs.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return isOpen(run, branch, mapRun) ? children : undefined;
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
