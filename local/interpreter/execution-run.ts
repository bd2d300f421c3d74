import type { Branch, Frame } from './branch.ts';
import type { Bindings } from './expressions.ts';
import { EvaluationFailure, type Failure } from './failures.ts';
import { ExecutionState, failureToJson, frameOf } from './execution-state.ts';
import { Journal, type JournalRecord } from './journal.ts';
import { without, type Json, type JsonObject } from './json.ts';
import type { Program, State } from './program.ts';
import type { Services } from './services.ts';
import type { ExecutionStatus, ExecutionStore, ExecutionSummary } from './store.ts';

/** The service ends an execution whose history reaches this many events. */
export const EVENTS_MAX = 25_000;

/** What an event carries besides its type. */
export interface EventContent {
  readonly details?: JsonObject;
  readonly hidden?: JsonObject;
  readonly previousId?: number;
}

/** One execution while it runs in this process. */
export class ExecutionRun {
  readonly services: Services;
  readonly program: Program;
  readonly state: ExecutionState;
  readonly journal: Journal;
  summary: ExecutionSummary;
  readonly #store: Pick<ExecutionStore, 'append' | 'saveExecution'>;
  readonly #drive: (run: ExecutionRun, branch: Branch) => Promise<void>;
  /** Resolves with the final summary once the end is durable. */
  readonly ended: Promise<ExecutionSummary>;
  readonly #resolveEnded: (summary: ExecutionSummary) => void;
  #cancelTimeout: (() => void) | undefined;
  #isSuspended = false;

  constructor(given: {
    services: Services;
    program: Program;
    summary: ExecutionSummary;
    records: readonly JournalRecord[];
    drive: (run: ExecutionRun, branch: Branch) => Promise<void>;
    store: Pick<ExecutionStore, 'append' | 'saveExecution'>;
  }) {
    this.services = given.services;
    this.#store = given.store;
    this.#drive = given.drive;
    this.program = given.program;
    this.summary = given.summary;
    this.state = new ExecutionState(given.program, given.summary.input);
    for (const record of given.records) this.state.apply(record);
    const { executionArn } = given.summary;
    this.journal = new Journal(
      (sequence, records) => this.#store.append(executionArn, sequence, records),
      given.records.length,
      (error) => this.services.ports.onFault?.(error, executionArn),
    );
    const { promise, resolve } = Promise.withResolvers<ExecutionSummary>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  get isEnded(): boolean {
    return this.state.isEnded;
  }

  /** Whether `branch` may still do anything. */
  isLive(branch: Branch): boolean {
    for (let at: Branch | undefined = branch; at; at = at.parent) if (at.isAborted) return false;
    return (
      !this.state.isEnded && !this.#isSuspended && this.state.branches.get(branch.id) === branch
    );
  }

  /** Takes a branch further, after `first`, without being waited for; the engine knows that work is under way. */
  drive(branch: Branch, first: () => Promise<void> = () => Promise.resolve()): void {
    const work = async (): Promise<void> => {
      await first();
      await this.#drive(this, branch);
    };
    this.services.track(
      work().catch((error: unknown) => {
        // A fault of ours, not of the definition: the execution must not hang in silence.
        this.services.ports.onFault?.(error, this.summary.executionArn);
        this.end('FAILED', { error: 'States.Runtime', cause: String(error) });
      }),
    );
  }

  /** Names the present attempt of the present state, across restarts of the process. */
  attemptOf(branch: Branch): string {
    const frame = frameOf(branch);
    return `${frame.enteredId}.${this.state.redriveCount}.${frame.retryCount}`;
  }

  /** The token that answers the present task. */
  tokenOf(branch: Branch): string {
    return this.services.tokenOf(this.summary.executionArn, this.attemptOf(branch));
  }

  /** Writes an event of the history. */
  event(branch: Branch, type: string, content: EventContent = {}): void {
    this.#record({
      branch: branch.id,
      type,
      id: this.state.lastEventId + 1,
      previousId: content.previousId ?? branch.cursor,
      atMs: this.services.clock.now(),
      ...(content.details && { details: content.details }),
      ...(content.hidden && { hidden: content.hidden }),
    });
  }

  /** Writes a note that only resuming needs. */
  note(branch: Branch, type: string, hidden: JsonObject): void {
    this.#record({ branch: branch.id, type, atMs: this.services.clock.now(), hidden });
  }

  #record(record: JournalRecord): void {
    if (this.state.isEnded && record.type !== 'ExecutionRedriven') return;
    this.state.apply(record);
    this.journal.add(record);
    if (record.id !== EVENTS_MAX - 1) return;
    // The last event that fits must be the end.
    this.end('FAILED', {
      error: 'States.Runtime',
      cause: `The execution reached the maximum number of history events (${EVENTS_MAX}).`,
    });
  }

  /** The variables, context and `$states` an expression of the present state sees. */
  bindings(branch: Branch, extra: Readonly<Record<string, Json>> = {}): Bindings {
    const frame = frameOf(branch);
    return {
      ...this.services.clockFunctions,
      ...branch.variables,
      states: { input: frame.input, context: this.context(branch), ...extra },
    };
  }

  /** The context object as the present state sees it. */
  context(branch: Branch): JsonObject {
    const { summary } = this;
    const frame = frameOf(branch);
    const context: JsonObject = {
      Execution: {
        Id: summary.executionArn,
        Input: summary.input,
        StartTime: isoTime(summary.startedAtMs),
        Name: summary.name,
        RoleArn: summary.roleArn,
        RedriveCount: this.state.redriveCount,
        ...(summary.redrivenAtMs !== undefined && { RedriveTime: isoTime(summary.redrivenAtMs) }),
      },
      StateMachine: { Id: summary.stateMachineArn, Name: summary.machineName },
      State: {
        Name: frame.state.name,
        EnteredTime: isoTime(frame.enteredAtMs),
        ...(hasRetryCount(frame.state) && { RetryCount: frame.retryCount }),
      },
    };
    if (hasToken(frame.state)) context['Task'] = { Token: this.tokenOf(branch) };
    const item = itemOf(branch);
    if (item) context['Map'] = { Item: item };
    return context;
  }

  /** Fails the present state over something that could not be evaluated. */
  evaluationFailed(branch: Branch, error: unknown): void {
    if (!(error instanceof EvaluationFailure)) throw error;
    const frame = frameOf(branch);
    this.event(branch, 'EvaluationFailed', {
      details: {
        error: 'States.QueryEvaluationError',
        cause: causeIn(frame, error.message),
        state: frame.state.name,
        ...(error.location !== undefined && { location: error.location }),
      },
      previousId: error.isOfValue ? branch.cursor : cursorBefore(branch),
    });
  }

  /** Ends the execution. */
  end(status: Exclude<ExecutionStatus, 'RUNNING'>, outcome: Failure & { output?: Json }): void {
    if (this.state.isEnded) return;
    const { output, ...failure } = outcome;
    const { root } = this.state;
    if (status === 'TIMED_OUT' || status === 'ABORTED') this.#cancelNested(root);
    this.#halt();
    this.event(root, executionEvents[status], {
      details: output !== undefined ? { output } : withoutHidden(failure),
      previousId: status === 'SUCCEEDED' || status === 'FAILED' ? root.cursor : cursorBefore(root),
    });
    this.conclude();
  }

  /** Takes over what the journal says the execution came to, and stores it. */
  conclude(): void {
    const { ending } = this.state;
    if (!ending) return;
    const { output, error, cause } = ending.details ?? {};
    this.summary = {
      ...this.summary,
      status: statuses[ending.type] ?? 'FAILED',
      stoppedAtMs: ending.atMs,
      ...(output !== undefined && { output }),
      ...(typeof error === 'string' && { error }),
      ...(typeof cause === 'string' && { cause }),
    };
    this.services.track(this.#finish());
  }

  /** Arms the machine's own timeout, counted from the start or the redrive. */
  armTimeout(): void {
    const { timeoutSeconds } = this.program;
    if (timeoutSeconds === undefined) return;
    const startedAtMs = this.summary.redrivenAtMs ?? this.summary.startedAtMs;
    this.#cancelTimeout = this.services.clock.at(startedAtMs + timeoutSeconds * 1000, () => {
      this.end('TIMED_OUT', {});
    });
  }

  /** Stops every timer without ending the execution: the process is about to stop. */
  suspend(): void {
    this.#isSuspended = true;
    this.#halt();
  }

  #halt(): void {
    this.#cancelTimeout?.();
    for (const branch of this.state.branches.values()) {
      branch.cancel?.();
      branch.cancel = undefined;
    }
  }

  /** Nested executions that are waited for end with the task that waits. */
  #cancelNested(branch: Branch): void {
    for (const each of this.state.branches.values()) {
      const { phase } = each;
      if (!isWithin(each, branch)) continue;
      if (phase.kind === 'Task' && phase.call.childArn !== undefined)
        this.services.stopNested(phase.call.childArn);
      if (phase.kind === 'MapRun')
        for (const child of phase.run.openChildren) this.services.stopNested(child);
    }
  }

  /** Ends the open states of the branches next to the one that failed. */
  abortBranch(branch: Branch): void {
    this.#cancelNested(branch);
    for (const each of this.state.branches.values()) {
      if (!isWithin(each, branch) || each.isAborted) continue;
      each.cancel?.();
      each.cancel = undefined;
      const type = each.frame?.state.type;
      if (type === 'Task' || type === 'Wait' || type === 'Map' || type === 'Parallel')
        this.event(each, `${type}StateAborted`);
      each.isAborted = true;
    }
  }

  async #finish(): Promise<void> {
    const { summary } = this;
    // First the history, then the summary: an execution that looks ended has its whole history.
    await this.journal.durable();
    await this.#store.saveExecution(summary);
    this.services.forget(summary.executionArn);
    this.#resolveEnded(summary);
  }
}

const executionEvents = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

const statuses: Readonly<Record<string, ExecutionStatus>> = Object.fromEntries(
  Object.entries(executionEvents).map(([status, type]) => [type, status as ExecutionStatus]),
);

/** Recorded on AWS: what fails or stops a state before it did anything follows the event before the state. */
function cursorBefore(branch: Branch): number {
  const { frame } = branch;
  return frame && branch.cursor === frame.enteredId ? frame.beforeId : branch.cursor;
}

function withoutHidden(failure: Failure): JsonObject {
  return without(failureToJson(failure), 'isHeartbeat', 'isTerminal');
}

function isWithin(branch: Branch, outer: Branch): boolean {
  for (let at: Branch | undefined = branch; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** The item of the innermost inline Map whose iteration `branch` is, or is part of. */
function itemOf(branch: Branch): JsonObject | undefined {
  for (let at: Branch | undefined = branch; at; at = at.parent) {
    const children = at.parent?.frame?.children;
    if (children?.isMap) return { Index: at.index, Value: children.items[at.index] ?? null };
  }
  return undefined;
}

function hasRetryCount(state: State): boolean {
  return state.type === 'Task' || state.type === 'Map' || state.type === 'Parallel';
}

function hasToken(state: State): boolean {
  return (
    state.type === 'Task' &&
    state.resource.kind === 'Service' &&
    state.resource.pattern !== 'RequestResponse'
  );
}

/** The sentence the service puts before what went wrong in a state. */
export function causeIn(frame: Frame, message: string): string {
  return `An error occurred while executing the state '${frame.state.name}' (entered at the event id #${frame.enteredId}). ${message}`;
}

/** An instant as the context object prints it. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
