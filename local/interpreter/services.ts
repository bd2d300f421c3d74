import type { Clock } from '../clock.ts';
import type { Branch } from './branch.ts';
import type { Json, JsonObject } from './json.ts';
import type { ExecutionSummary } from './store.ts';

/** What an execution needs from the engine around it. */
export interface Services {
  readonly ports: Ports;
  readonly clock: Clock;
  /** `$now` and `$millis` on the platform's clock. */
  readonly clockFunctions: Readonly<Record<string, unknown>>;
  readonly random: () => number;
  readonly region: string;
  /** The token of the task `branch` is about to call: the same one every time it is asked for. */
  tokenOf(executionArn: string, attempt: string): string;
  /** Starts the nested execution of a task, or finds the one started before a crash. */
  startNested(request: NestedRequest): Promise<ExecutionSummary>;
  /** Resolves when the execution has ended, durably. */
  whenEnded(executionArn: string): Promise<ExecutionSummary>;
  /** Ends a nested execution whose task no longer waits for it. */
  stopNested(executionArn: string): void;
  /** Puts an activity's task before its workers. */
  offerActivity(task: ActivityTask): void;
  /** The name of a map run: the same one after a restart. */
  mapRunArn(run: { machineName: string; label: string; attempt: string }): string;
  /** Starts one child execution of a distributed Map, or finds the one an earlier life of the process started. */
  startMapChild(child: MapChild): Promise<ExecutionSummary>;
  /** Goes on with a child that ended badly before its map run was redriven. */
  redriveMapChild(executionArn: string): Promise<ExecutionSummary>;
  /** Drops an ended execution from memory. */
  forget(executionArn: string): void;
  /** Counts work as under way until it ends. */
  track(work: Promise<unknown>): void;
}

export interface NestedRequest {
  readonly parameters: Json;
  /** Names the task and its attempt: a second request with the same one finds the first one's execution. */
  readonly startedBy: string;
}

export interface ActivityTask {
  readonly activityArn: string;
  readonly executionArn: string;
  readonly branch: Branch;
  readonly taskToken: string;
  readonly input: Json;
}

export interface MapChild {
  readonly mapRunArn: string;
  readonly parent: ExecutionSummary;
  readonly definition: JsonObject;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly index: number;
  readonly input: Json;
  readonly label: string;
}

/** What the interpreter calls outside of itself. */
export interface Ports {
  /** Asked before a machine does something to another resource; what it throws fails the task. */
  demand?:
    ((use: { stateMachineArn: string; action: string; resource: string }) => void) | undefined;
  /** Invokes a function by name or ARN. What it throws fails the task: `name` is the error, `message` its text. */
  invokeLambda(functionNameOrArn: string, payload: unknown): Promise<unknown>;
  putEvents?: ((entries: readonly JsonObject[]) => Promise<unknown>) | undefined;
  /** Reads an object for a Map's ItemReader. */
  readObject?: ((bucket: string, key: string) => Promise<string>) | undefined;
  /** Writes an object for a Map's ResultWriter. */
  writeObject?: ((bucket: string, key: string, body: string) => Promise<void>) | undefined;
  /** Calls any other service; `resource` is the Task's. A `TaskFailure` thrown here names the task's error. */
  callService?: ((resource: string, parameters: Json) => Promise<unknown>) | undefined;
  /** Told of every state entered and every retry: what the cloud bills. */
  onTransition?: ((transition: Transition) => void) | undefined;
  /** Told of faults of the interpreter or its store; the execution is resumed by the next start. */
  onFault?: ((error: unknown, executionArn: string) => void) | undefined;
}

export interface Transition {
  readonly stateMachineArn: string;
  readonly executionArn: string;
  readonly state: string;
  readonly stateType: string;
  readonly isRetry: boolean;
}
