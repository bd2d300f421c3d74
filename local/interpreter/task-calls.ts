import type { Branch, TaskCall } from './branch.ts';
import type { ExecutionRun } from './execution-run.ts';
import { frameOf, settle } from './execution-state.ts';
import { stateTooLarge, TaskFailure, type Failure } from './failures.ts';
import { callIntegration, failureOfCall, nestedResult } from './integrations.ts';
import { jsonSize, PAYLOAD_BYTES_MAX, type Json, type JsonObject } from './json.ts';
import type { TaskState } from './program.ts';
import type { Resource } from './resources.ts';
import { aString, evaluateCount, evaluateTemplate, evaluateTyped } from './templates.ts';

/** Works out what a Task is called with and writes that it is about to be called. */
export async function scheduleTask(
  run: ExecutionRun,
  branch: Branch,
  state: TaskState,
): Promise<void> {
  const bindings = run.bindings(branch);
  const parameters = state.arguments
    ? await evaluateTemplate(state.arguments, bindings)
    : frameOf(branch).input;
  const timeout =
    state.timeoutSeconds &&
    (await evaluateCount(state.timeoutSeconds, bindings, { field: 'TimeoutSeconds', min: 1 }));
  const heartbeat =
    state.heartbeatSeconds &&
    (await evaluateCount(state.heartbeatSeconds, bindings, { field: 'HeartbeatSeconds', min: 1 }));
  const roleArn =
    state.credentialsRoleArn && (await evaluateTyped(state.credentialsRoleArn, bindings, aString));
  if (!run.isLive(branch)) return;
  if (state.arguments && jsonSize(parameters) > PAYLOAD_BYTES_MAX) {
    settle(branch, {
      kind: 'Failure',
      failure: stateTooLarge(state.name),
      atMs: run.services.clock.now(),
      isLogged: true,
    });
    return;
  }
  const { resource } = state;
  const rest: JsonObject = {
    ...(timeout !== undefined && { timeoutInSeconds: timeout }),
    ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
    ...(roleArn !== undefined && { taskCredentials: { roleArn } }),
  };
  if (resource.kind === 'Service') {
    const { region } = run.services;
    const { fullAction, service } = resource;
    run.event(branch, 'TaskScheduled', {
      details: { parameters, region, resource: fullAction, resourceType: service, ...rest },
    });
    return;
  }
  const prefix = eventPrefix(resource);
  run.event(branch, `${prefix}Scheduled`, {
    details: { input: parameters, resource: resource.arn, ...rest },
  });
}

/** Calls a scheduled task, or goes on waiting for the answer of one that was called before a restart. */
export function callTask(run: ExecutionRun, branch: Branch, call: TaskCall): void {
  const state = taskStateOf(branch);
  const { resource } = state;
  armDeadlines(run, branch, call);
  if (resource.kind === 'Activity') {
    if (call.isStarted) return;
    run.services.offerActivity({
      activityArn: resource.arn,
      executionArn: run.summary.executionArn,
      branch,
      taskToken: run.tokenOf(branch),
      input: call.parameters,
    });
    return;
  }
  if (!call.isStarted)
    run.event(branch, `${eventPrefix(resource)}Started`, { details: namesOf(resource) });
  if (!call.isSubmitted) run.services.track(perform(run, branch, call));
  else if (isSync(resource)) awaitNested(run, branch, call);
}

function armDeadlines(run: ExecutionRun, branch: Branch, call: TaskCall): void {
  branch.cancel?.();
  const { clock } = run.services;
  const cancels: (() => void)[] = [];
  // A function called again after a restart has its full time again; what waits for somebody keeps its deadline.
  const fromMs = isAnsweredAtOnce(taskStateOf(branch).resource) ? clock.now() : call.scheduledAtMs;
  if (call.timeoutSeconds !== undefined)
    cancels.push(
      clock.at(fromMs + call.timeoutSeconds * 1000, () => {
        timeOut(run, branch, { call, isHeartbeat: false });
      }),
    );
  if (call.heartbeatSeconds !== undefined)
    cancels.push(
      clock.at(call.lastHeartbeatAtMs + call.heartbeatSeconds * 1000, () => {
        timeOut(run, branch, { call, isHeartbeat: true });
      }),
    );
  branch.cancel = () => {
    for (const cancel of cancels) cancel();
  };
}

function timeOut(
  run: ExecutionRun,
  branch: Branch,
  given: { call: TaskCall; isHeartbeat: boolean },
): void {
  if (!isWaitingFor(run, branch, given.call)) return;
  const { resource } = taskStateOf(branch);
  if (given.call.childArn !== undefined) run.services.stopNested(given.call.childArn);
  run.event(branch, `${eventPrefix(resource)}TimedOut`, {
    details: { error: 'States.Timeout', ...namesOf(resource) },
    ...(given.isHeartbeat && { hidden: { isHeartbeat: true } }),
  });
  run.drive(branch);
}

/** Takes a heartbeat: the task has its full heartbeat time again. */
export function beat(run: ExecutionRun, branch: Branch, call: TaskCall): void {
  run.note(branch, 'Heartbeat', {});
  armDeadlines(run, branch, call);
}

async function perform(run: ExecutionRun, branch: Branch, call: TaskCall): Promise<void> {
  // Nothing outside may happen before the journal says that it was about to.
  await run.journal.durable();
  if (!isWaitingFor(run, branch, call)) return;
  const state = taskStateOf(branch);
  const { resource } = state;
  if (resource.kind === 'Activity') return;
  try {
    const answer = await callIntegration(run.services, {
      resource,
      parameters: call.parameters,
      stateMachineArn: run.summary.stateMachineArn,
      startedBy: `${run.summary.executionArn}#${run.attemptOf(branch)}`,
    });
    if (!isWaitingFor(run, branch, call)) return;
    if (isAnsweredAtOnce(resource)) succeed(run, branch, answer.output);
    else submit(run, branch, { call, resource, ...answer });
  } catch (error) {
    if (isWaitingFor(run, branch, call)) fail(run, branch, failureOfCall(error, resource));
  }
}

function submit(
  run: ExecutionRun,
  branch: Branch,
  given: { call: TaskCall; resource: Resource; output: Json; childArn?: string },
): void {
  const { call, resource, output, childArn } = given;
  run.event(branch, 'TaskSubmitted', {
    details: { output, ...namesOf(resource) },
    ...(childArn !== undefined && isSync(resource) && { hidden: { childArn } }),
  });
  if (isSync(resource)) awaitNested(run, branch, call);
}

function awaitNested(run: ExecutionRun, branch: Branch, call: TaskCall): void {
  const { resource } = taskStateOf(branch);
  if (call.childArn === undefined || resource.kind !== 'Service') return;
  const { pattern } = resource;
  void run.services.whenEnded(call.childArn).then((child) => {
    if (!isWaitingFor(run, branch, call)) return;
    const { output, failure } = nestedResult(child, pattern);
    if (failure) fail(run, branch, failure);
    else succeed(run, branch, output);
  });
}

/** Ends the present task well; too large a result is a failure that catchers may catch. */
export function succeed(run: ExecutionRun, branch: Branch, output: Json): void {
  const { resource } = taskStateOf(branch);
  if (jsonSize(output) > PAYLOAD_BYTES_MAX) {
    fail(run, branch, {
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${resource.kind === 'Service' ? resource.service : resource.arn}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
    return;
  }
  run.event(branch, `${eventPrefix(resource)}Succeeded`, {
    details: { output, ...namesOf(resource) },
  });
  run.drive(branch);
}

/** Ends the present task badly. */
export function fail(run: ExecutionRun, branch: Branch, failure: Failure): void {
  const { resource } = taskStateOf(branch);
  const { error, cause } = failure;
  run.event(branch, `${eventPrefix(resource)}Failed`, {
    details: {
      ...(cause !== undefined && { cause }),
      ...(error !== undefined && { error }),
      ...namesOf(resource),
    },
  });
  run.drive(branch);
}

/** Whether `branch` still waits for the answer to `call`. */
export function isWaitingFor(run: ExecutionRun, branch: Branch, call: TaskCall): boolean {
  return run.isLive(branch) && branch.phase.kind === 'Task' && branch.phase.call === call;
}

function taskStateOf(branch: Branch): TaskState {
  const { state } = frameOf(branch);
  if (state.type !== 'Task') throw new TaskFailure('States.Runtime', `${state.name} is not a Task`);
  return state;
}

function isAnsweredAtOnce(resource: Resource): boolean {
  return (
    resource.kind === 'Function' ||
    (resource.kind === 'Service' && resource.pattern === 'RequestResponse')
  );
}

function isSync(resource: Resource): boolean {
  return (
    resource.kind === 'Service' && (resource.pattern === 'Sync' || resource.pattern === 'Sync2')
  );
}

function eventPrefix(resource: Resource): string {
  if (resource.kind === 'Function') return 'LambdaFunction';
  return resource.kind === 'Activity' ? 'Activity' : 'Task';
}

function namesOf(resource: Resource): JsonObject {
  if (resource.kind !== 'Service') return {};
  return { resource: resource.fullAction, resourceType: resource.service };
}
