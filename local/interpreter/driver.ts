import type { Branch } from './branch.ts';
import { driveChildren, startMap, startParallel, tellParent } from './child-branches.ts';
import type { ExecutionRun } from './execution-run.ts';
import { causeIn } from './execution-run.ts';
import { frameOf, settle, failureToJson } from './execution-state.ts';
import { errorOutput, matches, stateTooLarge, type Failure } from './failures.ts';
import { jsonSize, PAYLOAD_BYTES_MAX, type Json, type JsonObject } from './json.ts';
import { driveMapRun } from './map-run.ts';
import type { Catcher, ChoiceState, FailState, State, WaitState } from './program.ts';
import { retryDelayMs } from './retry-delays.ts';
import { callTask, scheduleTask } from './task-calls.ts';
import {
  aBoolean,
  aString,
  evaluateCount,
  evaluateTemplate,
  evaluateTyped,
  type Template,
} from './templates.ts';
import { instantOf } from './timestamps.ts';

/** Takes a branch as far as it goes by itself: to its end, or to something it must wait for. */
export async function drive(run: ExecutionRun, branch: Branch): Promise<void> {
  while (run.isLive(branch)) {
    const { phase } = branch;
    switch (phase.kind) {
      case 'Enter':
        enter(run, branch, phase);
        break;
      case 'Begin':
        await begin(run, branch);
        break;
      case 'Result':
        await finish(run, branch, phase.value);
        break;
      case 'Failure':
        await handleFailure(run, branch, phase);
        break;
      case 'Waiting':
        wakeAt(phase.dueAtMs, { run, branch }, () => finish(run, branch, frameOf(branch).input));
        return;
      case 'Retry':
        wakeAt(phase.dueAtMs, { run, branch }, () => {
          settle(branch, { kind: 'Begin' });
          reportTransition(run, branch, true);
          return Promise.resolve();
        });
        return;
      case 'Task':
        callTask(run, branch, phase.call);
        return;
      case 'Children':
        driveChildren(run, branch, phase.children);
        return;
      case 'MapRun':
        driveMapRun(run, branch, phase.run);
        return;
      case 'Done':
      case 'Failed':
        tellParent(run, branch);
        return;
    }
    if (branch.phase === phase) return;
  }
}

function wakeAt(
  dueAtMs: number,
  { run, branch }: { run: ExecutionRun; branch: Branch },
  work: () => Promise<void>,
): void {
  const { phase } = branch;
  branch.cancel?.();
  branch.cancel = run.services.clock.at(dueAtMs, () => {
    if (branch.phase !== phase || !run.isLive(branch)) return;
    run.drive(branch, work);
  });
}

function enter(
  run: ExecutionRun,
  branch: Branch,
  { state, input }: { state: string; input: Json },
): void {
  const next = branch.program.states.get(state);
  if (!next) {
    const failure = { error: 'States.Runtime', cause: `no state ${state}` };
    settle(branch, { kind: 'Failed', failure });
    return;
  }
  run.event(branch, `${next.type}StateEntered`, { details: { name: state, input } });
  reportTransition(run, branch, false);
}

/** A retry is billed as a transition too. */
function reportTransition(run: ExecutionRun, branch: Branch, isRetry: boolean): void {
  const { state } = frameOf(branch);
  run.services.ports.onTransition?.({
    stateMachineArn: run.summary.stateMachineArn,
    executionArn: run.summary.executionArn,
    state: state.name,
    stateType: state.type,
    isRetry,
  });
}

/** Runs `work`; what cannot be evaluated fails the state. */
async function evaluating(
  run: ExecutionRun,
  branch: Branch,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (run.isLive(branch)) run.evaluationFailed(branch, error);
  }
}

async function begin(run: ExecutionRun, branch: Branch): Promise<void> {
  const { state } = frameOf(branch);
  await evaluating(run, branch, async () => {
    switch (state.type) {
      case 'Pass':
      case 'Succeed':
        await exit(run, branch, { ...state, result: undefined });
        return;
      case 'Fail':
        settle(branch, { kind: 'Failed', failure: await failureOf(run, branch, state) });
        return;
      case 'Wait':
        await wait(run, branch, state);
        return;
      case 'Choice':
        await choose(run, branch, state);
        return;
      case 'Task':
        await scheduleTask(run, branch, state);
        return;
      case 'Parallel':
        await startParallel(run, branch, state);
        return;
      case 'Map':
        await startMap(run, branch, state);
        return;
    }
  });
}

async function failureOf(run: ExecutionRun, branch: Branch, state: FailState): Promise<Failure> {
  const bindings = run.bindings(branch);
  const error = state.error && (await evaluateTyped(state.error, bindings, aString));
  const cause = state.cause && (await evaluateTyped(state.cause, bindings, aString));
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

async function wait(run: ExecutionRun, branch: Branch, state: WaitState): Promise<void> {
  const { enteredAtMs } = frameOf(branch);
  const bindings = run.bindings(branch);
  let dueAtMs = enteredAtMs;
  if (state.timestamp)
    dueAtMs = instantOf(await evaluateTyped(state.timestamp, bindings, aString), 'Timestamp');
  else if (state.seconds)
    dueAtMs += (await evaluateCount(state.seconds, bindings, { field: 'Seconds' })) * 1000;
  if (dueAtMs <= run.services.clock.now()) await finish(run, branch, frameOf(branch).input);
  else run.note(branch, 'Waiting', { dueAtMs });
}

async function choose(run: ExecutionRun, branch: Branch, state: ChoiceState): Promise<void> {
  const bindings = run.bindings(branch);
  for (const rule of state.rules)
    if (await evaluateTyped(rule.condition, bindings, aBoolean)) {
      await exit(run, branch, { ...rule, result: undefined });
      return;
    }
  if (state.defaultNext !== undefined) {
    await exit(run, branch, { ...state, next: state.defaultNext, result: undefined });
    return;
  }
  const failure = {
    // Documented as States.NoChoiceMatched; the service itself says States.Runtime, which nothing catches.
    error: 'States.Runtime',
    cause: causeIn(
      frameOf(branch),
      `Failed to transition out of the state. The state does not point to a next state.`,
    ),
  };
  settle(branch, { kind: 'Failed', failure });
}

/** Ends the present state with `result`, on its normal way. */
async function finish(run: ExecutionRun, branch: Branch, result: Json): Promise<void> {
  const { state } = frameOf(branch);
  const hasResult = state.type === 'Task' || state.type === 'Map' || state.type === 'Parallel';
  await evaluating(run, branch, () =>
    exit(run, branch, { ...state, result: hasResult ? result : undefined }),
  );
}

/** How a state is left. */
interface Exit {
  readonly next: string | undefined;
  readonly assign: State['assign'];
  readonly output: Template | undefined;
  readonly result: Json | undefined;
  readonly errorOutput?: JsonObject;
}

async function exit(run: ExecutionRun, branch: Branch, way: Exit): Promise<void> {
  const frame = frameOf(branch);
  const bindings = run.bindings(branch, {
    ...(way.result !== undefined && { result: way.result }),
    ...(way.errorOutput && { errorOutput: way.errorOutput }),
  });
  const assigned: Record<string, Json> = {};
  // Every expression sees the variables as they were before the state.
  for (const [name, template] of way.assign)
    assigned[name] = await evaluateTemplate(template, bindings);
  const output = way.output
    ? await evaluateTemplate(way.output, bindings)
    : (way.errorOutput ?? way.result ?? frame.input);
  if (!run.isLive(branch) || branch.frame !== frame) return;
  // Only what is new can be larger than what was let in.
  const isNew =
    way.output !== undefined || (way.result !== undefined && frame.state.type !== 'Task');
  if ((isNew && jsonSize(output) > PAYLOAD_BYTES_MAX) || areTooLarge(branch, assigned)) {
    settle(branch, {
      kind: 'Failure',
      failure: stateTooLarge(frame.state.name),
      atMs: run.services.clock.now(),
      isLogged: true,
    });
    return;
  }
  run.event(branch, `${frame.state.type}StateExited`, {
    details: {
      name: frame.state.name,
      output,
      ...(way.assign.length > 0 && { assignedVariables: assigned }),
    },
    ...(way.next !== undefined && { hidden: { next: way.next } }),
  });
}

/** One state may assign 256 KiB, an execution's variables may hold 10 MiB together. */
const VARIABLES_BYTES_MAX = 10 * 1024 * 1024;

function areTooLarge({ variables }: Branch, assigned: JsonObject): boolean {
  if (Object.keys(assigned).length === 0) return false;
  if (jsonSize(assigned) > PAYLOAD_BYTES_MAX) return true;
  // Fewer variables than 40 cannot hold so much, and measuring them at every state would be waste.
  const all = { ...variables, ...assigned };
  return Object.keys(all).length >= 40 && jsonSize(all) > VARIABLES_BYTES_MAX;
}

async function handleFailure(
  run: ExecutionRun,
  branch: Branch,
  { failure, isLogged, atMs }: { failure: Failure; isLogged: boolean; atMs: number },
): Promise<void> {
  const { state } = frameOf(branch);
  if (!isLogged && retries(run, branch, { failure, atMs })) return;
  if (!isLogged && (state.type === 'Map' || state.type === 'Parallel')) {
    run.event(branch, `${state.type}StateFailed`, { hidden: failureToJson(failure) });
    return;
  }
  const catcher = state.catchers.find(({ errorEquals }) => matches(failure, errorEquals));
  if (catcher) await catchFailure(run, branch, { catcher, failure });
  else settle(branch, { kind: 'Failed', failure });
}

async function catchFailure(
  run: ExecutionRun,
  branch: Branch,
  { catcher, failure }: { catcher: Catcher; failure: Failure },
): Promise<void> {
  try {
    await exit(run, branch, {
      ...catcher,
      result: undefined,
      errorOutput: { ...errorOutput(failure) },
    });
  } catch (error) {
    if (!run.isLive(branch)) return;
    run.evaluationFailed(branch, error);
    // What fails while catching is not caught again: it would fail again.
    const { phase } = branch;
    if (phase.kind === 'Failure') settle(branch, { kind: 'Failed', failure: phase.failure });
  }
}

function retries(
  run: ExecutionRun,
  branch: Branch,
  { failure, atMs }: { failure: Failure; atMs: number },
): boolean {
  const { state, retries: used } = frameOf(branch);
  const index = state.retriers.findIndex(({ errorEquals }) => matches(failure, errorEquals));
  const retrier = state.retriers[index];
  if (!retrier) return false;
  const attempt = used[index] ?? 0;
  if (attempt >= retrier.attemptsMax) return false;
  const dueAtMs = atMs + retryDelayMs(retrier, attempt, run.services.random);
  run.note(branch, 'Retry', { retrier: index, dueAtMs });
  return true;
}
