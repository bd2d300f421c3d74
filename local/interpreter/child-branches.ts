import type { Branch, Children } from './branch.ts';
import type { ExecutionRun } from './execution-run.ts';
import { failureToJson, frameOf, settle } from './execution-state.ts';
import type { Failure } from './failures.ts';
import type { JsonObject } from './json.ts';
import { itemsOf, iterationInput } from './map-items.ts';
import { startMapRun } from './map-run.ts';
import type { MapState, ParallelState } from './program.ts';
import { evaluateCount, evaluatePercentage, evaluateTemplate } from './templates.ts';

/** Opens the branches of a Parallel. */
export async function startParallel(
  run: ExecutionRun,
  branch: Branch,
  state: ParallelState,
): Promise<void> {
  const input = state.arguments
    ? await evaluateTemplate(state.arguments, run.bindings(branch))
    : frameOf(branch).input;
  if (run.isLive(branch)) run.event(branch, 'ParallelStateStarted', { hidden: { input } });
}

/** The service runs at most so many iterations of an inline Map at once. */
const INLINE_CONCURRENCY_MAX = 40;

/** Opens a Map: its iterations here when it is inline, its run when it is distributed. */
export async function startMap(run: ExecutionRun, branch: Branch, state: MapState): Promise<void> {
  const bindings = run.bindings(branch);
  if (state.distributed) {
    await startMapRun(run, branch, state);
    return;
  }
  const items = await itemsOf(run, branch, state);
  const concurrencyMax = state.concurrencyMax
    ? await evaluateCount(state.concurrencyMax, bindings, { field: 'MaxConcurrency' })
    : 0;
  // An inline Map fails with its first failed iteration, yet what it says it tolerates must be numbers.
  if (state.toleratedFailureCount)
    await evaluateCount(state.toleratedFailureCount, bindings, { field: 'ToleratedFailureCount' });
  if (state.toleratedFailurePercentage)
    await evaluatePercentage(
      state.toleratedFailurePercentage,
      bindings,
      'ToleratedFailurePercentage',
    );
  if (!run.isLive(branch)) return;
  run.event(branch, 'MapStateStarted', {
    details: { length: items.length },
    hidden: {
      items,
      concurrencyMax: Math.min(concurrencyMax || INLINE_CONCURRENCY_MAX, INLINE_CONCURRENCY_MAX),
    },
  });
}

/** Takes every open branch further and, in a Map, opens as many iterations as may run at once. */
export function driveChildren(run: ExecutionRun, branch: Branch, children: Children): void {
  for (const child of children.branches.values()) run.drive(child);
  if (children.isMap) run.services.track(pump(run, branch, children));
  else if (children.count === 0) closeChildren(run, branch, children);
}

const pumping = new WeakSet<Children>();

async function pump(run: ExecutionRun, branch: Branch, children: Children): Promise<void> {
  if (pumping.has(children)) return;
  pumping.add(children);
  try {
    while (mayOpen(run, branch, children)) await openIteration(run, branch, children);
  } catch (error) {
    if (!isOpen(run, branch, children)) return;
    run.evaluationFailed(branch, error);
    abortChildren(run, children);
    run.drive(branch);
  } finally {
    pumping.delete(children);
  }
  if (isOpen(run, branch, children) && children.doneCount === children.count)
    closeChildren(run, branch, children);
}

function isOpen(run: ExecutionRun, branch: Branch, children: Children): boolean {
  return (
    run.isLive(branch) && branch.phase.kind === 'Children' && branch.phase.children === children
  );
}

function mayOpen(run: ExecutionRun, branch: Branch, children: Children): boolean {
  return (
    isOpen(run, branch, children) &&
    children.nextIndex < children.count &&
    children.branches.size < children.concurrencyMax
  );
}

async function openIteration(run: ExecutionRun, branch: Branch, children: Children): Promise<void> {
  const { state } = frameOf(branch);
  if (state.type !== 'Map') return;
  const index = children.nextIndex;
  const value = children.items[index] ?? null;
  // Without a selector nothing is awaited, so that iterations begin in one go.
  const input = state.itemSelector
    ? await iterationInput(run, branch, { state, index, value })
    : value;
  if (!isOpen(run, branch, children)) return;
  run.event(branch, 'MapIterationStarted', {
    details: { index, name: state.name },
    hidden: { input },
  });
  const child = children.branches.get(index);
  if (child) run.drive(child);
}

function closeChildren(run: ExecutionRun, branch: Branch, children: Children): void {
  const type = children.isMap ? 'MapStateSucceeded' : 'ParallelStateSucceeded';
  run.event(branch, type, { previousId: children.closedId ?? branch.cursor });
  run.drive(branch);
}

/** Passes the end of a branch on to the state that opened it, or ends the execution. */
export function tellParent(run: ExecutionRun, child: Branch): void {
  const { phase, parent } = child;
  if (phase.kind !== 'Done' && phase.kind !== 'Failed') return;
  if (!parent) {
    if (phase.kind === 'Done') run.end('SUCCEEDED', { output: phase.output });
    else run.end('FAILED', phase.failure);
    return;
  }
  if (parent.phase.kind !== 'Children') return;
  const { children } = parent.phase;
  if (phase.kind === 'Failed') fail(run, child, { parent, children, failure: phase.failure });
  else if (children.isMap) {
    iterationEvent(run, child, { parent, type: 'MapIterationSucceeded' });
    run.services.track(pump(run, parent, children));
  } else {
    children.doneCount += 1;
    parent.cursor = child.cursor;
    if (children.doneCount === children.count) closeChildren(run, parent, children);
  }
}

function fail(
  run: ExecutionRun,
  child: Branch,
  given: { parent: Branch; children: Children; failure: Failure },
): void {
  const { parent, children, failure } = given;
  const hidden = failureToJson(failure);
  if (children.isMap) {
    iterationEvent(run, child, { parent, type: 'MapIterationFailed', hidden });
    abortChildren(run, children, child);
  } else {
    // Recorded on AWS: the failed Task of a Parallel is reported aborted too.
    const { phase } = child;
    const isLogged = phase.kind === 'Failed' && phase.isLogged === true;
    if (child.frame?.state.type === 'Task' && !isLogged)
      run.event(child, 'TaskStateAborted', { hidden: { failure: hidden } });
    abortChildren(run, children, child);
    parent.cursor = child.cursor;
    settle(parent, {
      kind: 'Failure',
      failure,
      atMs: run.services.clock.now(),
      isLogged: false,
    });
  }
  run.drive(parent);
}

function iterationEvent(
  run: ExecutionRun,
  child: Branch,
  given: { parent: Branch; type: string; hidden?: JsonObject },
): void {
  run.event(given.parent, given.type, {
    details: { index: child.index, name: frameOf(given.parent).state.name },
    previousId: child.cursor,
    ...(given.hidden && { hidden: given.hidden }),
  });
}

function abortChildren(run: ExecutionRun, children: Children, failed?: Branch): void {
  for (const child of children.branches.values())
    if (child !== failed && child.phase.kind !== 'Done') run.abortBranch(child);
}
