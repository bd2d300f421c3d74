import { randomUUID } from 'node:crypto';
import { TaskFailure } from './failures.ts';
import { isJsonObject, textOf, type Json } from './json.ts';
import type { MapChild, NestedRequest } from './services.ts';
import type { Startable } from './publications.ts';
import type { ExecutionSummary } from './store.ts';

/** What a nested execution is started with. */
export interface NestedStart {
  readonly machine: Startable;
  readonly name: string;
  readonly input: Json;
}

/** Reads the arguments of `states:startExecution`. */
export function nestedSummary(
  { parameters, startedBy }: NestedRequest,
  world: {
    find(arn: string): Startable | undefined;
    uuidOf(text: string): string;
  },
): NestedStart {
  const given = isJsonObject(parameters) ? parameters : {};
  const arn = textOf(given['StateMachineArn']);
  const machine = world.find(arn);
  if (!machine)
    throw sdkFailure('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  const name = given['Name'];
  return {
    machine,
    // Without a name the task itself names its child, so that a second try finds the first one's.
    name: typeof name === 'string' ? name : world.uuidOf(startedBy),
    input: given['Input'] ?? {},
  };
}

/** A refusal of the service's own API, as a task sees it. */
export function sdkFailure(type: string, message: string): TaskFailure {
  return new TaskFailure(
    `StepFunctions.${type}Exception`,
    `${message} (Service: AWSStepFunctions; Status Code: 400; Error Code: ${type}; Request ID: ${randomUUID()}; Proxy: null)`,
  );
}

/** One item of a distributed Map as an execution of its own. */
export function mapChildSummary(
  child: MapChild,
  given: { executionArn: string; name: string; definitionHash: string },
): Omit<ExecutionSummary, 'startedAtMs'> {
  const { parent, mapRunArn } = child;
  return {
    ...given,
    stateMachineArn: `${parent.stateMachineArn}/${child.label}`,
    machineName: `${parent.machineName}/${child.label}`,
    machineType: child.type,
    roleArn: parent.roleArn,
    input: child.input,
    status: 'RUNNING',
    redriveCount: 0,
    startedBy: mapRunArn,
    mapRunArn,
  };
}
